// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprConcepts.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/SetVector.h>

namespace coil_check {

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::isa_and_nonnull;

llvm::SmallVector<const clang::Stmt*, 4> parts_of(const clang::Stmt& whole) {
    if (auto* suspension = dyn_cast<clang::CoroutineSuspendExpr>(&whole))
        return {suspension->getOperand()};
    if (auto* result = dyn_cast<clang::CoreturnStmt>(&whole)) {
        if (result->getOperand() == nullptr) return {};
        return {result->getOperand()};
    }
    if (auto* given = dyn_cast<clang::CXXDefaultArgExpr>(&whole))
        return {given->getExpr()};
    if (auto* given = dyn_cast<clang::CXXDefaultInitExpr>(&whole))
        return {given->getExpr()};
    if (isa<clang::UnaryExprOrTypeTraitExpr, clang::CXXNoexceptExpr,
            clang::RequiresExpr, clang::StmtExpr>(whole))
        return {};
    llvm::SmallVector<const clang::Stmt*, 4> parts;
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(&whole)) {
        for (const clang::Expr* value : lambda->capture_inits()) parts.push_back(value);
        return parts;
    }
    const clang::Stmt* from = &whole;
    if (auto* list = dyn_cast<clang::InitListExpr>(&whole))
        if (auto* semantic = list->getSemanticForm()) from = semantic;
    for (auto* child : from->children())
        if (child != nullptr) parts.push_back(child);
    return parts;
}

namespace {

bool is_logical(const clang::Expr& expression) {
    auto* binary = dyn_cast<clang::BinaryOperator>(&expression);
    return binary != nullptr && binary->isLogicalOp();
}

bool has_destructor(clang::QualType type) {
    return type->getBaseElementTypeUnsafe()->isRecordType() &&
           type.isDestructedType() == clang::QualType::DK_cxx_destructor;
}

/// A copy or a move of a variable, and the like: nobody sees when it happens.
bool is_unseen(const clang::Stmt& part) {
    if (auto* call = dyn_cast<clang::CallExpr>(&part)) {
        auto* callee = call->getDirectCallee();
        if (callee == nullptr) return false;
        auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
        const bool is_clock = callee->getDeclName().isIdentifier() &&
                              callee->getDeclName().getAsString() == "now";
        return callee->isConsteval() || callee->getBuiltinID() != 0 ||
               (callee->isInStdNamespace() && !is_clock && method == nullptr) ||
               (method != nullptr && method->getParent()->isInStdNamespace() &&
                !is_clock && (method->isConst() || method->isStatic()));
    }
    if (auto* made = dyn_cast<clang::CXXConstructExpr>(&part)) {
        auto* constructor = made->getConstructor();
        return constructor->isCopyOrMoveConstructor() || constructor->isTrivial() ||
               constructor->getParent()->isInStdNamespace();
    }
    return true;
}

/// Whether an expression names something that may change, or does something.
bool depends_on_time(const clang::Stmt& part) {
    if (isa<clang::CXXThisExpr>(part)) return true;
    if (auto* named = dyn_cast<clang::DeclRefExpr>(&part)) {
        auto* variable = dyn_cast<clang::VarDecl>(named->getDecl());
        return variable != nullptr && !variable->isConstexpr();
    }
    if (isa<clang::CallExpr, clang::CXXConstructExpr>(part) && !is_unseen(part))
        return true;
    return llvm::any_of(parts_of(part),
                        [](const clang::Stmt* each) { return depends_on_time(*each); });
}

/// The first call in it that others may see, not counting awaits.
const clang::Expr* effect_in(const clang::Stmt& part) {
    if (isa<clang::CoroutineSuspendExpr>(part)) return nullptr;
    if (isa<clang::CallExpr, clang::CXXConstructExpr>(part) && !is_unseen(part)) {
        // What is made of constants looks the same at any time.
        if (isa<clang::CallExpr>(part) || llvm::any_of(parts_of(part), [](auto* each) {
                return depends_on_time(*each);
            }))
            return &cast<clang::Expr>(part);
    }
    for (auto* each : parts_of(part))
        if (auto* found = effect_in(*each)) return found;
    return nullptr;
}

bool is_trivial_copy(const clang::Expr& part) {
    auto* made = dyn_cast<clang::CXXConstructExpr>(&part);
    return made != nullptr && made->getConstructor()->isTrivial();
}

/// What an arm gives is made in its place; any other temporary in it is made first.
const clang::Expr* hoisted_in(const clang::Stmt& part, bool is_value) {
    if (isa<clang::CoroutineSuspendExpr>(part)) return nullptr;
    if (auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(&part)) {
        if (!is_value && depends_on_time(*made->getSubExpr())) return made;
        return hoisted_in(*made->getSubExpr(), true);
    }
    const bool is_wrapper =
        isa<clang::ParenExpr, clang::FullExpr, clang::CXXBindTemporaryExpr,
            clang::ImplicitCastExpr, clang::AbstractConditionalOperator>(part);
    if (auto* given = dyn_cast<clang::Expr>(&part);
        given != nullptr && !is_value && given->isPRValue() &&
        given->getType()->isRecordType() && !isa<clang::LambdaExpr>(part) &&
        !isa<clang::InitListExpr>(part) && !is_trivial_copy(*given) &&
        depends_on_time(*given))
        return given;
    for (auto* each : parts_of(part))
        if (auto* found = hoisted_in(*each, is_value && is_wrapper)) return found;
    return nullptr;
}

/// A temporary that has to be destroyed.
const clang::Expr* destroyed_in(const clang::Stmt& part) {
    if (auto* made = dyn_cast<clang::CXXBindTemporaryExpr>(&part))
        if (has_destructor(made->getType())) return made;
    for (auto* each : parts_of(part))
        if (auto* found = destroyed_in(*each)) return found;
    return nullptr;
}

}  // namespace

