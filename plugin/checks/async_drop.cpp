// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/async_drop.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/drop_advice.hpp>
#include <plugin/core/drop_flow.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/exception_guards.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/owned_borrows.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/temporaries.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

namespace {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

std::string quoted(clang::QualType type, const report& to) {
    // Canonical: an alias in the library says less than what it stands for.
    type = type.getNonReferenceType().getCanonicalType().getUnqualifiedType();
    return "'" + text_of(type, to.of().ast) + "'";
}

/// Whose async destructor it is: of `type` itself, or of what it holds.
finding::note demand(clang::QualType type, const report& to) {
    auto* dropped = dropped_in(type.getNonReferenceType(), to.of());
    auto* drop = async_drop_of(*dropped, to.of());
    const std::string holder = quoted(type, to);
    const std::string own = "'" + dropped->getNameAsString() + "'";
    const bool is_itself = class_of(type) == dropped;
    return {drop->getLocation(),
            is_itself ? holder + " has an async destructor, which has to be awaited"
                      : holder + " holds a " + own +
                            ", whose async destructor has to be awaited"};
}

std::string mend_of_local(const lost_drop& lost, const body& in, const report& to) {
    if (!in.is_coroutine())
        return "only a coroutine can await that: make it in one, with coil::own or "
               "coil::with, or return it";
    return mend_of_local(*lost.object, lost.type, to.of());
}

// Variables.

/// What `[[gsl::suppress]]` stands on: of a binding, its declaration.
const clang::Decl* declaration_of(const clang::ValueDecl& object) {
    if (auto* binding = dyn_cast<clang::BindingDecl>(&object))
        return binding->getDecomposedDecl();
    return &object;
}

void report_parameter(const lost_drop& lost, const body& in, report& to) {
    const std::string name = lost.object->getNameAsString();
    to.add({.at = lost.object->getLocation(),
            .text = "'" + name + "' is destroyed without its async drop when " +
                    in.name() + " ends",
            .notes = {demand(lost.type, to)},
            .mend = "hand it on on every path, with std::move(" + name +
                    "), or take a reference",
            .declaration = lost.object});
}

void report_overwritten(const lost_drop& lost, report& to) {
    const std::string name = lost.object->getNameAsString();
    to.add({.at = llvm::cast<clang::Expr>(lost.at)->getExprLoc(),
            .text = "this destroys what '" + name + "' holds without its async drop",
            .notes = {demand(lost.type, to)},
            .mend = mend_of_overwriting(*llvm::cast<clang::CallExpr>(lost.at),
                                        *lost.object),
            .statement = lost.at});
}

void report_local(const lost_drop& lost, const body& in, report& to) {
    const std::string name = lost.object->getNameAsString();
    finding found{.at = lost.object->getLocation(), .notes = {demand(lost.type, to)}};
    if (lost.is == lost_drop::how::ended) {
        found.text = "'" + name +
                     "' is destroyed at the end of its scope without its async drop";
        found.mend = mend_of_local(lost, in, to);
    } else if (lost.is == lost_drop::how::thrown_past) {
        found.text = "an exception destroys '" + name + "' without its async drop";
        found.notes.push_back({lost.at->getBeginLoc(), "it is thrown here"});
        found.mend = mend_of_local(lost, in, to);
    } else {
        found.text = "'" + name + "' is destroyed without its async drop if " +
                     in.name() + " is stopped";
        found.notes.push_back(
            {lost.at->getBeginLoc(), "a stop, or an error, can end it here"});
        found.mend = mend_of_stopped(*lost.object, lost.type, to.of());
    }
    found.statement = lost.at;
    found.declaration = declaration_of(*lost.object);
    to.add(found);
}

void check_variables(const body& in, report& to) {
    for (const auto& lost : lost_drops(in, to.of())) {
        if (lost.is == lost_drop::how::overwritten) {
            report_overwritten(lost, to);
        } else if (isa<clang::ParmVarDecl>(lost.object)) {
            report_parameter(lost, in, to);
        } else {
            report_local(lost, in, to);
        }
    }
}

void check_parameters(const body& in, report& to) {
    if (!in.is_coroutine()) return;
    for (auto* parameter : in.function().parameters()) {
        const clang::QualType type = parameter->getType();
        auto* record = class_of(type);
        if (type->isReferenceType() || dropped_in(type, to.of()) == nullptr ||
            (record != nullptr && plain_name(*record) == "coil::owned"))
            continue;
        const bool is_itself = dropped_in(type, to.of()) == record;
        const std::string name = parameter->getNameAsString();
        to.add(
            {.at = parameter->getLocation(),
             .text = "'" + name +
                     "' is a parameter by value, which ends with the "
                     "coroutine, without its async drop",
             .notes = {demand(type, to)},
             .mend = (is_itself ? "take it as coil::owned<" +
                                      text_of(type.getUnqualifiedType(), to.of().ast) +
                                      ">, or "
                                : std::string("take it ")) +
                     "by reference",
             .declaration = parameter});
    }
}

// Temporaries.

/// Whether it is an expression that makes an object, rather than passes one on.
bool makes_object(const clang::Expr& expression) {
    return expression.isPRValue() && expression.getType()->isRecordType() &&
           isa<clang::CallExpr, clang::CoroutineSuspendExpr, clang::CXXConstructExpr,
               clang::InitListExpr, clang::CXXParenListInitExpr>(expression);
}

void check_temporary(const clang::Expr& made, const body& in, report& to) {
    const end_of_object end = end_of(made, in);
    if (end == end_of_object::elsewhere || end == end_of_object::taken) return;
    const std::string what = "this " + quoted(made.getType(), to) + " is ";
    finding found{.at = made.getExprLoc(),
                  .notes = {demand(made.getType(), to)},
                  .statement = &made};
    if (end == end_of_object::thrown) {
        found.text = what + "destroyed by who catches it, without its async drop";
        found.mend = "throw something else";
    } else {
        found.text = what + (end == end_of_object::thrown_away
                                 ? "thrown away without its async drop"
                                 : "destroyed at the end of the statement, without its "
                                   "async drop");
        found.mend = in.is_coroutine()
                         ? "keep it with coil::own or coil::with, or await its drop: "
                           "co_await coil::drop(...)"
                         : "only a coroutine can await that: make it in one, with "
                           "coil::own or coil::with, or return it";
    }
    to.add(found);
}

void check_captures(const clang::LambdaExpr& lambda, report& to) {
    auto* closure = lambda.getLambdaClass();
    auto field = closure->field_begin();
    for (const auto& capture : lambda.captures()) {
        const clang::QualType type = (field++)->getType();
        if (type->isReferenceType() || dropped_in(type, to.of()) == nullptr) continue;
        to.add({.at = capture.getLocation(),
                .text = "this closure destroys the " + quoted(type, to) +
                        " in it without its async drop",
                .notes = {demand(type, to)},
                .mend = "give it to the coroutine as a parameter, coil::owned<...>, or "
                        "capture a reference",
                .statement = &lambda});
    }
}

// By hand.

/// Whether the function awaits the drop of this object, or of what this points to.
bool is_dropped_in(const body& in, const clang::ValueDecl* object) {
    return object != nullptr && llvm::any_of(in.calls(), [&](auto* call) {
               auto* callee = call->getDirectCallee();
               if (callee == nullptr) return false;
               const bool is_member = callee->getDeclName().isIdentifier() &&
                                      callee->getName() == "async_drop";
               if (is_member && place_of(object_of(*call)) == object) return true;
               for (unsigned i = 0; i < call->getNumArgs(); ++i)
                   if (drops_argument(*callee, i) &&
                       place_of(call->getArg(i)) == object)
                       return true;
               return false;
           });
}

void report_by_hand(const clang::Expr& at, const clang::Expr* object,
                    clang::QualType type, const body& in, report& to) {
    if (dropped_in(type, to.of()) == nullptr || is_dropped_in(in, place_of(object)) ||
        isa<clang::CXXDestructorDecl>(in.function()))
        return;
    to.add({.at = at.getExprLoc(),
            .text = "this destroys a " + quoted(type, to) + " without its async drop",
            .notes = {demand(type, to)},
            .mend = "await that before, in a coroutine: co_await coil::drop(...)",
            .statement = &at});
}

void check_destroying_call(const clang::CallExpr& call, const body& in, report& to) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return;
    if (isa<clang::CXXDestructorDecl>(callee)) {
        auto* object = object_of(call);
        if (object == nullptr) return;
        clang::QualType type = object->getType();
        if (type->isPointerType()) type = type->getPointeeType();
        report_by_hand(call, object, type, in, to);
    } else if (plain_name(*callee) == "std::destroy_at" && call.getNumArgs() == 1) {
        report_by_hand(call, call.getArg(0),
                       call.getArg(0)->getType()->getPointeeType(), in, to);
    }
}

