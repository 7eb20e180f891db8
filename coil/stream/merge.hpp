// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/stream/detail/merge_slot.hpp>

#include <array>
#include <optional>
#include <tuple>

namespace coil {

/// The stream that `merge(streams...)` gives.
template <class... S>
class merge_stream {
    static constexpr std::size_t count = sizeof...(S);
    using sources = std::tuple<detail::source<S>...>;

public:
    class next_operation;
    class drop_operation;
    using value_type = std::common_type_t<stream_value_t<S>...>;
    static constexpr bool is_local = (detail::source<S>::is_local || ...);
    static constexpr bool is_resumable = (detail::source<S>::is_resumable && ...);
    /// Whether sources go on waiting between two `next()`: a stop would end them.
    static constexpr bool keeps_waiting = !is_resumable;
    static constexpr bool drop_runs_children = true;

    explicit merge_stream(S&&... from)
        : sources_(detail::source<S>(std::forward<S>(from))...) {
        set_owner(std::index_sequence_for<S...>());
    }
    /// Requires: nobody called `next()` on `other`.
    merge_stream(merge_stream&& other) : sources_(std::move(other.sources_)) {
        COIL_EXPECTS(!other.idle_.has_value() && "a merge was moved while it was read");
        set_owner(std::index_sequence_for<S...>());
    }
    merge_stream& operator=(merge_stream&&) = delete;
    ~merge_stream() {
        COIL_EXPECTS(!is_busy() &&
                     "a merge was destroyed without its async drop while "
                     "a source was waiting: give it to for_each or with");
    }

    /// Waits for the first item of any source; empty when all have ended.
    [[nodiscard]] auto next() noexcept {
        return detail::next_of<merge_stream, next_operation>(*this);
    }
    /// Stops the sources that still wait, joins them, and drops those that it owns.
    [[nodiscard]] auto async_drop() noexcept
        requires(keeps_waiting || needs_async_drop_v<sources>)
    {
        return detail::next_of<merge_stream, drop_operation>(*this);
    }

private:
    template <class Merge, class Source>
    friend class detail::merge_slot;
    using slots = std::tuple<detail::merge_slot<merge_stream, S>...>;
    static constexpr std::size_t nobody = count;

    /// Begins one source after the other, each when the one before has begun to wait.
    struct starter : piece {
        explicit starter(merge_stream& o) noexcept : piece(table), owner(o) {}
        merge_stream& owner;
        bool is_queued = false;
        static std::coroutine_handle<> run(piece& p) noexcept {
            auto& self = static_cast<starter&>(p);
            self.is_queued = false;
            return self.owner.run();
        }
        static constexpr piece_ops table = {&run, nullptr, "merge"};
    };

    template <std::size_t... I>
    void set_owner(std::index_sequence<I...>) noexcept {
        states_ = {&std::get<I>(slots_)...};
        ((std::get<I>(slots_).owner = this), ...);
        ((std::get<I>(slots_).from = &std::get<I>(sources_)), ...);
    }
    [[nodiscard]] bool is_busy() const noexcept {
        return waiting_ > 0 || starter_.is_queued;
    }
    [[nodiscard]] bool is_stopping() const noexcept { return scope_.stop_requested(); }

    std::coroutine_handle<> ask(continuation parent) noexcept {
        COIL_EXPECTS(!parent_ && "a merge is read by one at a time");
        context& within = parent.scope();
        if (within.stop_requested()) {
            within.home().unwind(parent);
            return std::noop_coroutine();
        }
        if (!idle_.has_value()) {
            idle_.emplace(within.home());
            scope_.open(*idle_);
        }
        COIL_EXPECTS(&idle_->home() == &within.home() &&
                     "a merge is read in the strand that began it");
        parent_ = parent;
        winner_ = nobody;
        move_scope(within);
        return run();
    }
    void move_scope(context& to) noexcept {
        scope_.close();
        scope_.reopen(to);
    }
    std::coroutine_handle<> drop(continuation parent) noexcept {
        is_dropped_ = true;
        if (!is_busy()) return parent.complete();
        parent_ = parent;
        // First the sources are told; then a harder stop of the drop reaches them.
        const bool is_hard = parent.scope().level() == stop_level::hard;
        scope_.request_stop(stop_reason::requested,
                            is_hard ? stop_level::hard : stop_level::soft);
        idle_->reopen(parent.scope());
        return std::noop_coroutine();
    }

    // ---- one next(), or the drop, at a time: `parent_` waits for it

    std::coroutine_handle<> run() noexcept {
        std::coroutine_handle<> next;
        std::size_t idle = 0;
        while (parent_ && !is_dropped_ && !is_stopping() && !find_ready() &&
               (idle = find(detail::slot_state::idle)) != nobody) {
            const auto begin = [&] { return begin_slot(idle); };
            if (loop_.ends_at_once(next, begin)) continue;
            if (find(detail::slot_state::idle) != nobody && !starter_.is_queued) {
                starter_.is_queued = true;
                scope_.home().start_soon(starter_);
            }
            return next;
        }
        return settle();
    }
    std::coroutine_handle<> begin_slot(std::size_t index) noexcept {
        ++waiting_;
        return states_[index]->begin(*states_[index]);
    }
    std::coroutine_handle<> slot_ended() noexcept {
        --waiting_;
        return loop_.must_go_on() ? run() : std::noop_coroutine();
    }