gcc_translation::gcc_translation(const body& of) : in_(of) {
    llvm::SmallSetVector<const clang::Expr*, 8> roots;
    for (auto* each : of.suspensions()) {
        const clang::Stmt* outermost = each;
        for (const clang::Stmt* part = each; isa_and_nonnull<clang::Expr>(part);
             part = of.parent(part)) {
            awaiting_.insert(part);
            outermost = part;
        }
        roots.insert(cast<clang::Expr>(outermost));
    }
    for (auto* each : roots) root(*each);
}

void gcc_translation::root(const clang::Expr& whole) {
    const clang::Stmt* in = in_.parent(&whole);
    if (auto* choice = dyn_cast_or_null<clang::IfStmt>(in);
        choice != nullptr && choice->getCond() == &whole)
        return top(&whole, place::condition, false);
    if (auto* choice = dyn_cast_or_null<clang::SwitchStmt>(in);
        choice != nullptr && choice->getCond() == &whole)
        return top(&whole, place::choice, false);
    if (auto* loop = dyn_cast_or_null<clang::ForStmt>(in);
        loop != nullptr && loop->getCond() == &whole)
        return inner(&whole);
    if (auto* loop = dyn_cast_or_null<clang::WhileStmt>(in);
        loop != nullptr && loop->getCond() == &whole)
        return inner(&whole);
    if (auto* loop = dyn_cast_or_null<clang::DoStmt>(in);
        loop != nullptr && loop->getCond() == &whole)
        return inner(&whole);
    if (isa_and_nonnull<clang::CoreturnStmt>(in) && !whole.getType()->isVoidType())
        return inner(&whole);
    auto* variable = in_.initialized_by(whole);
    const bool is_split = isa_and_nonnull<clang::DecompositionDecl>(variable);
    if (variable != nullptr) {
        auto* braces = dyn_cast<clang::InitListExpr>(without_wrappers(&whole));
        if (braces != nullptr && !is_split) list(*braces, true);
        return is_split && braces != nullptr ? inner(&whole)
                                             : top(&whole, place::initializer, false);
    }
    if (isa_and_nonnull<clang::DeclStmt>(in)) return inner(&whole);
    top(&whole, place::statement, false);
}

void gcc_translation::top(const clang::Expr* part, place at, bool is_negated) {
    if (auto* parens = dyn_cast<clang::ParenExpr>(part))
        return top(parens->getSubExpr(), at, is_negated);
    if (auto* full = dyn_cast<clang::FullExpr>(part))
        return top(full->getSubExpr(), at, is_negated);
    if (auto* bind = dyn_cast<clang::CXXBindTemporaryExpr>(part))
        return top(bind->getSubExpr(), at, is_negated);
    if (auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(part))
        return isa<clang::InitListExpr>(without_wrappers(part))
                   ? inner(part)
                   : top(made->getSubExpr(), at, is_negated);
    if (auto* conversion = dyn_cast<clang::CastExpr>(part))
        return top_cast(*conversion, at, is_negated);
    if (auto* unary = dyn_cast<clang::UnaryOperator>(part))
        return top_unary(*unary, at, is_negated);
    if (auto* binary = dyn_cast<clang::BinaryOperator>(part))
        return top_binary(*binary, at, is_negated);
    if (auto* choice = dyn_cast<clang::AbstractConditionalOperator>(part))
        return top_choice(*choice, at, is_negated);
    if (auto* braces = dyn_cast<clang::InitListExpr>(part))
        return top_list(*braces, at);
    const bool is_initial = at == place::initializer || at == place::converted;
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(part);
        lambda != nullptr && is_initial && !has_destructor(lambda->getType())) {
        for (const clang::Expr* value : lambda->capture_inits())
            top(value, place::initializer, false);
        return;
    }
    if (auto* made = dyn_cast<clang::CXXNewExpr>(part);
        made != nullptr && is_initial && made->getInitializer() != nullptr &&
        made->getAllocatedType()->isScalarType())
        return top(made->getInitializer(), place::initializer, false);
    inner(part);
}

