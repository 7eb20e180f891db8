// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/group_escape.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// Where something is put: the outermost thing it is a part of, and the innermost name.
struct target {
    const clang::ValueDecl* key = nullptr;     // the last member, or the variable
    const clang::VarDecl* variable = nullptr;  // null: a member of `*this`
    bool is_outer = false;                     // of the function around
    bool is_pointed_to = false;                // by the variable
    place whole = {};                          // if it has a name
};

target target_of(const clang::Expr* where) {
    target found;
    found.whole = place::of(where);
    auto* part = without_casts(where);
    while (part != nullptr) {
        const clang::Expr* inner = nullptr;
        if (auto* member = dyn_cast<clang::MemberExpr>(part)) {
            if (found.key == nullptr) found.key = member->getMemberDecl();
            inner = member->getBase();
            found.is_pointed_to |= member->isArrow();
        } else if (auto* element = dyn_cast<clang::ArraySubscriptExpr>(part)) {
            inner = element->getBase();
        } else if (auto* unary = dyn_cast<clang::UnaryOperator>(part)) {
            inner = unary->getSubExpr();
            found.is_pointed_to |= unary->getOpcode() == clang::UO_Deref;
        } else if (auto* call = dyn_cast<clang::CXXOperatorCallExpr>(part)) {
            inner = call->getArg(0);  // `all[0]`, `*pointer`, `pointer->`
        } else {
            break;
        }
        part = without_casts(inner);
    }
    if (isa_and_nonnull<clang::CXXThisExpr>(part)) {
        found.is_outer = true;
        return found.key != nullptr ? found : target();
    }
    auto* named = dyn_cast_or_null<clang::DeclRefExpr>(part);
    found.variable = named != nullptr ? variable_of(named->getDecl()) : nullptr;
    if (found.variable == nullptr) return {};
    if (found.key == nullptr) found.key = found.variable;
    found.is_outer = named->refersToEnclosingVariableOrCapture() ||
                     found.variable->hasGlobalStorage();
    return found;
}

const clang::Expr* assigned_to(const clang::Stmt& statement) {
    if (auto* plain = dyn_cast<clang::BinaryOperator>(&statement))
        return plain->getOpcode() == clang::BO_Assign ? plain->getLHS() : nullptr;
    auto* call = dyn_cast<clang::CXXOperatorCallExpr>(&statement);
    return call != nullptr && call->getOperator() == clang::OO_Equal ? call->getArg(0)
                                                                     : nullptr;
}
const clang::Expr& assigned_value(const clang::Stmt& assignment) {
    auto* plain = dyn_cast<clang::BinaryOperator>(&assignment);
    return plain != nullptr
               ? *plain->getRHS()
               : *llvm::cast<clang::CXXOperatorCallExpr>(assignment).getArg(1);
}

/// What becomes of a name in a function and the lambdas in it.
class mentions {
public:
    mentions(const target& of, const clang::Stmt& store,
             const clang::SourceManager& sources)
        : key_(*of.key),
          whole_(of.whole),
          store_(store),
          sources_(sources) {}

    void look(const clang::Stmt* in) {
        // Of a generic lambda, what it is made from stands in the function around.
        if (in == nullptr || in->getBeginLoc() == store_.getBeginLoc()) return;
        if (auto* place = assigned_to(*in); place != nullptr && names(place)) {
            is_set_back = true;
            return;
        }
        if (auto* call = dyn_cast<clang::CXXMemberCallExpr>(in)) {
            static const llvm::StringSet<> emptying = {
                "clear", "erase", "pop_back", "pop_front", "pop", "reset", "swap"};
            if (emptying.contains(name_of(*call)) && names(object_of(*call)))
                is_set_back = true;
        }
        if (auto* unary = dyn_cast<clang::UnaryOperator>(in))
            is_known_elsewhere |=
                unary->getOpcode() == clang::UO_AddrOf && names(unary->getSubExpr());
        if (auto* call = dyn_cast<clang::CallExpr>(in);
            call != nullptr && !isa<clang::CXXOperatorCallExpr>(call))
            is_known_elsewhere |= llvm::any_of(call->arguments(), [&](auto* each) {
                return each->isGLValue() && !each->getType().isConstQualified() &&
                       names(each);
            });
        if (auto* expression = dyn_cast<clang::Expr>(in); names_it(expression)) {
            if (sources_.isBeforeInTranslationUnit(store_.getEndLoc(),
                                                   expression->getExprLoc()))
                all.push_back(expression);
        }
        if (auto* lambda = dyn_cast<clang::LambdaExpr>(in)) {
            for (const auto& capture : lambda->captures())
                is_known_elsewhere |= capture.capturesVariable() &&
                                      capture.getCapturedVar() == &key_ &&
                                      lambda->isInitCapture(&capture);
            look(lambda->getBody());
            return;
        }
        for (auto* each : in->children()) look(each);
    }
    bool is_set_back = false;
    bool is_known_elsewhere = false;
    llvm::SmallVector<const clang::Expr*, 4> all;  // behind the store

private:
    bool names_it(const clang::Expr* expression) const {
        if (auto* member = dyn_cast_or_null<clang::MemberExpr>(expression))
            return member->getMemberDecl() == &key_ &&
                   (whole_.is_empty() || place::of(member) == whole_);
        auto* named = dyn_cast_or_null<clang::DeclRefExpr>(expression);
        return named != nullptr && named->getDecl() == &key_;
    }
    bool names(const clang::Expr* place) const {
        return place != nullptr && names_it(without_casts(place));
    }

