// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/blocking_ends.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa_and_nonnull;

namespace {

/// Whether each use of a variable only asks it something, by a member of these names.
bool is_only_asked(const clang::VarDecl& variable, const llvm::StringSet<>& members,
                   const body& in) {
    return llvm::all_of(in.uses(variable), [&](const clang::Expr* each) {
        auto* around = in.parent(each);
        while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
            around = in.parent(around);
        auto* member = dyn_cast_or_null<clang::MemberExpr>(around);
        return member != nullptr &&
               member->getMemberDecl()->getDeclName().isIdentifier() &&
               members.contains(member->getMemberDecl()->getName());
    });
}

/// `std::async(...)`, unless its first argument is a policy that a thread may not obey.
const clang::CallExpr* as_async(const clang::Expr* made) {
    auto* call = dyn_cast_or_null<clang::CallExpr>(without_wrappers(made));
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    if (callee == nullptr || plain_name(*callee) != "std::async") return nullptr;
    auto* first = without_wrappers(call->getArg(0));
    if (!first->getType()->isEnumeralType()) return call;
    auto* policy = dyn_cast<clang::DeclRefExpr>(first);
    const bool is_on_thread = policy != nullptr &&
                              policy->getDecl()->getDeclName().isIdentifier() &&
                              policy->getDecl()->getName() == "async";
    return is_on_thread ? call : nullptr;
}

bool joins_at_end(const clang::VarDecl& variable, const body& in) {
    static const llvm::StringSet<> asking = {"get_id",          "joinable",
                                             "request_stop",    "get_stop_token",
                                             "get_stop_source", "native_handle"};
    auto* record = variable.getType()->getAsCXXRecordDecl();
    auto* made =
        dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(variable.getInit()));
    return record != nullptr && made != nullptr &&
           plain_name(*record) == "std::jthread" && made->getNumArgs() != 0 &&
           !made->getConstructor()->isCopyOrMoveConstructor() &&
           is_only_asked(variable, asking, in);
}

bool is_for_nobody(const clang::CallExpr& call, const body& in) {
    auto* around = in.parent(&call);
    while (isa_and_nonnull<clang::FullExpr, clang::ParenExpr,
                           clang::CXXBindTemporaryExpr, clang::AttributedStmt>(around))
        around = in.parent(around);
    auto* cast = dyn_cast_or_null<clang::ExplicitCastExpr>(around);
    return cast != nullptr ? cast->getType()->isVoidType()
                           : isa_and_nonnull<clang::CompoundStmt>(around);
}

}  // namespace

llvm::SmallVector<blocking_end, 1> blocking_ends(const body& in) {
    static const llvm::StringSet<> asking = {"valid", "wait_for"};
    llvm::SmallVector<blocking_end, 1> found;
    for (auto* local : in.locals()) {
        if (joins_at_end(*local, in)) found.push_back({.variable = local});
        auto* async =
            local->getType()->isReferenceType() ? nullptr : as_async(local->getInit());
        if (async != nullptr && is_only_asked(*local, asking, in))
            found.push_back({.variable = local, .async = async});
    }
    for (auto* call : in.calls())
        if (as_async(call) != nullptr && is_for_nobody(*call, in))
            found.push_back({.async = call});
    return found;
}

}  // namespace coil_check
