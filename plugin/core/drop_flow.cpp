// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/drop_effects.hpp>
#include <plugin/core/drop_flow.hpp>
#include <plugin/core/drop_questions.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

using how = lost_drop::how;
using effect = drop_effect::how;

struct place {
    const clang::ValueDecl* object;
    clang::QualType type;
    bool is_ours;       // ends with the function or before
    bool is_parameter;  // ends with the function, says no element
    bool is_full_at_entry;
};

/// Whether nothing is unwound there, whatever the awaited ends with: its object is
/// dropped shielded, kept, or its end is a value.
bool goes_on_always(const clang::CoroutineSuspendExpr& waits) {
    static const llvm::StringSet<> all = {
        "coil::detail::own_recipe", "coil::detail::discard", "coil::detail::loop_drop",
        "coil::detail::loop_turn", "coil::detail::unary_recipe"};
    auto* record = class_of(waits.getOperand()->getType());
    return record != nullptr && all.contains(plain_name(*record));
}

class analysis {
public:
    analysis(const body& in, const unit& of) : in_(in), of_(of) {
        for (auto* parameter : in.function().parameters()) add_parameter(*parameter);
        for (auto* local : in.locals()) add_local(*local);
        for (auto* call : in.calls()) {
            add_overwritten(*call);
            add_reader(*call);
            add_looped(*call);
        }
    }

    llvm::SmallVector<lost_drop, 4> run() {
        if (places_.empty() || in_.control() == nullptr) return {};
        const auto begins = solve();
        for (const clang::CFGBlock* block : graph()) {
            flow::facts full = begins[block->getBlockID()];
            if (!reached_[block->getBlockID()]) continue;
            for (const auto& element : *block) look_at(element, full);
        }
        const flow::facts at_exit = owed_in(begins[graph().getExit().getBlockID()]);
        for (const unsigned each : at_exit.set_bits())
            if (places_[each].is_parameter) lose(each, how::ended, nullptr);
        llvm::SmallVector<lost_drop, 4> all;
        for (const auto& each : worst_)
            if (each.object != nullptr) all.push_back(each);
        all.append(overwritten_.begin(), overwritten_.end());
        return all;
    }

private:
    const clang::CFG& graph() const { return in_.control()->graph(); }

    // What there is.

    void add(const place& added) {
        if (index_.try_emplace(added.object, places_.size()).second)
            places_.push_back(added);
    }
    void add_parameter(const clang::ParmVarDecl& parameter) {
        // Those of coroutines are wrong wherever they go.
        if (in_.is_coroutine() || parameter.getType()->isReferenceType() ||
            dropped_in(parameter.getType(), of_) == nullptr)
            return;
        add({&parameter, parameter.getType(), true, true,
             !is_moved_to_member(parameter)});
    }
    /// In the initializers of a constructor, which its control flow does not show.
    bool is_moved_to_member(const clang::ParmVarDecl& parameter) const {
        return llvm::any_of(in_.calls(), [&](const clang::CallExpr* call) {
            if (!is_move(*call) || place_of(call->getArg(0)) != &parameter)
                return false;
            const clang::Stmt* outermost = call;
            while (auto* around = in_.parent(outermost)) outermost = around;
            return outermost != in_.written();
        });
    }
    void add_local(const clang::VarDecl& local) {
        if (auto* parts = dyn_cast<clang::DecompositionDecl>(&local)) {
            if (local.getType()->isReferenceType() ||
                dropped_in(local.getType(), of_) == nullptr)
                return;
            for (auto* part : parts->bindings())
                if (dropped_in(part->getType().getNonReferenceType(), of_) != nullptr)
                    add({part, part->getType(), true, false, false});
            return;
        }
        const clang::QualType type = local.getType().getNonReferenceType();
        if (local.getType()->isReferenceType() && !extends_a_temporary(local)) return;
        if (dropped_in(type, of_) != nullptr) add({&local, type, true, false, false});
    }
    static bool extends_a_temporary(const clang::VarDecl& reference) {
        auto* initial = reference.getInit();
        if (auto* full = dyn_cast_or_null<clang::FullExpr>(initial))
            initial = full->getSubExpr();
        auto* made =
            dyn_cast_or_null<clang::MaterializeTemporaryExpr>(without_casts(initial));
        return made != nullptr && made->getExtendingDecl() == &reference;
    }
    void add_overwritten(const clang::CallExpr& call) {
        const auto written = overwriting(call, of_);
        if (!written) return;
        auto* object = place_of(written->object);
        if (object == nullptr || is_constructing(*object)) return;
        // What a plain pointer leads to belongs to somebody else.
        if (dropped_in(object->getType().getNonReferenceType(), of_) == nullptr) return;
        if (auto* variable = dyn_cast<clang::ParmVarDecl>(object))
            if (in_.is_coroutine() && !variable->getType()->isReferenceType()) return;
        add({object, object->getType(), false, false, true});
    }
    /// Members in a constructor, a destructor or an assignment of their own class.
    bool is_constructing(const clang::ValueDecl& object) const {
        auto* method = dyn_cast<clang::CXXMethodDecl>(&in_.function());
        return isa<clang::FieldDecl>(object) && method != nullptr &&
               (isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(method) ||
                method->getOverloadedOperator() == clang::OO_Equal);
    }
    /// `co_await generator.next()`: a stop in there unwinds the generator, with its
    /// drops.
    void add_reader(const clang::CallExpr& call) {
        auto* callee = call.getDirectCallee();
        if (callee == nullptr || !callee->getDeclName().isIdentifier() ||
            callee->getName() != "next")
            return;
        auto* object = place_of(object_of(call));
        for (auto* around = in_.parent(&call); around != nullptr && object != nullptr;
             around = in_.parent(around))
            if (isa<clang::CoroutineSuspendExpr>(around)) reading_[around] = object;
    }

