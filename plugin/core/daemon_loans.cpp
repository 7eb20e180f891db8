// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/daemon_loans.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>

namespace coil_check {

using llvm::dyn_cast_or_null;

namespace {

/// Whether a caller may lend what is gone at the end of its statement.
bool is_lent_to_read(const clang::VarDecl& parameter) {
    const auto type = parameter.getType();
    if (type->isLValueReferenceType())
        return type->getPointeeType().isConstQualified() || is_group(type);
    return type->isRValueReferenceType() || (is_view(type) && !type->isPointerType());
}

void say(const clang::ParmVarDecl& parameter, const clang::Expr& work,
         const clang::CallExpr& spawns, report& to) {
    const std::string name = "'" + parameter.getNameAsString() + "'";
    to.add({.at = work.getExprLoc(),
            .text = "this daemon refers to " + name +
                    ", which a caller has only lent, and outlives every caller",
            .notes = {{parameter.getLocation(), name + " is lent here"}},
            .mend = is_group(parameter.getType())
                        ? "spawn it in the group"
                        : "take it by value, and give that to the daemon, or spawn "
                          "it in a group",
            .statement = &spawns});
}

}  // namespace

bool starts_daemon(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return false;
    auto* object = object_of(call);
    auto* record = object != nullptr ? class_of(object->getType()) : nullptr;
    return plain_name(*callee) == "coil::spawn_daemon" ||
           (record != nullptr && plain_name(*record) == "coil::daemons");
}

bool is_daemon_name(const clang::Expr& argument, const clang::FunctionDecl& given_to) {
    auto* record = class_of(argument.getType());
    return record != nullptr && plain_name(*record) == "std::basic_string_view" &&
           llvm::StringRef(plain_name(given_to)).starts_with("coil::");
}

void check_daemon_loans(const body& in, report& to) {
    loans known(in, to.of());
    for (auto* call : in.calls()) {
        auto* callee = call->getDirectCallee();
        if (callee == nullptr || plain_name(*callee) != "coil::spawn_daemon") continue;
        if (call->getNumArgs() != 2) continue;
        const clang::Expr& work = *call->getArg(1);
        for (const auto& each : known.of_value(work)) {
            auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(each.variable);
            if (parameter != nullptr && !each.is_own() && is_lent_to_read(*parameter))
                say(*parameter, work, *call, to);
        }
    }
}

}  // namespace coil_check
