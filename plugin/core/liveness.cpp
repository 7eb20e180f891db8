// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/liveness.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/pending.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::isa;

bool is_empty_when_moved(clang::QualType type) {
    static const llvm::StringSet<> names = {
        "std::unique_ptr",  "std::shared_ptr", "std::weak_ptr",   "std::unique_lock",
        "std::shared_lock", "std::vector",     "std::thread",     "std::jthread",
        "std::future",      "std::promise",    "coil::basic_task"};
    if (!type->isRecordType()) return false;
    auto* record = type->getAsCXXRecordDecl();
    if (record == nullptr || !record->hasDefinition()) return false;
    if (names.contains(plain_name(*record))) return true;
    if (record->hasUserDeclaredMoveConstructor() || record->getNumBases() != 0 ||
        record->field_empty())
        return false;
    return llvm::all_of(record->fields(), [&](const clang::FieldDecl* member) {
        return member->getType()->isScalarType() ||
               is_empty_when_moved(member->getType());
    });
}

/// The local that an expression names; null if it names a part of it.
static const clang::VarDecl* whole_local(const clang::Expr& expression) {
    auto* local = local_named_by(&expression);
    return local != nullptr &&
                   local->getType()
                           .getNonReferenceType()
                           .getCanonicalType()
                           .getUnqualifiedType() ==
                       expression.getType().getCanonicalType().getUnqualifiedType()
               ? local
               : nullptr;
}

liveness::liveness(const body& in, const flow& control,
                   llvm::ArrayRef<const clang::VarDecl*> asked)
    : in_(in),
      control_(control),
      asked_(asked) {
    for (auto* each : asked) indices_[each] = static_cast<int>(indices_.size());
    find_points();
}

void liveness::find_points() {
    const auto count = static_cast<unsigned>(asked_.size());
    const auto needed_at_end =
        control_.backward(count, [this](const auto& element, flow::facts& needed) {
            step_back(element, needed);
        });
    const auto empty_at_begin = control_.forward(
        count, flow::meet::all, [this](const auto& element, flow::facts& empty) {
            step_forward(element, empty);
        });
    for (const clang::CFGBlock* block : control_.graph()) {
        flow::facts needed = needed_at_end[block->getBlockID()];
        llvm::SmallVector<point, 2> points;
        for (auto element = block->rbegin(); element != block->rend(); ++element) {
            if (auto* suspension = control_.suspension_at(*element))
                points.push_back({suspension, needed, {}});
            step_back(*element, needed);
        }
        flow::facts empty = empty_at_begin[block->getBlockID()];
        for (const auto& element : *block) {
            if (auto* suspension = control_.suspension_at(element)) {
                auto it = llvm::find_if(points, [&](const point& each) {
                    return each.suspension == suspension;
                });
                it->empty = empty;
            }
            step_forward(element, empty);
        }
        points_.append(points.begin(), points.end());
    }
}

int liveness::index_of(const clang::VarDecl* variable) const {
    const auto found = indices_.find(variable);
    return found == indices_.end() ? -1 : found->second;
}

int liveness::index_of(const clang::Stmt& use) const {
    auto* reference = dyn_cast<clang::DeclRefExpr>(&use);
    return reference == nullptr ? -1 : index_of(variable_of(reference->getDecl()));
}

void liveness::step_back(const clang::CFGElement& element, flow::facts& needed) const {
    if (const auto destroyed = element.getAs<clang::CFGAutomaticObjDtor>())
        return note_end(destroyed->getVarDecl(), needed);
    if (const auto ended = element.getAs<clang::CFGLifetimeEnds>())
        return note_end(ended->getVarDecl(), needed);
    const auto statement = element.getAs<clang::CFGStmt>();
    if (!statement) return;
    const clang::Stmt& what = *statement->getStmt();
    if (auto* declares = dyn_cast<clang::DeclStmt>(&what)) {
        note_declared(*declares, needed);
    } else if (auto* lambda = dyn_cast<clang::LambdaExpr>(&what)) {
        for (const auto& capture : lambda->captures()) {
            if (!capture.capturesVariable()) continue;
            const int index = index_of(variable_of(capture.getCapturedVar()));
            if (index >= 0) needed.set(static_cast<unsigned>(index));
        }
    } else if (const int overwritten = overwritten_by(what); overwritten >= 0) {
        needed.reset(static_cast<unsigned>(overwritten));
    } else if (const int used = index_of(what); used >= 0 && !is_overwritten(what)) {
        needed.set(static_cast<unsigned>(used));
    }
}