/// `std::any` and the like, which forget the type.
void check_erased(const clang::CXXConstructExpr& made, const body& in, report& to) {
    static const llvm::StringSet<> erasing = {"std::any", "std::function",
                                              "std::move_only_function"};
    (void)in;
    if (made.getNumArgs() == 0 ||
        !erasing.contains(plain_name(*made.getConstructor()->getParent())))
        return;
    const clang::QualType type = made.getArg(0)->getType();
    if (dropped_in(type, to.of()) == nullptr) return;
    to.add({.at = made.getExprLoc(),
            .text = "the " + quoted(made.getType(), to) +
                    " destroys what it is given without its async drop",
            .notes = {demand(type, to)},
            .mend = "keep it with coil::own or coil::with",
            .statement = &made});
}

void check_own(const clang::CallExpr& call, const body& in, report& to) {
    const auto borrow = borrow_of_owned(call, in);
    if (borrow.local == nullptr) return;
    const std::string name = borrow.local->getNameAsString();
    to.add({.at = call.getArg(0)->getBeginLoc(),
            .text = "what is owned here may refer to '" + name +
                    "', which is gone when it is dropped",
            .notes = {{borrow.local->getLocation(),
                       "owned objects are dropped behind locals and parameters, and "
                       "this is one"}},
            .mend = "use coil::with, whose drops come at the end of its body",
            .statement = &call});
}

