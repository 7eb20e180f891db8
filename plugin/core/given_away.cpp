// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/given_away.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/MapVector.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;
using llvm::isa_and_nonnull;

namespace {

struct gift {
    object of;
    const clang::CallExpr* move;
    const clang::Stmt* made;  // of the object, when the value is gone
    const clang::CallExpr* into;
    /// Others may know it, and give it a value while this function waits.
    bool is_shared;
};

/// Whether `part` is of a statement that does not always run all of its parts, and is
/// one of those.
bool is_choice(const clang::Stmt& whole, const clang::Stmt* part) {
    if (auto* choice = dyn_cast<clang::IfStmt>(&whole))
        return part == choice->getThen() || part == choice->getElse();
    if (auto* choice = dyn_cast<clang::AbstractConditionalOperator>(&whole))
        return part != choice->getCond();
    if (auto* binary = dyn_cast<clang::BinaryOperator>(&whole))
        return binary->isLogicalOp() && part == binary->getRHS();
    if (auto* choice = dyn_cast<clang::SwitchStmt>(&whole))
        return part == choice->getBody();
    if (isa<clang::SwitchCase, clang::CXXCatchStmt>(whole)) return true;
    if (auto* loop = dyn_cast<clang::ForStmt>(&whole))
        return part == loop->getBody() || part == loop->getInc();
    if (auto* loop = dyn_cast<clang::WhileStmt>(&whole)) return part == loop->getBody();
    auto* loop = dyn_cast<clang::CXXForRangeStmt>(&whole);
    return loop != nullptr && part == loop->getBody();
}

bool leaves(const clang::Stmt* part) {
    if (part == nullptr || isa<clang::LambdaExpr>(part)) return false;
    if (isa<clang::ReturnStmt, clang::CoreturnStmt, clang::BreakStmt,
            clang::ContinueStmt, clang::GotoStmt, clang::CXXThrowExpr>(part))
        return true;
    return llvm::any_of(part->children(), leaves);
}

bool names(const clang::Expr& expression, const clang::ValueDecl& variable) {
    auto* named = dyn_cast_or_null<clang::DeclRefExpr>(without_casts(&expression));
    return named != nullptr && named->getDecl() == &variable;
}

/// Whether it is in no branch of the function.
bool is_always(const clang::Stmt& part, const body& in) {
    const clang::Stmt* inner = &part;
    for (auto* each = in.parent(inner); each != nullptr;
         inner = std::exchange(each, in.parent(each)))
        if (is_choice(*each, inner)) return false;
    return true;
}

class finder {
public:
    finder(const body& in, const unit& of) : in_(in), of_(of) {}

    llvm::SmallVector<late_read, 2> find() {
        for (auto* each : in_.calls()) note_gift(*each);
        if (gifts_.empty()) return {};
        for (auto* each : in_.statements())
            if (isa<clang::DeclRefExpr, clang::CXXThisExpr>(each))
                note_use(*llvm::cast<clang::Expr>(each));
        for (unsigned i = 0; i < gifts_.size(); ++i) look_beside(i);
        if (auto* control = in_.control()) follow(*control);
        return std::move(found_);
    }

private:
    // --- what is given away, and where it is named ---