    const clang::ValueDecl& key_;
    const place whole_;
    const clang::Stmt& store_;
    const clang::SourceManager& sources_;
};

/// The body of one `with_group`.
class group_body {
public:
    group_body(const body& outer, const clang::CallExpr& whole,
               const clang::LambdaExpr& lambda, const clang::FunctionDecl& inside,
               report& to)
        : outer_(outer),
          whole_(whole),
          lambda_(lambda),
          in_(inside, outer.ast()),
          group_(*inside.getParamDecl(0)),
          to_(to),
          loans_(in_, to.of()) {}

    void check() {
        for (auto* each : in_.statements()) {
            if (auto* place = assigned_to(*each))
                check_store(*place, assigned_value(*each), *each);
        }
        for (auto* call : in_.calls()) {
            check_container(*call);
            check_spawn(*call);
        }
        for (auto* each : in_.returns())
            if (!keeps_loans(each->getType(), to_.of()) && refers(*each))
                say(each->getExprLoc(),
                    "what is returned refers to the group " + name() +
                        ", which ends when with_group() returns",
                    {}, "give what the children have made, rather than their group",
                    *each);
    }

private:
    bool refers(const clang::Expr& value) {
        return llvm::any_of(loans_.of_value(value), [&](const lender& each) {
            return each.variable == &group_;
        });
    }
    void check_store(const clang::Expr& place, const clang::Expr& value,
                     const clang::Stmt& store) {
        const target at = target_of(&place);
        if (at.is_outer && !is_copy(at) && refers(value)) check_kept(at, store);
    }
    void check_container(const clang::CallExpr& call) {
        static const llvm::StringSet<> adding = {
            "push_back", "emplace_back", "emplace", "push_front", "insert", "push"};
        auto* object = object_of(call);
        auto* record = object != nullptr ? class_of(object->getType()) : nullptr;
        if (record == nullptr || !record->isInStdNamespace() ||
            !adding.contains(name_of(call)))
            return;
        const target at = target_of(object);
        if (at.is_outer && !is_copy(at) &&
            llvm::any_of(call.arguments(), [&](auto* each) { return refers(*each); }))
            check_kept(at, call);
    }
    /// A child of the group around this one, which goes on when this one has ended.
    void check_spawn(const clang::CallExpr& call) {
        auto* object = is_spawner(call.getDirectCallee()) ? object_of(call) : nullptr;
        auto* named = dyn_cast_or_null<clang::DeclRefExpr>(
            object != nullptr ? without_casts(object) : nullptr);
        if (named == nullptr || !named->refersToEnclosingVariableOrCapture() ||
            !is_group(named->getType()))
            return;
        for (auto* each : call.arguments()) {
            if (!refers(*each)) continue;
            say(each->getExprLoc(),
                "what is spawned in '" + named->getDecl()->getNameAsString() +
                    "' refers to the group " + name() + ", which ends before it",
                {}, "spawn it in " + name(), call);
        }
    }
    /// Whether this is the lambda's own copy.
    bool is_copy(const target& at) const {
        return at.variable != nullptr &&
               llvm::any_of(lambda_.captures(), [&](const clang::LambdaCapture& each) {
                   return each.capturesVariable() &&
                          each.getCapturedVar() == at.variable &&
                          each.getCaptureKind() == clang::LCK_ByCopy &&
                          !at.is_pointed_to;
               });
    }
    void check_kept(const target& at, const clang::Stmt& store) {
        mentions found(at, store, in_.ast().getSourceManager());
        found.look(outer_.written());
        if (found.is_set_back || found.is_known_elsewhere ||
            is_set_back_by_class(at, store))
            return;
        finding::note use;
        const auto& sources = in_.ast().getSourceManager();
        for (auto* each : found.all) {
            if (use.at.isValid() || !sources.isBeforeInTranslationUnit(
                                        whole_.getEndLoc(), each->getExprLoc()))
                continue;
            use = {each->getExprLoc(), "it is used here, after that"};
        }
        const bool is_local = at.variable != nullptr && at.variable->hasLocalStorage();
        if (is_local && use.at.isInvalid() && !is_lent(at)) return;
        const std::string keeper = "'" + at.key->getNameAsString() + "'";
        say(store.getBeginLoc(),
            keeper + " refers to the group " + name() +
                " even after with_group() has ended it",
            use,
            "hand the group down as a parameter, or set " + keeper +
                " back when it has ended",
            store);
    }
    /// Whether another function of the member's class does that.
    bool is_set_back_by_class(target at, const clang::Stmt& store) const {
        auto* field = dyn_cast<clang::FieldDecl>(at.key);
        auto* record = field != nullptr
                           ? dyn_cast<clang::CXXRecordDecl>(field->getParent())
                           : nullptr;
        if (record == nullptr) return false;
        at.whole = {};  // there, it is a member of another object
        mentions found(at, store, in_.ast().getSourceManager());
        for (auto* method : record->methods()) {
            const clang::FunctionDecl* defined = nullptr;
            if (method->hasBody(defined)) found.look(defined->getBody());
        }
        return found.is_set_back;
    }
    /// Whether the caller knows it, too.
    static bool is_lent(const target& at) {
        return isa<clang::ParmVarDecl>(at.variable) &&
               leads_elsewhere(at.variable->getType());
    }
    std::string name() const { return "'" + group_.getNameAsString() + "'"; }
    void say(clang::SourceLocation at, std::string text, const finding::note& use,
             std::string mend, const clang::Stmt& statement) {
        finding found{.at = at,
                      .text = std::move(text),
                      .notes = {{group_.getLocation(), "the group is this one"}},
                      .mend = std::move(mend),
                      .statement = &statement};
        if (use.at.isValid()) found.notes.push_back(use);
        to_.add(found);
    }

