// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/detail/flavour.hpp>
#include <coil/core/promise.hpp>

#include <concepts>
#include <type_traits>

namespace coil {

namespace detail {
template <class Promise>
concept coil_promise = std::derived_from<Promise, promise_base>;

/// For a `static_assert` in a branch that must not be compiled.
template <class>
inline constexpr bool always_false = false;
}  // namespace detail

/// An awaitable that is not made of others: it waits for the outside world, for
/// another strand, or for time. Derive from `leaf_of`.
///
/// A leaf is movable until it is awaited; then it waits in place, inside the awaiting
/// frame, so it may be a node of its primitive's queue.
class leaf : public piece {
public:
    /// Who awaits it; empty while nobody does.
    [[nodiscard]] continuation parent() const noexcept { return parent_; }
    [[nodiscard]] strand& home() const noexcept { return parent_.scope().home(); }

protected:
    leaf(const piece_ops& ops) noexcept : piece(ops) {}
    leaf(leaf&& other) noexcept : piece(other.ops()) {
        COIL_EXPECTS(!other.parent_ && "a leaf that is being awaited cannot be moved");
    }

    /// The result is there: the parent resumes in the strand's next turn. Only from
    /// the strand's own executor; elsewhere a `remote_message` must carry the news.
    void complete() noexcept {
        if (!COIL_PLANTED(completed_leaf_stays)) unlink();
        home().wake(*this);
    }
    /// After answering `later`: it turned out to be stopped.
    void complete_stopped() noexcept;

    template <class Derived>
    friend struct leaf_access;
    void set_parent(continuation parent) noexcept { parent_ = parent; }

    static std::coroutine_handle<> resume_parent(piece& completed) noexcept {
        const continuation parent = static_cast<leaf&>(completed).parent_;
        if (COIL_PLANTED(stop_beats_completion) && parent.scope().stop_requested()) {
            parent.scope().home().unwind(parent);
            return {};
        }
        return parent.complete();
    }

    static continuation parent_of(const piece& waiting) noexcept {
        return static_cast<const leaf&>(waiting).parent_;
    }
    static void asked_again(piece& asked) noexcept {
        static_cast<leaf&>(asked).parent_.scope().add(asked);
    }

private:
    continuation parent_;
};

/// The standard awaiter for a leaf, with the protocol that every leaf follows:
/// *stop before begin* never begins; *ready* costs no suspension but counts against
/// the strand's budget; *completed* delivers its result even if a stop came since.
///
/// `Derived` gives
/// - `static constexpr const char* what`, the word in reports;
/// - `bool try_now() noexcept`: completes without waiting if that is possible; if not,
///   `start()` follows before anything else in the strand runs;
/// - `void start() noexcept`: begins to wait; `complete()` or `retry()` ends it;
/// - `stop_answer on_stop() noexcept`: asked to stop while it waits, or when it was
///   told to retry and has not run yet;
/// - `await_resume()`: the result, taken once.
///
/// A leaf that takes something (bytes, an item) uses `retry()`: then it takes it in its
/// own strand's turn, after a last look for a stop, so that nothing taken is ever lost.
template <class Derived>
class leaf_of : public leaf {
public:
    using is_coil_leaf = void;

    leaf_of() noexcept : leaf(waiting_table) {}

    /// Called before `await_ready`, by whoever awaits.
    Derived& attach(continuation parent) noexcept {
        COIL_EXPECTS(!this->parent() && "a leaf can be awaited once");
        set_parent(parent);
        return self();
    }
    [[nodiscard]] bool await_ready() noexcept {
        context& scope = parent().scope();
        return !scope.stop_requested() && scope.home().spend() && self().try_now();
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise>) noexcept {
        if constexpr (detail::coil_promise<Promise>) {
            self().begin();
        } else {
            static_assert(
                detail::always_false<Promise>,
                "this coil awaitable can be awaited only in a coil coroutine; in "
                "another library's coroutine, wrap a task with coil::as_foreign");
        }
    }
    void begin() noexcept {
        context& scope = parent().scope();
        if (scope.stop_requested()) {
            scope.home().unwind(parent());
        } else if (scope.home().is_spent()) {
            // To take now and deliver later might lose it to a race.
            set_ops(begin_table);
            complete();
        } else {
            scope.add(*this);
            self().start();
        }
    }

protected:
    /// What it waits for may be there: `try_now()` again in the strand's next turn.
    void retry() noexcept {
        set_ops(retry_table);
        complete();
    }

private:
    Derived& self() noexcept { return static_cast<Derived&>(*this); }
    static stop_answer stop_it(piece& asked) noexcept {
        return static_cast<Derived&>(asked).ask_to_stop();
    }
    // One that answers `later` still waits, so reports see it; it is asked once.
    stop_answer ask_to_stop() noexcept {
        set_ops(asked_table);
        parent().scope().add(*this);
        const stop_answer answer = self().on_stop();
        if (answer == stop_answer::ended) unlink();
        return answer;
    }
    static stop_answer stay(piece& asked) noexcept {
        asked_again(asked);
        return stop_answer::later;
    }
    // The turn that it might have begun in was spent: it has not begun, so under a stop
    // it never does, and is not asked.
    static std::coroutine_handle<> begin_late(piece& queued) noexcept {
        auto& self = static_cast<Derived&>(queued);
        context& scope = self.parent().scope();
        if (!scope.stop_requested()) return try_again(queued);
        scope.home().unwind(self.parent());
        return {};
    }
    static std::coroutine_handle<> try_again(piece& woken) noexcept {
        auto& self = static_cast<Derived&>(woken);
        self.set_ops(waiting_table);
        context& scope = self.parent().scope();
        if (scope.stop_requested()) {
            if (self.ask_to_stop() == stop_answer::ended)
                scope.home().unwind(self.parent());
            return {};
        }
        if (self.try_now()) return self.parent().complete();
        scope.add(self);
        self.start();
        return {};
    }
    static constexpr piece_ops make_table(decltype(piece_ops::run) run,
                                          decltype(piece_ops::stop) stop = &stop_it) {
        return {run, stop, Derived::what, &leaf::parent_of};
    }
    static const piece_ops waiting_table;
    static const piece_ops retry_table;
    static const piece_ops begin_table;
    static const piece_ops asked_table;
};
template <class Derived>
constinit const piece_ops leaf_of<Derived>::waiting_table =
    make_table(&leaf::resume_parent);
template <class Derived>
constinit const piece_ops leaf_of<Derived>::retry_table = make_table(&try_again);
template <class Derived>
constinit const piece_ops leaf_of<Derived>::begin_table = make_table(&begin_late);
template <class Derived>
constinit const piece_ops leaf_of<Derived>::asked_table =
    make_table(&leaf::resume_parent, &stay);

}  // namespace coil