/// What has a destructor is used by it, and what somebody else knows, up to there.
void liveness::note_end(const clang::VarDecl* variable, flow::facts& needed) const {
    const int index = index_of(variable);
    if (index < 0) return;
    if (in_.is_lent(*variable) || variable->needsDestruction(in_.ast()) ||
        extended_by(*variable) != nullptr)
        needed.set(static_cast<unsigned>(index));
}

void liveness::note_declared(const clang::DeclStmt& declares,
                             flow::facts& facts) const {
    for (auto* each : declares.decls()) {
        auto* variable = dyn_cast<clang::VarDecl>(each);
        if (const int index = index_of(variable); index >= 0)
            facts.reset(static_cast<unsigned>(index));
        if (auto* parts = llvm::dyn_cast_or_null<clang::DecompositionDecl>(variable))
            for (auto* binding : parts->bindings())
                if (const int index = index_of(binding->getHoldingVar()); index >= 0)
                    facts.reset(static_cast<unsigned>(index));
    }
}

/// The pointer or number that a plain `p = ...` gives a new value.
int liveness::overwritten_by(const clang::Stmt& statement) const {
    auto* assigns = dyn_cast<clang::BinaryOperator>(&statement);
    if (assigns == nullptr || assigns->getOpcode() != clang::BO_Assign) return -1;
    auto* named = dyn_cast<clang::DeclRefExpr>(assigns->getLHS()->IgnoreParens());
    if (named == nullptr || named->getDecl()->getType()->isReferenceType()) return -1;
    return index_of(*named);
}

bool liveness::is_overwritten(const clang::Stmt& use) const {
    const clang::Stmt* around = in_.parent(&use);
    while (llvm::isa_and_nonnull<clang::ParenExpr>(around)) around = in_.parent(around);
    auto* assigns = llvm::dyn_cast_or_null<clang::BinaryOperator>(around);
    return assigns != nullptr && assigns->getLHS()->IgnoreParens() == &use &&
           overwritten_by(*assigns) >= 0;
}

/// `std::unique_lock held(mutex, std::defer_lock)`, which holds nothing yet.
static bool is_made_empty(const clang::VarDecl& variable) {
    auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(
        variable.hasInit() ? variable.getInit()->IgnoreImplicit() : nullptr);
    return made != nullptr && llvm::any_of(made->arguments(), [](auto* each) {
               auto* record = class_of(each->getType());
               return record != nullptr && plain_name(*record) == "std::defer_lock_t";
           });
}

void liveness::step_forward(const clang::CFGElement& element,
                            flow::facts& empty) const {
    const auto statement = element.getAs<clang::CFGStmt>();
    if (!statement) return;
    const clang::Stmt& what = *statement->getStmt();
    if (auto* declares = dyn_cast<clang::DeclStmt>(&what)) {
        note_declared(*declares, empty);
        for (auto* each : declares->decls()) {
            auto* variable = dyn_cast<clang::VarDecl>(each);
            const int index = index_of(variable);
            if (index >= 0 && is_made_empty(*variable))
                empty.set(static_cast<unsigned>(index));
        }
    } else if (const int used = index_of(what); used >= 0) {
        empty.reset(static_cast<unsigned>(used));  // by what is called with it
    } else if (const int emptied = emptied_by(what); emptied >= 0) {
        empty.set(static_cast<unsigned>(emptied));
    }
}

/// The variable that a call leaves without anything in it.
int liveness::emptied_by(const clang::Stmt& statement) const {
    if (auto* construct = dyn_cast<clang::CXXConstructExpr>(&statement)) {
        if (!construct->getConstructor()->isMoveConstructor()) return -1;
        auto* from = whole_local(*construct->getArg(0));
        return from != nullptr && is_empty_when_moved(from->getType()) ? index_of(from)
                                                                       : -1;
    }
    auto* call = dyn_cast<clang::CXXMemberCallExpr>(&statement);
    auto* method = call != nullptr ? call->getMethodDecl() : nullptr;
    const bool is_given_something =
        call != nullptr && llvm::any_of(call->arguments(), [](auto* each) {
            return !isa<clang::CXXDefaultArgExpr>(each);
        });
    if (method == nullptr || !method->getDeclName().isIdentifier() ||
        is_given_something)
        return -1;
    const auto name = method->getName();
    if (name != "unlock" && name != "release" && name != "reset") return -1;
    auto* of = whole_local(*call->getImplicitObjectArgument());
    auto* record = of != nullptr ? class_of(of->getType()) : nullptr;
    const bool is_empty = record != nullptr && (is_empty_when_moved(of->getType()) ||
                                                plain_name(*record) == "std::optional");
    return is_empty ? index_of(of) : -1;
}

}  // namespace coil_check
