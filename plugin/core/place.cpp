// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/place.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

place place::of(const clang::Expr* expression) {
    place found;
    for (const clang::Expr* part = without_wrappers(expression); part != nullptr;) {
        if (auto* member = dyn_cast<clang::MemberExpr>(part)) {
            found.path_.insert(found.path_.begin(), member->getMemberDecl());
            part = without_wrappers(member->getBase());
        } else if (auto* named = dyn_cast<clang::DeclRefExpr>(part)) {
            found.path_.insert(found.path_.begin(), named->getDecl());
            return found;
        } else if (llvm::isa<clang::CXXThisExpr>(part)) {
            found.path_.insert(found.path_.begin(), nullptr);
            return found;
        } else if (auto* call = dyn_cast<clang::CallExpr>(part);
                   call != nullptr && is_move(*call)) {
            part = without_wrappers(call->getArg(0));
        } else if (auto* unary = dyn_cast<clang::UnaryOperator>(part);
                   unary != nullptr && (unary->getOpcode() == clang::UO_Deref ||
                                        unary->getOpcode() == clang::UO_AddrOf)) {
            part = without_wrappers(unary->getSubExpr());
        } else {
            return {};
        }
    }
    return {};
}

place place::of_object() {
    place found;
    found.path_.push_back(nullptr);
    return found;
}

place place::seen_as(const clang::ValueDecl* parameter, const place& as) const {
    if (is_empty() || as.is_empty() || path_[0] != parameter) return {};
    place seen = as;
    seen.path_.append(path_.begin() + 1, path_.end());
    return seen;
}

place place::seen_from(const place& given, const clang::ValueDecl* parameter) const {
    const std::size_t shared = given.path_.size();
    if (given.is_empty() || shared > path_.size() ||
        !std::equal(given.path_.begin(), given.path_.end(), path_.begin()))
        return {};
    place seen;
    seen.path_.push_back(parameter);
    seen.path_.append(path_.begin() + shared, path_.end());
    return seen;
}

place seen_by_caller(const place& inside, const clang::CallExpr& call) {
    if (inside.is_member_of_this()) {
        auto* object = object_of(call);
        auto* named = object != nullptr ? without_wrappers(object) : nullptr;
        if (named == nullptr) return {};
        return llvm::isa<clang::CXXThisExpr>(named)
                   ? inside
                   : inside.seen_as(nullptr, place::of(named));
    }
    auto* callee = body_of(call);
    auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(inside.variable());
    if (callee == nullptr || parameter == nullptr ||
        !llvm::is_contained(callee->parameters(), parameter))
        return {};
    auto* given = argument_for(call, parameter->getFunctionScopeIndex());
    return given != nullptr ? inside.seen_as(parameter, place::of(given)) : place();
}

std::string place::name() const {
    return is_empty() || path_.back() == nullptr ? "*this"
                                                 : path_.back()->getNameAsString();
}

const clang::FunctionDecl* body_of(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    const clang::FunctionDecl* defined = nullptr;
    return callee != nullptr && callee->hasBody(defined) ? defined : nullptr;
}

const clang::Expr* argument_for(const clang::CallExpr& call, unsigned parameter) {
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    const bool has_object = llvm::isa<clang::CXXOperatorCallExpr>(call) &&
                            method != nullptr && method->isInstance();
    const unsigned index = parameter + (has_object ? 1 : 0);
    return index < call.getNumArgs() ? call.getArg(index) : nullptr;
}

}  // namespace coil_check