/// `coil::drop(shared)`, which does nothing: others may use the object.
void check_shared(const clang::CallExpr& call, report& to) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || plain_name(*callee) != "coil::drop" ||
        call.getNumArgs() != 1)
        return;
    const clang::QualType type = call.getArg(0)->getType();
    if (!is_shared_pointer(type) || dropped_in(type, to.of()) == nullptr) return;
    to.add({.at = call.getArg(0)->getExprLoc(),
            .text = "coil::drop does nothing with a std::shared_ptr, which others may "
                    "have, too",
            .notes = {demand(type, to)},
            .mend = "await that of the object, where nobody uses it any more: co_await "
                    "coil::drop(*...)",
            .statement = &call});
}

void check_expressions(const body& in, report& to) {
    for (auto* each : in.statements()) {
        if (auto* lambda = dyn_cast<clang::LambdaExpr>(each)) {
            check_captures(*lambda, to);
        } else if (auto* deleted = dyn_cast<clang::CXXDeleteExpr>(each)) {
            report_by_hand(*deleted, deleted->getArgument(),
                           deleted->getDestroyedType(), in, to);
        }
        auto* made = dyn_cast<clang::Expr>(each);
        if (made == nullptr || !makes_object(*made)) continue;
        if (auto* construct = dyn_cast<clang::CXXConstructExpr>(made))
            check_erased(*construct, in, to);
        if (dropped_in(made->getType(), to.of()) != nullptr && !is_made_empty(made))
            check_temporary(*made, in, to);
    }
    for (auto* call : in.calls()) {
        check_destroying_call(*call, in, to);
        check_own(*call, in, to);
        check_shared(*call, to);
    }
}

void check_guards(const body& in, report& to) {
    if (!in.is_coroutine() || in.suspensions().empty()) return;
    for (auto* local : in.locals()) {
        auto* counting = exceptions_counted_at_end(local->getType());
        if (counting == nullptr || !waits_in_scope_of(*local, in)) continue;
        to.add({.at = local->getLocation(),
                .text = "'" + local->getNameAsString() +
                        "' counts exceptions, and a stop of " + in.name() + " is none",
                .notes = {{counting->getExprLoc(), "its destructor does it here"}},
                .mend = "ask coil::is_unwinding() there, too, or own an object whose "
                        "async_drop(coil::exit_reason) is told how it ended",
                .declaration = local});
    }
}

/// The library drops what it holds itself, or refuses it.
bool is_of_library(const clang::NamedDecl& declaration) {
    const std::string name = plain_name(declaration);
    return llvm::StringRef(name).starts_with("coil::") &&
           !llvm::StringRef(name).starts_with("coil::testing::");
}

void check_body(const body& in, report& to) {
    if (is_of_library(in.function())) return;
    check_parameters(in, to);
    check_variables(in, to);
    check_expressions(in, to);
    check_guards(in, to);
}

// Classes.