    /// What a loop drops, one by one.
    void add_looped(const clang::CallExpr& call) {
        const clang::Stmt* around = &call;
        while (around != nullptr &&
               !isa<clang::ForStmt, clang::CXXForRangeStmt, clang::WhileStmt>(around))
            around = in_.parent(around);
        if (around == nullptr) return;
        for (const auto& [object, is] : effects_of(call))
            if (is == effect::emptied) looped_.insert(object);
    }

    // What holds where.

    std::vector<flow::facts> solve() {
        const unsigned count = facts_count();
        const unsigned blocks = graph().getNumBlockIDs();
        const unsigned entry = graph().getEntry().getBlockID();
        std::vector<flow::facts> begins(blocks, flow::facts(count)), ends = begins;
        reached_.assign(blocks, false);
        for (bool has_changed = true; std::exchange(has_changed, false);) {
            for (auto block = graph().rbegin(); block != graph().rend(); ++block) {
                const unsigned id = (*block)->getBlockID();
                bool is_reached = id == entry;
                flow::facts now(count);
                if (is_reached)
                    for (const auto& each : places_)
                        begin_as(each.object, each.is_full_at_entry, now);
                for (const auto& from : (*block)->preds())
                    is_reached |= join(from.getReachableBlock(), **block, ends, now);
                begins[id] = now;
                for (const auto& element : **block) apply(element, now);
                has_changed |= now != ends[id] || is_reached != reached_[id];
                reached_[id] = is_reached;
                ends[id] = std::move(now);
            }
        }
        return begins;
    }
    bool join(const clang::CFGBlock* from, const clang::CFGBlock& to,
              const std::vector<flow::facts>& ends, flow::facts& now) const {
        if (from == nullptr || !reached_[from->getBlockID()]) return false;
        // Behind a call, the second edge is that of an exception. What it leaves, it
        // destroys, but any call may throw: that would be too much to say.
        const bool throws = from->getTerminatorStmt() == nullptr;
        unsigned edge = 0;
        for (const auto& next : from->succs()) {
            const bool is_unwound = throws && edge > 0 && &to == &graph().getExit();
            if (next.getReachableBlock() == &to && !is_unwound) {
                flow::facts there = ends[from->getBlockID()];
                refine(*from, to, edge == 0, there);
                now |= there;
            }
            ++edge;
        }
        return true;
    }
    void refine(const clang::CFGBlock& branch, const clang::CFGBlock& to, bool is_true,
                flow::facts& full) const {
        auto* chosen = dyn_cast_or_null<clang::SwitchStmt>(branch.getTerminatorStmt());
        if (chosen != nullptr) return refine(*chosen, to, full);
        if (branch.succ_size() != 2) return;
        auto* condition =
            dyn_cast_or_null<clang::Expr>(branch.getTerminatorCondition(false));
        while (auto* both = dyn_cast_or_null<clang::BinaryOperator>(condition)) {
            if (!both->isLogicalOp()) break;
            condition = both->getRHS();  // the left one had a branch of its own
        }
        if (condition == nullptr) return;
        const auto asked = emptiness_in(*condition, of_);
        if (!asked || asked->is_empty_if != is_true) return;
        if (!asked->is_end_of_loop || looped_.contains(asked->object))
            set(asked->object, effect::emptied, full);
    }
    void refine(const clang::SwitchStmt& chosen, const clang::CFGBlock& to,
                flow::facts& full) const {
        const auto asked = alternative_in(chosen.getCond());
        if (!asked) return;
        auto* here = dyn_cast_or_null<clang::CaseStmt>(to.getLabel());
        llvm::SmallVector<std::uint64_t, 4> named;
        for (auto* each = chosen.getSwitchCaseList(); each != nullptr;
             each = each->getNextSwitchCase()) {
            auto* label = dyn_cast<clang::CaseStmt>(each);
            clang::Expr::EvalResult number;
            if (label == nullptr || !label->getLHS()->EvaluateAsInt(number, of_.ast))
                continue;
            const auto which = number.Val.getInt().getZExtValue();
            named.push_back(which);
            if (label == here && owes_nothing_with(*asked->whole, which, of_))
                set(asked->object, effect::emptied, full);
        }
        if (here == nullptr && owes_nothing_without(*asked->whole, named, of_))
            set(asked->object, effect::emptied, full);
    }
    void apply(const clang::CFGElement& element, flow::facts& full) {
        if (const auto ended = element.getAs<clang::CFGLifetimeEnds>())
            return end(*ended->getVarDecl(), full);
        if (const auto ended = element.getAs<clang::CFGAutomaticObjDtor>())
            return end(*ended->getVarDecl(), full);
        const auto statement = element.getAs<clang::CFGStmt>();
        if (!statement) return;
        if (auto* declares = dyn_cast<clang::DeclStmt>(statement->getStmt())) {
            for (auto* each : declares->decls())
                if (auto* variable = dyn_cast<clang::VarDecl>(each))
                    begin(*variable, full);
            return;
        }
        for (const auto& [object, is] : effects_of(*statement->getStmt()))
            set(object, is, full);
    }
    llvm::ArrayRef<drop_effect> effects_of(const clang::Stmt& statement) {
        auto [entry, is_new] = effects_.try_emplace(&statement);
        if (!is_new) return entry->second;
        entry->second = drop_effects(statement, of_);
        for (auto& each : entry->second)
            if (each.is == effect::one_taken && is_in_loop(statement, *each.object))
                each.is = effect::emptied;
        return entry->second;
    }
    /// Where one after the other may be taken of an object that was there before.
    bool is_in_loop(const clang::Stmt& part, const clang::ValueDecl& object) const {
        const auto& sources = of_.ast.getSourceManager();
        for (auto* around = in_.parent(&part); around != nullptr;
             around = in_.parent(around))
            if (is_loop(*around) && (isa<clang::FieldDecl>(object) ||
                                     sources.isBeforeInTranslationUnit(
                                         object.getLocation(), around->getBeginLoc())))
                return true;
        return false;
    }
    void begin(const clang::VarDecl& variable, flow::facts& full) const {
        if (auto* parts = dyn_cast<clang::DecompositionDecl>(&variable))
            for (auto* part : parts->bindings()) begin_as(part, true, full);
        begin_as(&variable, !is_made_empty(variable.getInit()), full);
    }
    void end(const clang::VarDecl& variable, flow::facts& full) const {
        if (auto* parts = dyn_cast<clang::DecompositionDecl>(&variable))
            for (auto* part : parts->bindings()) set(part, effect::emptied, full);
        set(&variable, effect::emptied, full);
    }
    void set(const clang::ValueDecl* object, effect is, flow::facts& full) const {
        const auto found = index_.find(object);
        if (found == index_.end()) return;
        const unsigned each = found->second;
        if (is == effect::emptied) full.reset(each);
        if (is == effect::filled) full.set(each);
        if (is == effect::one_taken) full.reset(untouched(each));
        if (is == effect::emptied || is == effect::one_removed)
            full.set(untouched(each));
    }
    void begin_as(const clang::ValueDecl* object, bool is_full,
                  flow::facts& full) const {
        set(object, effect::emptied, full);
        if (is_full) set(object, effect::filled, full);
    }
    /// The fact that nothing was taken of a place since it was empty, or one of those
    /// in it was removed.
    unsigned untouched(unsigned each) const {
        return static_cast<unsigned>(places_.size()) + each;
    }
    /// Which places are full.
    flow::facts owed_in(flow::facts all) const {
        all.resize(static_cast<unsigned>(places_.size()));
        return all;
    }
    unsigned facts_count() const { return 2 * static_cast<unsigned>(places_.size()); }