    void note_gift(const clang::CallExpr& move) {
        if (!is_move(move) || move.getNumArgs() != 1) return;
        const clang::Expr& value = *move.getArg(0);
        const auto type = value.getType();
        auto* record = class_of(type);
        if (record == nullptr || !record->hasDefinition() || record->isLambda() ||
            type.isConstQualified() || is_future(type.getUnqualifiedType(), of_) ||
            type.getNonReferenceType().isTriviallyCopyableType(in_.ast()))
            return;
        const clang::Expr* made = moved_by(move, in_);
        if (made == nullptr) made = moved_inside(move);
        const object of = object::named_by(value);
        auto* variable = dyn_cast_or_null<clang::VarDecl>(of.of.variable());
        if (made == nullptr || of.of.is_empty() ||
            (variable == nullptr && !of.of.is_member_of_this()))
            return;
        if (auto* into = taker_of(*made))
            gifts_.push_back({of, &move, made, into, is_shared(of, value)});
    }
    /// The call of a coroutine that takes it by `&&` and moves it, as can be seen.
    const clang::Expr* moved_inside(const clang::CallExpr& move) const {
        auto* call = dyn_cast_or_null<clang::CallExpr>(in_.parent(&move));
        auto* function = call != nullptr ? body_of(*call) : nullptr;
        if (function == nullptr || !is_future(*call, of_)) return nullptr;
        const body inside(*function, in_.ast());
        for (unsigned i = 0; i < function->getNumParams(); ++i) {
            auto* parameter = function->getParamDecl(i);
            if (argument_for(*call, i) == &move &&
                parameter->getType()->isRValueReferenceType() &&
                llvm::any_of(inside.calls(), [&](const clang::CallExpr* each) {
                    return moved_by(*each, inside) != nullptr &&
                           names(*each->getArg(0), *parameter) &&
                           is_always(*each, inside);
                }))
                return call;
        }
        return nullptr;
    }
    /// The future that it goes into, or what spawns it.
    const clang::CallExpr* taker_of(const clang::Expr& made) const {
        for (const clang::Stmt* each = &made; isa_and_nonnull<clang::Expr>(each);
             each = in_.parent(each)) {
            auto* call = dyn_cast<clang::CallExpr>(each);
            if (call != nullptr && !is_move(*call) &&
                (is_future(*call, of_) || is_spawner(call->getDirectCallee())))
                return call;
        }
        return nullptr;
    }
    bool is_shared(const object& of, const clang::Expr& value) const {
        auto* variable = dyn_cast_or_null<clang::VarDecl>(of.of.variable());
        if (variable == nullptr || may_be_of_others(*variable, in_.function()) ||
            is_known_elsewhere(*variable))
            return true;
        if (!of.is_inside) return false;
        // What an iterator or a shared_ptr leads to, others may have, too.
        auto* unary = dyn_cast<clang::UnaryOperator>(without_casts(&value));
        auto* record = class_of(variable->getType());
        const std::string name = record != nullptr ? plain_name(*record) : "";
        return unary != nullptr ||
               (name != "std::optional" && name != "std::unique_ptr");
    }
    /// Somebody has its address, or a reference that may be kept.
    bool is_known_elsewhere(const clang::VarDecl& variable) const {
        return llvm::any_of(in_.uses(variable), [this](const clang::Expr* use) {
            auto* around = in_.parent(use);
            while (isa_and_nonnull<clang::ParenExpr, clang::MemberExpr>(around) &&
                   llvm::cast<clang::Expr>(around)->isLValue())
                around = in_.parent(around);
            auto* unary = dyn_cast_or_null<clang::UnaryOperator>(around);
            if (unary != nullptr) return unary->getOpcode() == clang::UO_AddrOf;
            if (auto* call = dyn_cast_or_null<clang::CallExpr>(around))
                return !isa<clang::CXXOperatorCallExpr>(call) && !is_move(*call);
            auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(around);
            auto* reference = in_.initialized_by(*use);
            if (reference != nullptr && reference->isImplicit())
                return false;  // a loop's
            return isa_and_nonnull<clang::LambdaExpr, clang::DeclStmt,
                                   clang::InitListExpr>(around) ||
                   (made != nullptr &&
                    !made->getConstructor()->isCopyOrMoveConstructor());
        });
    }
    void note_use(const clang::Expr& named) {
        auto* reference = dyn_cast<clang::DeclRefExpr>(&named);
        const clang::ValueDecl* root =
            reference != nullptr ? reference->getDecl() : nullptr;
        for (unsigned i = 0; i < gifts_.size(); ++i) {
            if (gifts_[i].of.of.variable() != root) continue;
            const spent_use how = in_.is_within(named, *gifts_[i].move)
                                      ? spent_use::reads
                                      : use_of_spent(gifts_[i].of, named, in_);
            if (how == spent_use::reads) reads_[&named].push_back(i);
            if (how != spent_use::renews) continue;
            renewing_.push_back({&named, i});
            // By the time that all of the expression has been evaluated.
            for (const clang::Stmt* each = &named; isa_and_nonnull<clang::Expr>(each);
                 each = in_.parent(each))
                renews_[each].push_back(i);
        }
    }

