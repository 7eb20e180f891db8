// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/stream/detail/buffered_parts.hpp>

#include <cstddef>
#include <memory>

namespace coil {

/// The stream that `source | buffered(limit, f)` gives.
template <class S, class F, bool IsOrdered>
class buffered_stream {
    using call_type = detail::call_with_t<F, S>;
    using next_type = stream_next_t<S>;

public:
    class next_leaf;
    using value_type = std::remove_cvref_t<value_or_unit<settled_t<call_type>>>;
    static constexpr bool is_local =
        detail::source<S>::is_local || is_local_v<call_type>;
    /// A stopped `next()` ends the wait, and neither the work nor the source.
    static constexpr bool is_resumable = true;
    static constexpr bool drop_runs_children = true;

    buffered_stream(S&& from, detail::limited<F> work)
        : from_(std::forward<S>(from)),
          f_(std::move(work.function)),
          slots_(std::make_unique<slot[]>(work.limit)),
          limit_(work.limit) {}
    /// Requires: nobody called `next()` on `other`.
    buffered_stream(buffered_stream&& other)
        : from_(std::move(other.from_)),
          f_(std::move(other.f_)),
          slots_(std::move(other.slots_)),
          limit_(other.limit_) {
        COIL_EXPECTS(!other.idle_.has_value() &&
                     "buffered work was moved while it was read");
    }
    buffered_stream& operator=(buffered_stream&&) = delete;
    ~buffered_stream() {
        COIL_EXPECTS(!is_busy() &&
                     "buffered work was destroyed without its async drop while some of "
                     "it was waiting: give it to for_each or with");
    }

    [[nodiscard]] next_leaf next() noexcept { return next_leaf(*this); }
    /// Stops the work and the source, joins them, and drops the source if it owns it.
    [[nodiscard]] auto async_drop() noexcept {
        return detail::next_of<buffered_stream, detail::buffered_drop<buffered_stream>>(
            *this);
    }

private:
    friend detail::buffered_drop<buffered_stream>;
    using source_type = detail::source<S>;

    template <class, class, class>
    friend struct detail::buffered_slot;
    template <class, class>
    friend struct detail::buffered_asking;
    template <class>
    friend struct detail::buffered_starter;
    using slot = detail::buffered_slot<buffered_stream, S, F>;
    enum class reading : unsigned char {
        idle,
        waiting,
        has_item,
        failed,
        ended,
        stopped
    };

    void begin(strand& home) noexcept {
        if (is_dropped_) return;
        if (!idle_.has_value()) {
            idle_.emplace(home);
            scope_.open(*idle_);
            for (std::size_t i = limit_; i > 0; --i) {
                slots_[i - 1].owner = this;
                release(slots_[i - 1]);
            }
        }
        COIL_EXPECTS(&idle_->home() == &home &&
                     "buffered work is read in the strand that began it");
        go_on();
    }
    [[nodiscard]] bool is_busy() const noexcept {
        return busy_ > 0 || starter_.is_queued;
    }
    [[nodiscard]] continuation awaited_by() const noexcept {
        return waiter_ != nullptr ? waiter_->parent() : dropping_;
    }

    // ---- what works: the source and the slots