    // What is lost.

    void look_at(const clang::CFGElement& element, flow::facts& full) {
        if (auto* waits = in_.control()->suspension_at(element)) wait(*waits, full);
        flow::facts before = full;
        apply(element, full);
        const auto statement = element.getAs<clang::CFGStmt>();
        const flow::facts owed = owed_in(before);
        if (!statement) {  // what ends
            for (const unsigned each : owed.set_bits())
                if (!full[each]) lose(each, how::ended, nullptr);
            return;
        }
        if (auto* thrown = dyn_cast<clang::CXXThrowExpr>(statement->getStmt())) {
            for (const unsigned each : owed.set_bits())
                if (is_left_by(*thrown, *places_[each].object))
                    lose(each, how::thrown_past, thrown);
        }
        if (auto* call = dyn_cast<clang::CallExpr>(statement->getStmt())) {
            const auto written = overwriting(*call, of_);
            const auto found =
                written ? index_.find(place_of(written->object)) : index_.end();
            if (found != index_.end() && before[found->second] &&
                (written->then != effect::one_removed ||
                 before[untouched(found->second)]) &&
                !erases_dropped(*call))
                overwritten_.push_back({places_[found->second].object,
                                        places_[found->second].type, how::overwritten,
                                        call});
        }
    }
    /// `all.erase(it)`, where somebody awaits the drop of `*it`.
    bool erases_dropped(const clang::CallExpr& call) {
        if (call.getNumArgs() != 1) return false;
        const clang::Expr* given = without_wrappers(call.getArg(0));
        while (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(given))
            given =
                made->getNumArgs() == 1 ? without_wrappers(made->getArg(0)) : nullptr;
        auto* named = dyn_cast_or_null<clang::DeclRefExpr>(given);
        return named != nullptr &&
               llvm::any_of(in_.calls(), [&](const clang::CallExpr* each) {
                   return llvm::any_of(effects_of(*each), [&](const drop_effect& one) {
                       return one.object == named->getDecl() &&
                              one.is != effect::filled;
                   });
               });
    }
    void wait(const clang::CoroutineSuspendExpr& waits, const flow::facts& full) {
        if (goes_on_always(waits)) return;
        const flow::facts owed = owed_in(full);
        for (const unsigned each : owed.set_bits())
            if (reading_.lookup(&waits) != places_[each].object)
                lose(each, how::stopped, &waits);
    }
    /// Whether an exception from there leaves the scope of the object.
    bool is_left_by(const clang::Stmt& thrown, const clang::ValueDecl& object) const {
        const clang::Stmt* part = &thrown;
        for (auto* around = in_.parent(part); around != nullptr;
             part = std::exchange(around, in_.parent(around))) {
            auto* handled = dyn_cast<clang::CXXTryStmt>(around);
            if (handled != nullptr && handled->getTryBlock() == part)
                return of_.ast.getSourceManager().isBeforeInTranslationUnit(
                    handled->getBeginLoc(), object.getLocation());
        }
        return true;
    }
    void lose(unsigned which, how is, const clang::Stmt* at) {
        const place& from = places_[which];
        if (!from.is_ours) return;
        worst_.resize(places_.size());
        lost_drop& said = worst_[which];
        const auto& sources = of_.ast.getSourceManager();
        const bool is_first = said.object == nullptr || is < said.is ||
                              (is == said.is && at != nullptr && said.at != nullptr &&
                               sources.isBeforeInTranslationUnit(
                                   at->getBeginLoc(), said.at->getBeginLoc()));
        if (is_first) said = {from.object, from.type, is, at};
    }

    const body& in_;
    const unit& of_;
    llvm::SmallVector<place, 4> places_;
    llvm::DenseMap<const clang::ValueDecl*, unsigned> index_;
    llvm::DenseMap<const clang::Stmt*, const clang::ValueDecl*> reading_;
    llvm::DenseMap<const clang::Stmt*, llvm::SmallVector<drop_effect, 2>> effects_;
    llvm::DenseSet<const clang::ValueDecl*> looped_;
    std::vector<bool> reached_;
    llvm::SmallVector<lost_drop, 4> worst_;
    llvm::SmallVector<lost_drop, 4> overwritten_;
};

}  // namespace

llvm::SmallVector<lost_drop, 4> lost_drops(const body& in, const unit& of) {
    return analysis(in, of).run();
}

}  // namespace coil_check
