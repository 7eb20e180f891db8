// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/thread_locals.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

/// A variable that is no function's own, and that a pointer or reference is initialized
/// to refer to.
static const clang::VarDecl* global_behind(const clang::VarDecl& variable) {
    if (variable.getInit() == nullptr || !leads_elsewhere(variable.getType()))
        return nullptr;
    const clang::Expr* named = without_wrappers(variable.getInit());
    if (auto* address = dyn_cast<clang::UnaryOperator>(named))
        if (address->getOpcode() == clang::UO_AddrOf)
            named = without_wrappers(address->getSubExpr());
    while (auto* member = dyn_cast<clang::MemberExpr>(named)) {
        if (member->isArrow()) return nullptr;
        named = without_wrappers(member->getBase());
    }
    auto* reference = dyn_cast<clang::DeclRefExpr>(named);
    auto* target = reference != nullptr ? variable_of(reference->getDecl()) : nullptr;
    return target != nullptr && target->hasGlobalStorage() ? target : nullptr;
}

static bool is_thread_local(const clang::VarDecl* variable) {
    return variable != nullptr && variable->getTLSKind() != clang::VarDecl::TLS_None;
}

const clang::VarDecl* thread_local_behind(const clang::VarDecl& variable) {
    auto* target = global_behind(variable);
    return is_thread_local(target) ? target : nullptr;
}
const clang::VarDecl* static_behind(const clang::VarDecl& variable) {
    auto* target = global_behind(variable);
    return is_thread_local(target) ? nullptr : target;
}

namespace {

/// The thread_local variable that an assignment gives a value; null of all others.
const clang::VarDecl* set_by(const clang::Expr& whole) {
    const clang::Expr* given = nullptr;
    if (auto* plain = dyn_cast<clang::BinaryOperator>(&whole)) {
        if (plain->getOpcode() == clang::BO_Assign) given = plain->getLHS();
    } else if (auto* call = dyn_cast<clang::CXXOperatorCallExpr>(&whole)) {
        if (call->getOperator() == clang::OO_Equal) given = call->getArg(0);
    }
    auto* named = dyn_cast_or_null<clang::DeclRefExpr>(
        given != nullptr ? without_wrappers(given) : nullptr);
    auto* variable =
        named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
    return is_thread_local(variable) ? variable : nullptr;
}

class finder {
public:
    explicit finder(const body& in) : in_(in), sources_(in.ast().getSourceManager()) {}

    llvm::SmallVector<stale_thread_local, 1> find() {
        for (auto* statement : in_.statements()) {
            auto* whole = dyn_cast<clang::Expr>(statement);
            auto* variable = whole != nullptr ? set_by(*whole) : nullptr;
            if (variable != nullptr && !is_said(*variable))
                look_behind(*whole, *variable);
        }
        return std::move(found_);
    }

private:
    bool is_said(const clang::VarDecl& variable) const {
        return llvm::any_of(
            found_, [&](const auto& each) { return each.variable == &variable; });
    }
    bool stands_before(clang::SourceLocation a, clang::SourceLocation b) const {
        return sources_.isBeforeInTranslationUnit(a, b);
    }
    /// The block whose statement it is; null if it is a part of another statement.
    const clang::Stmt* block_of(const clang::Expr& set) const {
        const clang::Stmt* around = in_.parent(&set);
        while (
            llvm::isa_and_nonnull<clang::FullExpr, clang::CXXBindTemporaryExpr>(around))
            around = in_.parent(around);
        return llvm::isa_and_nonnull<clang::CompoundStmt>(around) ? around : nullptr;
    }
    void look_behind(const clang::Expr& set, const clang::VarDecl& variable) {
        auto* block = block_of(set);
        if (block == nullptr) return;
        for (auto* statement : in_.statements()) {
            auto* read = dyn_cast<clang::DeclRefExpr>(statement);
            if (read == nullptr || read->getDecl() != &variable ||
                is_set_again(*read) ||
                !stands_before(set.getEndLoc(), read->getLocation()) ||
                !stands_before(read->getLocation(), block->getEndLoc()))
                continue;
            if (auto* await = await_between(set, *read)) {
                found_.push_back({&variable, &set, await, read});
                return;
            }
        }
    }
    /// Whether it is what an assignment changes.
    bool is_set_again(const clang::DeclRefExpr& named) const {
        for (auto* statement : in_.statements()) {
            auto* whole = dyn_cast<clang::Expr>(statement);
            if (whole == nullptr || set_by(*whole) != named.getDecl()) continue;
            if (whole->getBeginLoc() == named.getLocation()) return true;
        }
        return false;
    }
    /// The first await between them, with no other assignment behind it.
    const clang::CoroutineSuspendExpr* await_between(
        const clang::Expr& set, const clang::DeclRefExpr& read) const {
        const clang::CoroutineSuspendExpr* found = nullptr;
        for (auto* each : in_.suspensions()) {
            const auto at = each->getKeywordLoc();
            if (stands_before(set.getEndLoc(), at) &&
                stands_before(at, read.getLocation()))
                if (found == nullptr || stands_before(at, found->getKeywordLoc()))
                    found = each;
        }
        if (found == nullptr) return nullptr;
        for (auto* statement : in_.statements()) {
            auto* whole = dyn_cast<clang::Expr>(statement);
            if (whole == nullptr || whole == &set || set_by(*whole) != read.getDecl())
                continue;
            const auto at = whole->getBeginLoc();
            if (stands_before(set.getEndLoc(), at) &&
                stands_before(at, read.getLocation()))
                return nullptr;
        }
        return found;
    }

    const body& in_;
    const clang::SourceManager& sources_;
    llvm::SmallVector<stale_thread_local, 1> found_;
};

}  // namespace

llvm::SmallVector<stale_thread_local, 1> stale_thread_locals(const body& in) {
    return finder(in).find();
}

}  // namespace coil_check