    const body& outer_;
    const clang::CallExpr& whole_;
    const clang::LambdaExpr& lambda_;
    const body in_;
    const clang::ParmVarDecl& group_;
    report& to_;
    loans loans_;
};

/// The lambda that an argument is, or that a local variable was made from.
const clang::LambdaExpr* lambda_given(const clang::Expr& argument) {
    auto* given = without_wrappers(&argument);
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(given)) return lambda;
    auto* local = local_named_by(given);
    auto* initial = local != nullptr ? local->getInit() : nullptr;
    return dyn_cast_or_null<clang::LambdaExpr>(
        initial != nullptr ? without_wrappers(initial) : nullptr);
}

bool takes_group(const clang::FunctionDecl& inside) {
    if (inside.getNumParams() != 1 || !inside.hasBody()) return false;
    const auto type = inside.getParamDecl(0)->getType();
    return type->isLValueReferenceType() && is_group(type);
}

}  // namespace

void check_group_escapes(const body& in, report& to) {
    for (auto* call : in.calls()) {
        auto* callee = call->getDirectCallee();
        if (callee == nullptr || call->getNumArgs() == 0 ||
            plain_name(*callee) != "coil::with_group")
            continue;
        auto* lambda = lambda_given(*call->getArg(call->getNumArgs() - 1));
        if (lambda == nullptr) continue;
        auto* closure = lambda->getLambdaClass();
        auto* generic = closure->getDependentLambdaCallOperator();
        if (generic == nullptr) {
            auto* inside = closure->getLambdaCallOperator();
            if (takes_group(*inside))
                group_body(in, *call, *lambda, *inside, to).check();
            continue;
        }
        for (auto* inside : generic->specializations())
            if (takes_group(*inside))
                group_body(in, *call, *lambda, *inside, to).check();
    }
}

}  // namespace coil_check
