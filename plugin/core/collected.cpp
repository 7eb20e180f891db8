// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/collected.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;
using llvm::isa_and_nonnull;

namespace {

bool is_container(clang::QualType type) {
    auto* record = type->isReferenceType() ? nullptr : class_of(type);
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return is_std_container(name) || is_std_adaptor(name);
}

/// Whether each call of it gives another item, which nobody else gets then: `next()`,
/// `read(into)`. Not `table.read(key)`, which gives the same again.
bool takes(const clang::CXXMemberCallExpr& call, clang::QualType gives) {
    static const llvm::StringSet<> words = {"next", "receive", "recv",   "read",
                                            "pop",  "accept",  "dequeue"};
    const llvm::StringRef word = name_of(call).split('_').first;
    if (!words.contains(word)) return false;
    const bool is_given = llvm::any_of(call.arguments(), [](const clang::Expr* each) {
        return !isa<clang::CXXDefaultArgExpr>(each);
    });
    if (!is_given) return true;
    return (word == "read" || word == "receive" || word == "recv") &&
           gives->isIntegerType() && !gives->isBooleanType();
}

/// The object whose items a call takes, also of what a COIL_FOR reads.
place source_of(const clang::CXXMemberCallExpr& call) {
    const clang::Expr* object = call.getImplicitObjectArgument();
    if (auto* arrow =
            dyn_cast_or_null<clang::CXXOperatorCallExpr>(without_wrappers(object)))
        if (arrow->getOperator() == clang::OO_Arrow ||
            (arrow->getOperator() == clang::OO_Star && arrow->getNumArgs() == 1))
            object = arrow->getArg(0);
    const place found = place::of(object);
    auto* stream = dyn_cast_or_null<clang::VarDecl>(found.variable());
    if (stream == nullptr || !stream->getLocation().isMacroID() ||
        !stream->getName().starts_with("coil_stream_") || stream->getInit() == nullptr)
        return found;
    auto* begins = call_awaited_by(stream->getInit());
    return begins != nullptr && begins->getNumArgs() == 1 &&
                   begins->getArg(0)->isLValue()
               ? place::of(begins->getArg(0))
               : place();
}

const clang::CXXMemberCallExpr* taken_in(const clang::Stmt& whole,
                                         clang::QualType gives) {
    if (auto* call = dyn_cast<clang::CXXMemberCallExpr>(&whole))
        if (takes(*call, gives)) return call;
    for (auto* each : parts_of(whole))
        if (auto* found = taken_in(*each, gives)) return found;
    return nullptr;
}

class finder {
public:
    explicit finder(const clang::FunctionDecl& coroutine)
        : in_(coroutine, coroutine.getASTContext()) {}

    llvm::SmallVector<collecting, 2> find() {
        if (!looks_at_stops())
            for (auto* each : in_.suspensions()) look_at(*each);
        return std::move(found_);
    }

private:
    /// It may put back what it has.
    bool looks_at_stops() const {
        static const llvm::StringSet<> words = {"coil::as_outcome",
                                                "coil::is_unwinding", "coil::shield"};
        return llvm::any_of(in_.calls(), [](const clang::CallExpr* each) {
            auto* callee = each->getDirectCallee();
            return callee != nullptr && words.contains(plain_name(*callee));
        });
    }
    void look_at(const clang::CoroutineSuspendExpr& await) {
        auto* loop = in_.loop_around(&await);
        auto* call =
            loop != nullptr ? taken_in(*await.getOperand(), await.getType()) : nullptr;
        if (call == nullptr) return;
        const place from = source_of(*call);
        if (from.is_empty()) return;
        await_ = &await;
        note_items();
        for (auto* each : in_.statements()) {
            auto* into = in_.is_within(*each, *loop) ? filled_by(*each) : nullptr;
            if (into == nullptr || is_declared_within(*into, *loop) ||
                !are_only_collected(*each, *loop) || !is_kept(*into, *each, *loop))
                continue;
            found_.push_back({call, from, into});
            return;
        }
    }
    bool is_declared_within(const clang::VarDecl& variable,
                            const clang::Stmt& loop) const {
        auto* declares = in_.declares(variable);
        return declares != nullptr && in_.is_within(*declares, loop);
    }
    bool is_of_item(const clang::Stmt& whole) const {
        if (&whole == await_) return true;
        auto* named = dyn_cast<clang::DeclRefExpr>(&whole);
        if (named != nullptr &&
            llvm::is_contained(items_, variable_of(named->getDecl())))
            return true;
        return llvm::any_of(parts_of(whole), [this](const clang::Stmt* each) {
            return is_of_item(*each);
        });
    }
    /// The variables that hold what was taken, or a part of it.
    void note_items() {
        items_.clear();
        for (auto* each : in_.locals())
            if (!is_container(each->getType()) && each->getInit() != nullptr &&
                is_of_item(*each->getInit()))
                items_.push_back(each);
    }