    // --- in the same call ---

    void look_beside(unsigned index) {
        const gift& one = gifts_[index];
        for (const auto& [named, gifts] : reads_) {
            if (!llvm::is_contained(gifts, index) || in_.is_within(*named, *one.move))
                continue;
            const auto both = fork_of(*one.made, *named, in_);
            if (both.at == nullptr || both.to_first == nullptr ||
                both.to_second == nullptr || !is_unordered(both))
                continue;
            add(*named, index, late_read::time::same_call);
        }
    }
    static bool is_unordered(const fork& both) {
        if (auto* made = dyn_cast<clang::CXXConstructExpr>(both.at))
            return !made->isListInitialization();
        auto* call = dyn_cast<clang::CallExpr>(both.at);
        return call != nullptr && !isa<clang::CXXOperatorCallExpr>(call) &&
               call->getCallee() != both.to_first &&
               call->getCallee() != both.to_second;
    }

    // --- afterwards: one fact of each gift, that it is gone ---

    void follow(const flow& control) {
        const auto step_by = [&](const auto& element, flow::facts& facts) {
            step(control, element, facts);
        };
        const auto begins = control.forward(static_cast<unsigned>(gifts_.size()),
                                            flow::meet::any, step_by);
        says_ = true;
        control.replay(begins, step_by);
    }
    void step(const flow& control, const clang::CFGElement& element,
              flow::facts& facts) {
        auto* ended = flow::ended_at(element);
        const auto at = element.getAs<clang::CFGStmt>();
        auto* statement = at ? at->getStmt() : nullptr;
        if (statement != nullptr) look_at(*statement, facts);
        const bool waits = control.suspension_at(element) != nullptr;
        for (unsigned i = 0; i < gifts_.size(); ++i) {
            const gift& one = gifts_[i];
            auto* declares = dyn_cast_or_null<clang::DeclStmt>(statement);
            if ((ended != nullptr && ended == one.of.of.variable()) ||
                (declares != nullptr &&
                 llvm::is_contained(declares->decls(), one.of.of.variable())) ||
                (one.is_shared && (waits || may_change(statement))))
                facts.reset(i);
            if (statement == one.made) facts.set(i);
        }
    }
    void look_at(const clang::Stmt& statement, flow::facts& facts) {
        const auto renewed = renews_.find(&statement);
        if (renewed != renews_.end())
            for (unsigned i : renewed->second) facts.reset(i);
        auto* named = dyn_cast<clang::Expr>(&statement);
        const auto read = says_ && named != nullptr ? reads_.find(named) : reads_.end();
        if (read == reads_.end()) return;
        for (unsigned i : read->second)
            if (facts.test(i)) look_at_read(*named, i);
    }
    /// A call that may get at an object by a way of its own.
    bool may_change(const clang::Stmt* statement) const {
        auto* call = dyn_cast_or_null<clang::CallExpr>(statement);
        if (call == nullptr || is_future(*call, of_)) return false;
        auto* callee = call->getDirectCallee();
        if (callee == nullptr) return true;
        if (callee->getOverloadedOperator() == clang::OO_Call ||
            llvm::any_of(call->arguments(), [](const clang::Expr* each) {
                auto* record = class_of(each->getType());
                return record != nullptr && record->isLambda();
            }))
            return true;
        auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
        return !is_spawner(callee) && !callee->isInStdNamespace() &&
               (method == nullptr || !method->isConst());
    }
    void look_at_read(const clang::Expr& named, unsigned index) {
        const gift& one = gifts_[index];
        const auto both = fork_of(*one.made, named, in_);
        const bool is_again = in_.is_within(named, *one.move);
        if (!is_again && (both.at == nullptr || both.to_first == nullptr)) return;
        if (!is_again && is_behind(named, *one.made)) {
            if (is_sure(both, *one.made, named) &&
                !may_be_renewed(index, [&](const clang::Expr& each) {
                    return is_behind(each, *one.made) && is_behind(named, each);
                }))
                add(named, index, late_read::time::later);
            return;
        }
        auto* loop = loop_around(one, named);
        if (loop != nullptr && is_in_each_round(*one.made, *loop) &&
            !may_be_renewed(index, [&](const clang::Expr& each) {
                return in_.is_within(each, *loop);
            }))
            add(named, index, late_read::time::next_round);
    }
    /// Whether it gets a value on some path at least, where `is_there`: by what chose
    /// that, it may get one whenever it is needed.
    template <class Where>
    bool may_be_renewed(unsigned index, Where is_there) const {
        return llvm::any_of(renewing_, [&](const auto& each) {
            return each.second == index && is_there(*each.first);
        });
    }
    /// Whether a loop does not go on without it.
    bool is_in_each_round(const clang::Stmt& made, const clang::Stmt& loop) const {
        return !is_chosen(made, loop) &&
               llvm::none_of(in_.statements(), [&](const clang::Stmt* each) {
                   return isa<clang::ContinueStmt, clang::GotoStmt>(each) &&
                          in_.is_within(*each, loop) && is_behind(made, *each);
               });
    }
    /// The innermost loop around both.
    const clang::Stmt* loop_around(const gift& one, const clang::Expr& named) const {
        return in_.loop_around(fork_of(*one.made, named, in_).at);
    }
    /// What is given away on one path only may be used on the others: nothing may
    /// choose between the two a second time.
    bool is_sure(const fork& both, const clang::Stmt& made,
                 const clang::Expr& named) const {
        if (is_choice(*both.at, both.to_first)) return false;
        const bool is_of_switch =
            isa_and_nonnull<clang::SwitchStmt>(in_.parent(both.at));
        if (!is_chosen(made, *both.at) && !is_of_switch) return true;
        if (both.to_second == nullptr || is_chosen(named, *both.at)) return false;
        auto* block = dyn_cast<clang::CompoundStmt>(both.at);
        if (block == nullptr) return false;
        bool is_between = false;
        for (auto* each : block->body()) {
            is_between |= each == both.to_first;
            if (each == both.to_second) return true;
            if (is_between && (leaves(each) || isa<clang::SwitchCase>(each)))
                return false;
        }
        return false;
    }
    /// Whether a part of `whole` is in one of several branches of it.
    bool is_chosen(const clang::Stmt& part, const clang::Stmt& whole) const {
        const clang::Stmt* inner = &part;
        for (auto* each = in_.parent(inner); each != nullptr && each != &whole;
             inner = std::exchange(each, in_.parent(each)))
            if (is_choice(*each, inner)) return true;
        return false;
    }
    bool is_behind(const clang::Stmt& one, const clang::Stmt& other) const {
        return in_.ast().getSourceManager().isBeforeInTranslationUnit(
            other.getBeginLoc(), one.getBeginLoc());
    }
    void add(const clang::Expr& named, unsigned index, late_read::time when) {
        const gift& one = gifts_[index];
        for (const auto& each : found_)
            if (each.of == one.of) return;
        found_.push_back({&named, one.of, one.move, one.into, when});
    }

    const body& in_;
    const unit& of_;
    llvm::SmallVector<gift, 4> gifts_;
    llvm::MapVector<const clang::Expr*, llvm::SmallVector<unsigned, 2>> reads_;
    llvm::DenseMap<const clang::Stmt*, llvm::SmallVector<unsigned, 2>> renews_;
    llvm::SmallVector<std::pair<const clang::Expr*, unsigned>, 8> renewing_;
    llvm::SmallVector<late_read, 2> found_;
    bool says_ = false;
};

}  // namespace

llvm::SmallVector<late_read, 2> reads_after_gift(const body& in, const unit& of) {
    return finder(in, of).find();
}

}  // namespace coil_check