    [[nodiscard]] bool may_go_on() const noexcept {
        return !is_dropped_ && free_ != nullptr &&
               (reading_ == reading::idle || reading_ == reading::has_item);
    }
    void go_on() noexcept {
        if (!may_go_on() || starter_.is_queued) return;
        starter_.is_queued = true;
        scope_.home().start_soon(starter_);
    }
    std::coroutine_handle<> run() noexcept {
        std::coroutine_handle<> next;
        while (may_go_on()) {
            // A source and work that never wait must not starve the others.
            if (reading_ == reading::idle && !scope_.home().spend()) {
                if (!std::exchange(starter_.is_queued, true))
                    scope_.home().wake(starter_);
                return std::noop_coroutine();
            }
            const auto begin = [this] { return begin_step(); };
            if (loop_.ends_at_once(next, begin)) continue;
            go_on();
            return next;
        }
        return settle();
    }
    std::coroutine_handle<> begin_step() noexcept {
        ++busy_;
        if (reading_ == reading::idle) {
            reading_ = reading::waiting;
            asked_.result.clear();
            return asked_.call(scope_,
                               [this]() -> next_type { return from_.get().next(); });
        }
        reading_ = reading::idle;
        slot& work = *free_;
        free_ = work.next;
        work.is_done = false;
        if constexpr (IsOrdered) line_up(work);
        return work.call(scope_, [this, &work]() -> call_type {
            work.item.emplace(std::move(asked_.result.value()));
            return detail::call_with(f_, *work.item);
        });
    }
    std::coroutine_handle<> source_answered() noexcept {
        auto& answer = asked_.result;
        if (answer.has_value()) {
            const bool has_item = static_cast<bool>(answer.value());
            reading_ = has_item ? reading::has_item : reading::ended;
        } else {
            reading_ = answer.has_error() ? reading::failed : reading::stopped;
        }
        return has_gone_on();
    }
    std::coroutine_handle<> work_ended(slot& work) noexcept {
        work.is_done = true;
        if constexpr (!IsOrdered) line_up(work);
        return has_gone_on();
    }
    std::coroutine_handle<> has_gone_on() noexcept {
        --busy_;
        if (waiter_ != nullptr && has_news()) std::exchange(waiter_, nullptr)->wake();
        return loop_.must_go_on() ? run() : std::noop_coroutine();
    }
    std::coroutine_handle<> settle() noexcept {
        if (!dropping_ || is_busy()) return std::noop_coroutine();
        return std::exchange(dropping_, {}).complete();
    }
    std::coroutine_handle<> stop_all(continuation parent) noexcept {
        is_dropped_ = true;
        if (!is_busy()) return parent.complete();
        dropping_ = parent;
        // First they are told; then a harder stop of the drop reaches them.
        const bool is_hard = parent.scope().level() == stop_level::hard;
        scope_.request_stop(stop_reason::requested,
                            is_hard ? stop_level::hard : stop_level::soft);
        idle_->reopen(parent.scope());
        is_reopened_ = true;
        return std::noop_coroutine();
    }

    // ---- what it gives

    void line_up(slot& work) noexcept {
        work.next = nullptr;
        (first_ == nullptr ? first_ : last_->next) = &work;
        last_ = &work;
    }
    void release(slot& taken) noexcept {
        taken.item.reset();
        taken.next = free_;
        free_ = &taken;
    }
    [[nodiscard]] bool has_news() const noexcept {
        if (first_ != nullptr) return first_->is_done;
        return busy_ == 0 && reading_ >= reading::failed;
    }
    /// The news is that it has stopped itself.
    [[nodiscard]] bool is_stopped() const noexcept {
        if (first_ == nullptr) return reading_ == reading::stopped;
        return first_->result.is_stopped();
    }
    void pass_over() noexcept {
        if (first_ == nullptr) {
            reading_ = reading::ended;
        } else {
            release(*std::exchange(first_, first_->next));
        }
    }
    std::optional<value_type> take() {
        if (is_dropped_) return std::nullopt;
        if (first_ == nullptr) {
            if (reading_ != reading::failed) return std::nullopt;
            reading_ = reading::idle;  // whether it goes on is its affair
            detail::rethrow(asked_.result.error());
        }
        slot& taken = *std::exchange(first_, first_->next);
        auto ended = std::move(taken.result);
        release(taken);
        go_on();
        if constexpr (std::is_void_v<settled_t<call_type>>) {
            ended.take();
            return value_type();
        } else {
            return std::optional<value_type>(ended.take());
        }
    }

