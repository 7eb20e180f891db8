// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/unawaited.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>

namespace coil_check {

namespace {

void check_discarded(const clang::CallExpr& call, const body& in, report& to) {
    const auto becomes = fate_of(call, in, to.of());
    if (becomes.is != fate::discarded || becomes.future != &call) return;
    finding found{.at = call.getExprLoc(),
                  .text = "this '" + text_of(call.getType(), in.ast()) +
                          "' is thrown away, so what it would do never happens",
                  .statement = &call};
    if (in.is_coroutine()) {
        found.mend = "await it, or give it to a group's spawn()";
        found.fixes.push_back(
            clang::FixItHint::CreateInsertion(call.getBeginLoc(), "co_await "));
    } else {
        found.mend = "return it, or give it to a group's spawn() or a runtime's run()";
    }
    to.add(found);
}

void check_local(const clang::VarDecl& variable, const body& in, report& to) {
    if (!is_future(variable.getType(), to.of()) || !in.uses(variable).empty()) return;
    const std::string name = variable.getNameAsString();
    to.add(
        {.at = variable.getLocation(),
         .text = "'" + name + "' is never awaited, so what it would do never happens",
         .mend = "await it: co_await std::move(" + name + ")",
         .declaration = &variable});
}

void check_body(const body& in, report& to) {
    for (auto* call : in.calls())
        if (is_future(*call, to.of())) check_discarded(*call, in, to);
    for (auto* variable : in.locals()) check_local(*variable, in, to);
}

}  // namespace

const rule unawaited{"unawaited", level::error, &check_body};

}  // namespace coil_check