void gcc_translation::top_cast(const clang::CastExpr& cast, place at, bool is_negated) {
    const clang::Expr* part = cast.getSubExpr();
    switch (cast.getCastKind()) {
        case clang::CK_NoOp: return top(part, at, is_negated);
        case clang::CK_LValueToRValue:
            return at == place::initializer ? top(part, at, is_negated) : inner(part);
        case clang::CK_ToVoid:
            return at == place::statement ? top(part, at, false) : inner(part);
        case clang::CK_IntegralCast:
        case clang::CK_IntegralToFloating:
        case clang::CK_FloatingToIntegral:
        case clang::CK_FloatingCast:
            return at == place::initializer || at == place::converted
                       ? top(part, place::converted, is_negated)
                       : inner(part);
        default: return inner(part);
    }
}

void gcc_translation::top_unary(const clang::UnaryOperator& unary, place at,
                                bool is_negated) {
    const clang::Expr* part = unary.getSubExpr()->IgnoreParens();
    const bool is_choice = isa<clang::ConditionalOperator>(part);
    const bool is_not =
        unary.getOpcode() == clang::UO_LNot &&
        (is_choice || is_logical(*part) || isa<clang::UnaryOperator>(part));
    if (is_not) return top(part, at, !is_negated);
    // Folded into the arms.
    const bool is_sign = unary.getOpcode() == clang::UO_Minus ||
                         unary.getOpcode() == clang::UO_Plus ||
                         unary.getOpcode() == clang::UO_Not;
    if (is_sign && is_choice && at == place::initializer)
        return top(part, place::converted, is_negated);
    inner(&unary);
}

void gcc_translation::top_binary(const clang::BinaryOperator& binary, place at,
                                 bool is_negated) {
    const clang::Expr* left = binary.getLHS();
    const clang::Expr* right = binary.getRHS();
    if (binary.isLogicalOp()) {
        if (at == place::converted || at == place::choice || !awaits(right))
            return inner(&binary);
        if (!awaits(left)) {
            decides(*left, binary);
        } else if ((binary.getOpcode() == clang::BO_LAnd) != is_negated) {
            top(left, place::initializer, is_negated);
        } else {
            inner(left);  // GCC negates it first
        }
        return top(right, at, is_negated);
    }
    const bool is_initial = at == place::initializer || at == place::condition;
    if (binary.isCommaOp() && is_initial) {
        inner(left);
        return top(right, at, is_negated);
    }
    if (binary.isCommaOp() && at == place::statement) {
        inner(left);
        return inner(right);
    }
    if (binary.getOpcode() == clang::BO_Assign && at == place::statement) {
        sequence(binary);
        if (awaits(left)) return inner(right);
        return top(right, place::assigned, false);
    }
    // Folded into the arms, where the other side is a constant.
    if (binary.isAdditiveOp() && at == place::initializer &&
        left->isEvaluatable(in_.ast()))
        return top(right, place::converted, false);
    inner(&binary);
}

void gcc_translation::top_choice(const clang::AbstractConditionalOperator& choice,
                                 place at, bool is_negated) {
    if (at == place::statement && choice.getType()->isRecordType())
        return inner(&choice);
    const clang::Expr* condition = choice.getCond();
    if (auto* elvis = dyn_cast<clang::BinaryConditionalOperator>(&choice))
        condition = elvis->getCommon();
    if (awaits(condition)) {
        top(condition, place::initializer, false);
    } else if (awaits(&choice)) {
        decides(*condition, choice);
    }
    if (isa<clang::ConditionalOperator>(choice))
        top(choice.getTrueExpr(), at, is_negated);
    top(choice.getFalseExpr(), at, is_negated);
}

void gcc_translation::top_list(const clang::InitListExpr& braces, place at) {
    sequence(braces);
    const bool is_taken_apart =
        at == place::initializer && !has_destructor(braces.getType());
    for (auto* each : parts_of(braces)) {
        if (is_taken_apart) {
            top(cast<clang::Expr>(each), at, false);
        } else {
            inner(each);
        }
    }
}

