// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprConcepts.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

body::body(const clang::FunctionDecl& function, clang::ASTContext& ast)
    : function_(function),
      ast_(ast),
      written_(function.getBody()) {
    if (auto* coroutine = dyn_cast_or_null<clang::CoroutineBodyStmt>(written_)) {
        is_coroutine_ = true;
        written_ = coroutine->getBody();
    }
    if (auto* constructor = dyn_cast<clang::CXXConstructorDecl>(&function))
        for (auto* member : constructor->inits()) walk(member->getInit(), nullptr);
    walk(written_, nullptr);
}

body::~body() = default;

std::string body::name() const {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function_);
    if (method != nullptr && method->getParent()->isLambda()) return "this lambda";
    return "'" + function_.getNameAsString() + "'";
}

llvm::ArrayRef<const clang::Expr*> body::uses(const clang::VarDecl& of) const {
    const auto found = uses_.find(&of);
    if (found == uses_.end()) return {};
    return found->second;
}

const flow* body::control() const {
    if (!std::exchange(has_tried_control_, true)) control_ = flow::of(*this);
    return control_.get();
}

namespace {

bool is_evaluated(const clang::Stmt& statement) {
    if (auto* typeid_of = dyn_cast<clang::CXXTypeidExpr>(&statement))
        return typeid_of->isPotentiallyEvaluated();
    return !isa<clang::UnaryExprOrTypeTraitExpr, clang::CXXNoexceptExpr,
                clang::RequiresExpr>(statement);
}

bool is_written(const clang::CoroutineSuspendExpr& suspension) {
    auto* await = dyn_cast<clang::CoawaitExpr>(&suspension);
    return await == nullptr || !await->isImplicit();
}

}  // namespace

void body::walk(const clang::Stmt* statement, const clang::Stmt* parent) {
    if (statement == nullptr) return;
    parents_[statement] = parent;
    if (!is_evaluated(*statement)) return;
    statements_.push_back(statement);
    note(*statement);
    if (auto* declares = dyn_cast<clang::DeclStmt>(statement)) {
        walk_declarations(*declares);
    } else if (auto* suspension = dyn_cast<clang::CoroutineSuspendExpr>(statement)) {
        // What is made of the operand repeats it.
        walk(suspension->getOperand(), statement);
    } else if (auto* result = dyn_cast<clang::CoreturnStmt>(statement)) {
        walk(result->getOperand(), statement);  // the promise's call repeats it
    } else if (auto* lambda = dyn_cast<clang::LambdaExpr>(statement)) {
        walk_lambda(*lambda);
    } else if (auto* given = dyn_cast<clang::CXXDefaultArgExpr>(statement)) {
        walk(given->getExpr(), statement);
    } else if (auto* given_member = dyn_cast<clang::CXXDefaultInitExpr>(statement)) {
        walk(given_member->getExpr(), statement);
    } else {
        walk_children(*statement);
    }
}

void body::walk_children(const clang::Stmt& of) {
    const clang::Stmt* from = &of;
    if (auto* list = dyn_cast<clang::InitListExpr>(&of))
        if (auto* semantic = list->getSemanticForm()) from = semantic;
    for (auto* child : from->children()) walk(child, &of);
}

void body::walk_variable(const clang::VarDecl& variable, const clang::Stmt& in) {
    if (variable.hasLocalStorage()) locals_.push_back(&variable);
    declared_[&variable] = &in;
    auto* initial = variable.getInit();
    if (initial == nullptr) return;
    initialized_[initial] = &variable;
    walk(initial, &in);
}

void body::walk_declarations(const clang::DeclStmt& statement) {
    for (auto* declared : statement.decls()) {
        auto* variable = dyn_cast<clang::VarDecl>(declared);
        if (variable == nullptr) continue;
        walk_variable(*variable, statement);
        if (auto* parts = dyn_cast<clang::DecompositionDecl>(variable))
            for (auto* binding : parts->bindings())
                if (auto* holding = binding->getHoldingVar())
                    walk_variable(*holding, statement);
    }
}

void body::walk_lambda(const clang::LambdaExpr& lambda) {
    lambdas_.push_back(&lambda);
    auto initial = lambda.capture_init_begin();
    for (const auto& capture : lambda.captures()) {
        const clang::Expr* value = *initial++;
        walk(value, &lambda);
        if (!capture.capturesVariable()) continue;
        auto* variable = variable_of(capture.getCapturedVar());
        if (variable == nullptr) continue;
        if (capture.getCaptureKind() == clang::LCK_ByRef) lent_.insert(variable);
    }
}

void body::note(const clang::Stmt& statement) {
    if (auto* suspension = dyn_cast<clang::CoroutineSuspendExpr>(&statement)) {
        if (is_written(*suspension)) suspensions_.push_back(suspension);
    } else if (auto* call = dyn_cast<clang::CallExpr>(&statement)) {
        calls_.push_back(call);
    } else if (auto* temporary = dyn_cast<clang::CXXBindTemporaryExpr>(&statement)) {
        temporaries_.push_back(temporary);
    } else if (auto* use = dyn_cast<clang::DeclRefExpr>(&statement)) {
        note_use(*use);
    } else if (auto* leaves = dyn_cast<clang::ReturnStmt>(&statement)) {
        if (auto* value = leaves->getRetValue()) returns_.push_back(value);
    } else if (auto* ends = dyn_cast<clang::CoreturnStmt>(&statement)) {
        if (auto* value = ends->getOperand()) returns_.push_back(value);
    }
}

const clang::Stmt* body::loop_around(const clang::Stmt* statement) const {
    while (statement != nullptr && !is_loop(*statement)) statement = parent(statement);
    return statement;
}

void body::note_use(const clang::DeclRefExpr& use) {
    auto* variable = variable_of(use.getDecl());
    if (variable == nullptr) return;
    uses_[variable].push_back(&use);
    const clang::Stmt* around = parent(&use);
    while (isa_and_nonnull<clang::ParenExpr>(around)) around = parent(around);
    auto* address = dyn_cast_or_null<clang::UnaryOperator>(around);
    const bool is_addressed =
        address != nullptr && address->getOpcode() == clang::UO_AddrOf;
    // Bound to a reference, which whoever is called may keep.
    const bool is_bound =
        isa_and_nonnull<clang::DeclStmt, clang::CallExpr>(around) && use.isLValue();
    if (is_addressed || is_bound) lent_.insert(variable);
}

fork fork_of(const clang::Stmt& first, const clang::Stmt& second, const body& in) {
    // From each statement around the second, the way down to it.
    llvm::SmallDenseMap<const clang::Stmt*, const clang::Stmt*, 16> ways;
    const clang::Stmt* way = nullptr;
    for (auto* each = &second; each != nullptr; each = in.parent(each))
        ways[each] = std::exchange(way, each);
    way = nullptr;
    for (auto* each = &first; each != nullptr; each = in.parent(each)) {
        const auto met = ways.find(each);
        if (met != ways.end()) return {each, way, met->second};
        way = each;
    }
    return {};
}

}  // namespace coil_check