    source_type from_;
    F f_;
    std::unique_ptr<slot[]> slots_;
    std::size_t limit_;
    detail::buffered_asking<buffered_stream, S> asked_{*this};
    detail::waiting_room scope_;                // of all that waits
    std::optional<detail::waiting_room> idle_;  // around it
    detail::buffered_starter<buffered_stream> starter_{*this};
    detail::trampoline loop_;
    slot* free_ = nullptr;
    slot* first_ = nullptr;  // to be given next; of those that are done, if unordered
    slot* last_ = nullptr;
    next_leaf* waiter_ = nullptr;
    continuation dropping_;  // who awaits the drop
    std::size_t busy_ = 0;   // what has begun and not ended
    reading reading_ = reading::idle;
    bool is_dropped_ = false;
    bool is_reopened_ = false;
};

/// The leaf behind `next()`.
template <class S, class F, bool IsOrdered>
class buffered_stream<S, F, IsOrdered>::next_leaf : public leaf_of<next_leaf> {
public:
    static constexpr const char* what = "buffered";
    static constexpr bool is_local = buffered_stream::is_local;

    explicit next_leaf(buffered_stream& from) noexcept : from_(from) {}
    next_leaf(next_leaf&& other) noexcept : from_(other.from_) {
        COIL_EXPECTS(!other.parent());
    }
    [[nodiscard]] std::optional<value_type> await_resume() { return from_.take(); }

private:
    friend leaf_of<next_leaf>;
    friend buffered_stream;
    void wake() noexcept { this->retry(); }
    [[nodiscard]] bool try_now() noexcept {
        from_.begin(this->home());
        return from_.is_dropped_ || (from_.has_news() && !from_.is_stopped());
    }
    void start() noexcept {
        COIL_EXPECTS(from_.waiter_ == nullptr && "a stream is read by one at a time");
        if (from_.has_news()) {
            from_.pass_over();
            this->complete_stopped();
        } else {
            from_.waiter_ = this;
        }
    }
    stop_answer on_stop() noexcept {
        from_.waiter_ = nullptr;
        return stop_answer::ended;
    }

    buffered_stream& from_;
};

/// `source | buffered(limit, f)`: what an async `f` makes of each item, in the order of
/// the items, while up to `limit` of them are worked on or wait to be taken. A `void`
/// becomes a `unit`. For one at a time use `map`; to work on all threads, children of a
/// group.
///
/// \snippet coil/stream/buffered_test.cpp  four pages at a time
///
/// From the first `next()` on the source and the work go on, also while who reads does
/// something else, until there are `limit` results. So the stream has an async
/// destructor, which stops and joins them and which `for_each` and `collect` await:
/// keep one that you read yourself with `with`. All runs in the strand that reads: it
/// overlaps waiting, not computing.
///
/// Children of a group that the work opens do not see the task-locals around the
/// stream, only those around the strand that reads it: hand them such values as
/// parameters.
///
/// Requires: `limit` is at least 1.
/// Errors: those of `f`, in the item's place, from `next()`: a consumer such as
/// `for_each` ends then, and stops the rest. Those of the source, behind all that it
/// gave before.
/// Stop: ends the wait for the next item, and nothing is lost; the work goes on until
/// the drop. Threads: one strand reads it, from the first `next()` to its drop.
/// Allocates: a block for `limit` items, when it is made; never per item.
template <class F>
auto buffered(std::size_t limit, F f) {
    COIL_EXPECTS(limit > 0);
    return detail::buffered_adaptor<F, true>({std::move(f), limit});
}

/// `source | buffered_unordered(limit, f)`: the same, each as soon as it is there.
///
/// \snippet coil/stream/buffered_test.cpp  answers as they come
///
/// Errors: those of `f` in the same way; those of the source when all work has ended.
template <class F>
auto buffered_unordered(std::size_t limit, F f) {
    COIL_EXPECTS(limit > 0);
    return detail::buffered_adaptor<F, false>({std::move(f), limit});
}

}  // namespace coil
