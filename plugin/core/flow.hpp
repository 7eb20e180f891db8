// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <clang/Analysis/CFG.h>
#include <llvm/ADT/BitVector.h>
#include <llvm/ADT/DenseMap.h>

#include <deque>
#include <memory>
#include <vector>

namespace coil_check {

class body;

/// The control flow of one function, with its suspension points.
///
/// A suspension is the element that calls `await_ready()`: by then the operand and the
/// awaiter exist, and what `await_resume()` throws still lies ahead. The co_await
/// itself stands behind that call, where an exception does not come by.
class flow {
public:
    /// Null if clang cannot draw it.
    static std::unique_ptr<flow> of(const body& function);

    [[nodiscard]] const clang::CFG& graph() const { return *graph_; }
    [[nodiscard]] const clang::CoroutineSuspendExpr* suspension_at(
        const clang::CFGElement& element) const;

    /// The local variable that ends there; null if none does.
    [[nodiscard]] static const clang::VarDecl* ended_at(
        const clang::CFGElement& element);

    using facts = llvm::BitVector;
    /// How facts from several paths become one: they hold on `any` or on `all`.
    enum class meet : unsigned char { any, all };

    /// What holds at the beginning of each block, by its id; `step(element, facts)`
    /// says what an element makes of what holds before it. Nothing holds at the entry.
    template <class Step>
    [[nodiscard]] std::vector<facts> forward(unsigned count, meet how, Step step) const;
    /// Goes through all elements again, in the order of the source as far as there is
    /// one, with what `forward` found to hold before each.
    template <class Step>
    void replay(const std::vector<facts>& begins, Step step) const;
    /// What holds at the end of each block on any path from there on; `step` says what
    /// holds before an element, from what holds after it.
    template <class Step>
    [[nodiscard]] std::vector<facts> backward(unsigned count, Step step) const;

private:
    flow(std::unique_ptr<clang::CFG> graph, const body& function);

    std::unique_ptr<clang::CFG> graph_;
    llvm::DenseMap<const clang::Stmt*, const clang::CoroutineSuspendExpr*> points_;
};

template <class Step>
std::vector<flow::facts> flow::forward(unsigned count, meet how, Step step) const {
    const bool starts_full = how == meet::all;
    const facts unknown(count, starts_full);
    std::vector<facts> begins(graph_->getNumBlockIDs(), unknown);
    std::vector<facts> ends = begins;
    const unsigned entry = graph_->getEntry().getBlockID();
    for (bool has_changed = true; std::exchange(has_changed, false);) {
        for (auto block = graph_->rbegin(); block != graph_->rend(); ++block) {
            const unsigned id = (*block)->getBlockID();
            facts now = id == entry ? facts(count) : unknown;
            for (const auto& from : (*block)->preds()) {
                auto* before = from.getReachableBlock();
                if (before == nullptr) continue;
                if (how == meet::all) {
                    now &= ends[before->getBlockID()];
                } else {
                    now |= ends[before->getBlockID()];
                }
            }
            begins[id] = now;
            for (const auto& element : **block) step(element, now);
            has_changed |= now != ends[id];
            ends[id] = std::move(now);
        }
    }
    return begins;
}

template <class Step>
void flow::replay(const std::vector<facts>& begins, Step step) const {
    for (auto block = graph_->rbegin(); block != graph_->rend(); ++block) {
        facts now = begins[(*block)->getBlockID()];
        for (const auto& element : **block) step(element, now);
    }
}

template <class Step>
std::vector<flow::facts> flow::backward(unsigned count, Step step) const {
    std::vector<facts> begins(graph_->getNumBlockIDs(), facts(count));
    std::vector<facts> ends = begins;
    for (bool has_changed = true; std::exchange(has_changed, false);) {
        for (const clang::CFGBlock* block : *graph_) {
            const unsigned id = block->getBlockID();
            facts now(count);
            for (const auto& to : block->succs())
                if (auto* after = to.getReachableBlock())
                    now |= begins[after->getBlockID()];
            ends[id] = now;
            for (auto element = block->rbegin(); element != block->rend(); ++element)
                step(*element, now);
            has_changed |= now != begins[id];
            begins[id] = std::move(now);
        }
    }
    return ends;
}

}  // namespace coil_check