    /// `into.push_back(item)`, `into += item`, `into[key] = item`: the local container.
    const clang::VarDecl* filled_by(const clang::Stmt& statement) const {
        const clang::Expr* target = nullptr;
        if (auto* assigns = dyn_cast<clang::BinaryOperator>(&statement)) {
            if (assigns->isAssignmentOp()) target = assigns->getLHS();
            if (target == nullptr || element_of(*target) == nullptr) return nullptr;
        } else if (auto* call = dyn_cast<clang::CallExpr>(&statement)) {
            target = target_of(*call);
        }
        if (target == nullptr || !is_of_item(statement)) return nullptr;
        while (auto* owner = element_of(*target)) target = owner;
        auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(target));
        auto* into =
            named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
        return into != nullptr && into->hasLocalStorage() &&
                       into->getDeclContext() == &in_.function() &&
                       is_container(into->getType())
                   ? into
                   : nullptr;
    }
    /// The `all` of `all[key]`.
    static const clang::Expr* element_of(const clang::Expr& named) {
        auto* operation =
            dyn_cast_or_null<clang::CXXOperatorCallExpr>(without_wrappers(&named));
        return operation != nullptr && operation->getOperator() == clang::OO_Subscript
                   ? operation->getArg(0)
                   : nullptr;
    }
    /// What a call adds to.
    static const clang::Expr* target_of(const clang::CallExpr& call) {
        static const llvm::StringSet<> words = {
            "push_back", "emplace_back", "push_front", "emplace_front",
            "push",      "emplace",      "insert",     "insert_or_assign",
            "append",    "try_emplace"};
        auto* object = object_of(call);
        if (object == nullptr) return nullptr;
        auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(&call);
        if (operation == nullptr)
            return words.contains(name_of(call)) ? object : nullptr;
        const bool is_element = element_of(*object) != nullptr;
        return operation->getOperator() == clang::OO_PlusEqual ||
                       (operation->getOperator() == clang::OO_Equal && is_element)
                   ? object
                   : nullptr;
    }

    /// Whether a use only looks: it is a part of a condition, of what is returned, or
    /// of a sum, and no function gets it but one that is const, of its own.
    bool only_looks(const clang::Expr& use) const {
        const clang::Stmt* part = &use;
        for (auto* whole = in_.parent(part); whole != nullptr;
             part = std::exchange(whole, in_.parent(whole))) {
            if (isa<clang::ReturnStmt, clang::CoreturnStmt>(whole)) return true;
            if (isa<clang::LambdaExpr, clang::CXXConstructExpr, clang::DeclStmt,
                    clang::CXXNewExpr>(whole))
                return false;
            if (auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(whole)) {
                if (operation->isAssignmentOp()) return false;
            } else if (auto* call = dyn_cast<clang::CallExpr>(whole)) {
                auto* method =
                    dyn_cast_or_null<clang::CXXMethodDecl>(call->getDirectCallee());
                if (method == nullptr || call->getCallee() != part ||
                    !(method->isConst() || is_harmless(name_of(*call))))
                    return false;
            } else if (!isa<clang::Expr>(whole)) {
                return true;
            }
        }
        return true;
    }
    static bool is_harmless(llvm::StringRef method) {
        static const llvm::StringSet<> words = {
            "reserve", "shrink_to_fit", "find",  "begin", "end",
            "back",    "front",         "value", "data",  "at"};
        return words.contains(method);
    }
    /// Whether nobody else gets the items.
    bool are_only_collected(const clang::Stmt& filling, const clang::Stmt& loop) const {
        return llvm::all_of(items_, [&](const clang::VarDecl* item) {
            return llvm::all_of(in_.uses(*item), [&](const clang::Expr* use) {
                return in_.is_within(*use, filling) || starts_item(*use) ||
                       !in_.is_within(*use, loop) || only_looks(*use);
            });
        });
    }
    bool starts_item(const clang::Expr& use) const {
        const clang::Stmt* part = &use;
        while (part != nullptr && !isa<clang::DeclStmt>(part)) {
            auto* whole = dyn_cast<clang::Expr>(part);
            auto* made = whole != nullptr ? in_.initialized_by(*whole) : nullptr;
            if (made != nullptr) return llvm::is_contained(items_, made);
            part = in_.parent(part);
        }
        return false;
    }
    /// Whether what is in the container gets out of it behind the loop only, or by a
    /// return.
    bool is_kept(const clang::VarDecl& into, const clang::Stmt& filling,
                 const clang::Stmt& loop) const {
        bool is_used = false;
        for (auto* use : in_.uses(into)) {
            if (in_.is_within(*use, filling)) continue;
            const bool is_behind =
                !in_.is_within(*use, loop) &&
                in_.ast().getSourceManager().isBeforeInTranslationUnit(
                    loop.getBeginLoc(), use->getExprLoc());
            if (is_in_lambda(*use)) return false;
            if (is_behind || is_returned(*use)) {
                is_used = true;
            } else if (!only_looks(*use) && filled_at(*use) != &into) {
                return false;
            }
        }
        return is_used;
    }
    bool is_in_lambda(const clang::Expr& use) const {
        for (auto* each = in_.parent(&use); each != nullptr; each = in_.parent(each))
            if (isa<clang::LambdaExpr>(each)) return true;
        return false;
    }
    bool is_returned(const clang::Expr& use) const {
        for (auto* each = in_.parent(&use); each != nullptr; each = in_.parent(each))
            if (isa<clang::ReturnStmt, clang::CoreturnStmt>(each)) return true;
        return false;
    }
    const clang::VarDecl* filled_at(const clang::Expr& use) const {
        for (auto* each = in_.parent(&use); isa_and_nonnull<clang::Expr>(each);
             each = in_.parent(each))
            if (auto* into = filled_by(*each)) return into;
        return nullptr;
    }

    body in_;
    const clang::CoroutineSuspendExpr* await_ = nullptr;
    llvm::SmallVector<const clang::VarDecl*, 4> items_;
    llvm::SmallVector<collecting, 2> found_;
};

}  // namespace

llvm::SmallVector<collecting, 2> collected_in(const clang::FunctionDecl& coroutine) {
    return finder(coroutine).find();
}

}  // namespace coil_check