/// Whether a function names a member, or calls one of its own object, which may. One
/// element of a container is not all of it, but where a loop may reach the others.
bool may_drop(const clang::Stmt* statement, const clang::FieldDecl& field,
              bool is_in_loop, const unit& of) {
    if (statement == nullptr) return false;
    auto* named = dyn_cast<clang::Expr>(statement);
    if (named != nullptr && !is_in_loop) {
        const named_place from = place_named(named);
        if (from.object == &field && from.is_one_of_several &&
            dropped_in(named->getType(), of) != nullptr)
            return false;
    }
    auto* member = dyn_cast<clang::MemberExpr>(statement);
    if (member != nullptr &&
        (member->getMemberDecl() == &field ||
         isa<clang::CXXMethodDecl>(member->getMemberDecl())) &&
        isa<clang::CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()))
        return true;
    // `*this`, which somebody else gets.
    auto* whole = dyn_cast<clang::UnaryOperator>(statement);
    if (whole != nullptr && whole->getOpcode() == clang::UO_Deref &&
        isa<clang::CXXThisExpr>(whole->getSubExpr()->IgnoreParenImpCasts()))
        return true;
    is_in_loop = is_in_loop || is_loop(*statement);
    return llvm::any_of(statement->children(), [&](const clang::Stmt* child) {
        return may_drop(child, field, is_in_loop, of);
    });
}

/// Whether `drop`, of the class that has the member, forwards to it, as far as it
/// shows.
bool forwards_to(const clang::NamedDecl& drop, const clang::FieldDecl& field,
                 const unit& of) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&drop);
    const clang::FunctionDecl* defined = nullptr;
    if (method == nullptr || !method->hasBody(defined)) return true;
    const clang::Stmt* written = defined->getBody();
    if (auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(written))
        written = coroutine->getBody();
    return may_drop(written, field, false, of);
}

void check_field(const clang::FieldDecl& field, const clang::CXXRecordDecl& in,
                 report& to) {
    const std::string name = field.getNameAsString();
    const std::string whole = "'" + in.getNameAsString() + "'";
    finding found{.at = field.getLocation(),
                  .notes = {demand(field.getType(), to)},
                  .declaration = &field};
    auto* drop = async_drop_of(in, to.of());
    const bool is_inherited = drop != nullptr && drop->getDeclContext() != &in;
    const std::string forwarded = drop_of_member(field, to.of());
    if (in.isUnion()) {
        found.text = "'" + name + "' is in a union, where nobody awaits its async drop";
        found.mend = "use a std::variant, which coil::drop looks into";
    } else if (forwarded.empty() &&
               (drop == nullptr || !forwards_to(*drop, field, to.of()))) {
        found.text =
            "'" + name + "' may be the last to own what has an async destructor";
        found.mend =
            "a std::shared_ptr cannot await a drop: keep the object with "
            "coil::own or coil::with where all who use it end before, and hold "
            "a reference";
    } else if (drop == nullptr || is_inherited) {
        found.text = "'" + name + "' has an async destructor, and " + whole +
                     (is_inherited ? " inherits an async_drop() that does not know it"
                                   : " has none that would await it");
        found.mend = "forward to it: coil::task<> async_drop() { co_await " +
                     forwarded + "; }, or hold a reference";
    } else if (!forwards_to(*drop, field, to.of())) {
        found.text = "async_drop() of " + whole + " forgets '" + name + "'";
        found.mend = "await it there: co_await " + forwarded;
    } else {
        return;
    }
    to.add(found);
}

void check_class(const clang::CXXRecordDecl& record, report& to) {
    if (is_of_library(record) || has_mark(record, "drops") ||
        is_future(to.of().ast.getRecordType(&record), to.of()))
        return;
    for (auto* field : record.fields())
        if (dropped_in(field->getType(), to.of()) != nullptr)
            check_field(*field, record, to);
    for (const auto& base : record.bases()) {
        if (dropped_in(base.getType(), to.of()) == nullptr ||
            async_drop_of(record, to.of()) != nullptr)
            continue;
        to.add({.at = base.getBeginLoc(),
                .text = "'" + record.getNameAsString() +
                        "' has a base that needs an async drop, and none that would "
                        "await it",
                .notes = {demand(base.getType(), to)},
                .mend = "give it an async_drop()",
                .declaration = &record});
    }
}

void check_global(const clang::VarDecl& variable, report& to) {
    if (dropped_in(variable.getType(), to.of()) == nullptr) return;
    to.add({.at = variable.getLocation(),
            .text = "'" + variable.getNameAsString() +
                    "' lives until the program or its thread ends, where nobody awaits "
                    "its async drop",
            .notes = {demand(variable.getType(), to)},
            .mend = "make it in the program's first coroutine, with coil::own or "
                    "coil::with, and pass a reference",
            .declaration = &variable});
}

}  // namespace

const rule async_drop{"async-drop", level::error, &check_body, &check_class,
                      &check_global};

}  // namespace coil_check