    /// The first after the last winner in this state, so that none is starved.
    [[nodiscard]] std::size_t find(detail::slot_state in) const noexcept {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t index = (first_ + i) % count;
            if (states_[index]->state == in) return index;
        }
        return nobody;
    }
    bool find_ready() noexcept {
        if (winner_ == nobody) winner_ = find(detail::slot_state::ready);
        return winner_ != nobody;
    }
    [[nodiscard]] bool have_all_ended() const noexcept {
        for (const auto* slot : states_)
            if (slot->state != detail::slot_state::ended) return false;
        return true;
    }

    std::coroutine_handle<> settle() noexcept {
        if (!parent_) return std::noop_coroutine();
        if (is_dropped_ || is_stopping()) {
            return is_busy() ? std::noop_coroutine() : finish();
        }
        if (!find_ready() && !have_all_ended()) return std::noop_coroutine();
        if constexpr (!keeps_waiting) {
            if (is_busy()) {
                scope_.request_stop(stop_reason::lost_race);
                return std::noop_coroutine();
            }
        }
        return finish();
    }
    std::coroutine_handle<> finish() noexcept {
        const continuation parent = std::exchange(parent_, {});
        if (is_dropped_) {
            idle_->close();
            return parent.complete();
        }
        (void)find_ready();
        move_scope(*idle_);
        if constexpr (!keeps_waiting) {
            // While the others were stopped, a stop from outside came, too: whoever
            // asked may be gone, so what was taken stays here for the next one who
            // asks.
            if (parent.scope().stop_requested() && winner_ != nobody &&
                !COIL_PLANTED(merge_loses_items) && !states_[winner_]->is_stopped) {
                parent.scope().home().unwind(parent);
                return std::noop_coroutine();
            }
        }
        const bool has_result =
            winner_ != nobody ? !states_[winner_]->is_stopped : have_all_ended();
        if (has_result) return parent.complete();
        if (winner_ != nobody) states_[winner_]->state = detail::slot_state::idle;
        parent.scope().home().unwind(parent);
        return std::noop_coroutine();
    }

    std::optional<value_type> take() {
        if (winner_ == nobody) return std::nullopt;
        first_ = winner_ + 1;
        return take_from(std::index_sequence_for<S...>());
    }
    template <std::size_t... I>
    std::optional<value_type> take_from(std::index_sequence<I...>) {
        std::optional<value_type> item;
        (void)((winner_ == I && (std::get<I>(slots_).give_to(item), true)) || ...);
        return item;
    }

    sources sources_;
    slots slots_;
    std::array<detail::merge_slot_base*, count> states_;
    detail::waiting_room scope_;                // of what the sources wait for
    std::optional<detail::waiting_room> idle_;  // around it between two next()
    starter starter_{*this};
    continuation parent_;
    detail::trampoline loop_;
    std::size_t winner_ = nobody;
    std::size_t first_ = 0;
    std::size_t waiting_ = 0;
    bool is_dropped_ = false;
};

/// The operation behind `next()`.
template <class... S>
class merge_stream<S...>::next_operation
    : public detail::frame_operation<next_operation> {
public:
    explicit next_operation(merge_stream& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return of_.is_dropped_ ? parent.complete() : of_.ask(parent);
    }
    std::optional<value_type> await_resume() {
        if (of_.is_dropped_) return std::nullopt;
        return of_.take();
    }

private:
    merge_stream& of_;
};

/// The operation behind `async_drop()`.
template <class... S>
class merge_stream<S...>::drop_operation
    : public detail::frame_operation<drop_operation>,
      branch {
public:
    explicit drop_operation(merge_stream& of) noexcept
        : branch{nullptr, &table},
          of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        parent_ = parent;
        this->scope = &parent.scope();
        return of_.drop(continuation(static_cast<branch&>(*this)));
    }
    void await_resume() const noexcept {}

private:
    static std::coroutine_handle<> joined(branch& b) noexcept {
        auto& self = static_cast<drop_operation&>(b);
        return self.drops_.begin(self.of_.sources_, exit_reason::returned,
                                 self.parent_);
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const drop_operation&>(b).parent_;
    }
    static constexpr branch_ops table = {&joined, &joined, &parent_of, "merge"};

    merge_stream& of_;
    continuation parent_;
    detail::value_drop<sources> drops_;
};

/// The items of several streams, each as soon as it is there; ends when all have ended.
/// Streams given as lvalues are borrowed. When several are ready they take turns.
///
/// If all sources are resumable, those that lost are stopped at each item, and nothing
/// is lost. Else they go on waiting between two `next()`; then the merge has an async
/// destructor that stops and joins them, which `for_each` and `collect` await: keep one
/// that you read yourself with `with`.
///
/// Children of a group that a source opens do not see the task-locals around the merge,
/// only those around the strand that reads it: hand them such values as parameters.
///
/// \snippet coil/stream/merge_test.cpp  orders from two shops
///
/// Errors: a source's, from `next()`; the others are not concerned.
/// Stop: reaches all sources; generators among them end.
/// Threads: one strand reads it, from the first `next()` to its drop.
/// Allocates: never.
template <class... S>
    requires(sizeof...(S) > 0 && (stream<S> && ...))
auto merge(S&&... streams) {
    return merge_stream<S...>(std::forward<S>(streams)...);
}

}  // namespace coil