/// A condition without an await is left as it is, with the temporaries in it.
void gcc_translation::decides(const clang::Expr& condition, const clang::Expr& whole) {
    if (auto* temporary = destroyed_in(condition))
        faults_.push_back({gcc_fault::kind::crash, temporary, &whole});
}

void gcc_translation::inner(const clang::Stmt* part) {
    if (part == nullptr) return;
    if (auto* choice = dyn_cast<clang::AbstractConditionalOperator>(part)) {
        const bool is_plain = isa<clang::ConditionalOperator>(choice);
        if (is_plain && is_decided(*choice->getTrueExpr(), *choice)) return;
        if (is_decided(*choice->getFalseExpr(), *choice)) return;
    } else if (isa<clang::Expr>(part) && is_logical(*cast<clang::Expr>(part))) {
        auto& binary = *cast<clang::BinaryOperator>(part);
        if (is_decided(*binary.getRHS(), binary)) return;
    }
    sequence(*part);
    for (auto* each : parts_of(*part)) inner(each);
}

bool gcc_translation::is_decided(const clang::Expr& arm, const clang::Expr& by) {
    using kind = gcc_fault::kind;
    const clang::Stmt* inside = in_.parent(&by);
    while (isa_and_nonnull<clang::ParenExpr, clang::FullExpr, clang::ImplicitCastExpr>(
        inside))
        inside = in_.parent(inside);
    if (awaits(&arm)) {
        faults_.push_back({kind::chosen_await, await_in(arm), &by, inside});
        return true;
    }
    if (auto* temporary = hoisted_in(arm, !is_logical(by))) {
        faults_.push_back({kind::chosen_temporary, temporary, &by, inside});
        return true;
    }
    return false;
}

void gcc_translation::sequence(const clang::Stmt& whole) {
    if (auto* braces = dyn_cast<clang::InitListExpr>(&whole))
        return list(*braces, false);
    if (auto* binary = dyn_cast<clang::BinaryOperator>(&whole)) {
        if (binary->getOpcode() == clang::BO_Assign && awaits(binary->getLHS())) {
            if (awaits(binary->getRHS())) {
                late(*binary->getRHS(), *binary->getLHS());
            } else if (auto* first = effect_in(*binary->getRHS())) {
                late(*first, *binary->getLHS());
            }
        }
        if (binary->isCommaOp() && awaits(binary->getRHS()))
            if (auto* first = effect_in(*binary->getLHS()))
                late(*first, *binary->getRHS());
        return;
    }
    auto* call = dyn_cast<clang::CXXOperatorCallExpr>(&whole);
    if (call == nullptr || call->getNumArgs() != 2 || !awaits(call->getArg(1))) return;
    const auto is_shift = [](const clang::CXXOperatorCallExpr* of) {
        return of != nullptr && (of->getOperator() == clang::OO_LessLess ||
                                 of->getOperator() == clang::OO_GreaterGreater);
    };
    auto* left =
        dyn_cast<clang::CXXOperatorCallExpr>(without_wrappers(call->getArg(0)));
    if (is_shift(call) && is_shift(left) && left->getNumArgs() == 2)
        late(*left, *call->getArg(1));
}

void gcc_translation::list(const clang::InitListExpr& of, bool is_variable) {
    auto* semantic = of.getSemanticForm() != nullptr ? of.getSemanticForm() : &of;
    const clang::Expr* first = nullptr;
    const clang::Expr* owner = nullptr;
    for (const clang::Expr* each : semantic->inits()) {
        if (each == nullptr) continue;
        if (awaits(each)) {
            if (!is_variable && first != nullptr) return late(*first, *each);
            if (is_variable && owner != nullptr) {
                faults_.push_back({gcc_fault::kind::leak, await_in(*each), owner});
                return;
            }
        } else if (first == nullptr) {
            first = effect_in(*each);
        }
        if (has_destructor(each->getType())) owner = each;
    }
    auto* only = semantic->getNumInits() == 1
                     ? dyn_cast<clang::InitListExpr>(semantic->getInit(0))
                     : nullptr;
    if (is_variable && only != nullptr) list(*only, true);  // of a std::array
}

void gcc_translation::late(const clang::Expr& first, const clang::Stmt& then) {
    faults_.push_back({gcc_fault::kind::late, await_in(then), &first});
}

const clang::Expr* gcc_translation::await_in(const clang::Stmt& part) const {
    for (const clang::Stmt* at = &part;;) {
        if (auto* await = dyn_cast<clang::CoroutineSuspendExpr>(at)) return await;
        const auto parts = parts_of(*at);
        auto* next = llvm::find_if(parts, [&](auto* each) { return awaits(each); });
        if (next == parts.end()) return &cast<clang::Expr>(part);
        at = *next;
    }
}

}  // namespace coil_check
