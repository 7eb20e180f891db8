// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/stream/detail/merge_slot.hpp>

namespace coil {

namespace detail {
template <class S, class A>
class take_until_operation;
template <class S, class A>
class take_until_drop;
}  // namespace detail

/// The stream that `source | take_until(work)` gives.
template <class S, class A>
class take_until_stream {
    static_assert(!needs_async_drop<await_result_t<A>>,
                  "coil::take_until has no place to await the async drop of what its "
                  "work gives: let that give nothing");

public:
    using value_type = stream_value_t<S>;
    static constexpr bool is_local = detail::source<S>::is_local || is_local_v<A>;
    static constexpr bool is_resumable = detail::source<S>::is_resumable;
    static constexpr bool drop_runs_children = true;

    take_until_stream(S&& from, A&& work)
        : from_(std::forward<S>(from)),
          work_(std::forward<A>(work)) {}
    /// Requires: nobody called `next()` on `other`.
    take_until_stream(take_until_stream&& other)
        : from_(std::move(other.from_)),
          work_(std::forward<A>(other.work_)) {
        COIL_EXPECTS(!other.idle_.has_value() &&
                     "a take_until was moved while it was read");
    }
    take_until_stream& operator=(take_until_stream&&) = delete;
    ~take_until_stream() {
        COIL_EXPECTS(!is_working_ &&
                     "a take_until was destroyed without its async drop while its work "
                     "was waiting: give it to for_each or with");
    }

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<take_until_stream, detail::take_until_operation<S, A>>(
            *this);
    }
    /// Stops the work, if it still waits, joins it, and drops the source if it owns it.
    [[nodiscard]] auto async_drop() noexcept {
        return detail::next_of<take_until_stream, detail::take_until_drop<S, A>>(*this);
    }

private:
    friend detail::take_until_operation<S, A>;
    friend detail::take_until_drop<S, A>;

    struct working : detail::child<A> {
        explicit working(take_until_stream& o) noexcept
            : detail::child<A>(table),
              owner(o) {}
        take_until_stream& owner;
        static std::coroutine_handle<> completed(branch& b) noexcept {
            auto& self = static_cast<working&>(b);
            self.collect();
            return self.owner.work_ended();
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            auto& self = static_cast<working&>(b);
            self.collect_stopped();
            return self.owner.work_ended();
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const working&>(b).owner.waiting_;
        }
        static constexpr branch_ops table = {&completed, &stopped, &parent_of,
                                             "take_until"};
    };

    [[nodiscard]] bool has_begun() const noexcept { return idle_.has_value(); }
    std::coroutine_handle<> begin_work(strand& home) noexcept {
        idle_.emplace(home);
        scope_.open(*idle_);
        is_working_ = true;
        return child_.begin(std::forward<A>(work_), scope_);
    }
    std::coroutine_handle<> work_ended() noexcept {
        is_working_ = false;
        must_tell_ = !has_ended_;
        has_ended_ = true;
        if (asking_ != nullptr) asking_->request_stop(stop_reason::sibling_ended);
        return is_dropped_ ? waiting_.complete() : std::noop_coroutine();
    }
    /// Tells `parent` when the work has ended.
    std::coroutine_handle<> stop_work(continuation parent) noexcept {
        has_ended_ = true;
        if (!is_working_) return parent.complete();
        is_dropped_ = true;
        waiting_ = parent;
        // First the work is told; then a harder stop of the drop reaches it.
        const bool is_hard = parent.scope().level() == stop_level::hard;
        scope_.request_stop(stop_reason::requested,
                            is_hard ? stop_level::hard : stop_level::soft);
        idle_->reopen(parent.scope());
        return std::noop_coroutine();
    }

    detail::source<S> from_;
    A work_;
    working child_{*this};
    detail::waiting_room scope_;                // of what the work waits for
    std::optional<detail::waiting_room> idle_;  // around it
    context* asking_ = nullptr;                 // of a `next()` whose source waits
    continuation waiting_;                      // who awaits that, or the drop
    bool is_working_ = false;
    bool has_ended_ = false;
    bool must_tell_ = false;  // of the work's error, if there is one
    bool is_dropped_ = false;
};

namespace detail {

/// Asks the source, after the work when that begins, in a scope that the work's end
/// stops.
template <class S, class A>
class take_until_operation : public frame_operation<take_until_operation<S, A>> {
    using next_type = stream_next_t<S>;

public:
    static constexpr const char* what = "take_until";

    explicit take_until_operation(take_until_stream<S, A>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        if (of_.has_ended_) return parent.complete();
        if (parent.scope().stop_requested()) return this->unwind();
        COIL_EXPECTS(of_.asking_ == nullptr && "a stream is read by one at a time");
        scope_.open(parent.scope());
        of_.asking_ = &scope_;
        of_.waiting_ = parent;
        if (of_.has_begun()) return ask();
        strand& home = parent.scope().home();
        home.start_soon(asker_);
        return of_.begin_work(home);
    }
    stream_item_t<S> await_resume() {
        if (asked_.result.has_value()) return asked_.result.take_value();
        if (asked_.result.has_error()) (void)asked_.result.take();
        if (std::exchange(of_.must_tell_, false) && of_.child_.result.has_error())
            rethrow(of_.child_.result.error());
        return stream_item_t<S>();
    }

private:
    struct asker : piece {
        explicit asker(take_until_operation& o) noexcept : piece(table), owner(o) {}
        take_until_operation& owner;
        static std::coroutine_handle<> run(piece& p) noexcept {
            return static_cast<asker&>(p).owner.ask();
        }
        static constexpr piece_ops table = {&run, nullptr, what};
    };

    std::coroutine_handle<> ask() noexcept {
        if (of_.has_ended_) return was_stopped();  // the work has ended at once
        return asked_.call(scope_,
                           [this]() -> next_type { return of_.from_.get().next(); });
    }
    std::coroutine_handle<> has_answer() noexcept {
        leave();
        if (asked_.result.has_value() && !static_cast<bool>(asked_.result.value()))
            of_.has_ended_ = true;
        return this->complete();
    }
    std::coroutine_handle<> was_stopped() noexcept {
        leave();
        const bool by_the_work =
            of_.has_ended_ && !this->parent().scope().stop_requested();
        return by_the_work ? this->complete() : this->unwind();
    }
    void leave() noexcept {
        scope_.close();
        of_.asking_ = nullptr;
        of_.waiting_ = {};
    }

    take_until_stream<S, A>& of_;
    nested_scope scope_;
    asker asker_{*this};
    part<settled_call<next_type>, take_until_operation,
         &take_until_operation::has_answer, &take_until_operation::was_stopped>
        asked_{*this};
};

/// Stops the work, then drops the source.
template <class S, class A>
class take_until_drop : public frame_operation<take_until_drop<S, A>> {
public:
    static constexpr const char* what = "take_until";

    explicit take_until_drop(take_until_stream<S, A>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        joined_.scope = &parent.scope();
        return of_.stop_work(continuation(static_cast<branch&>(joined_)));
    }
    void await_resume() const noexcept {}

private:
    std::coroutine_handle<> was_joined() noexcept {
        if (of_.is_dropped_) of_.idle_->close();
        of_.is_dropped_ = false;
        of_.waiting_ = {};
        return drop_.begin(of_.from_, exit_reason::returned, this->parent());
    }

    take_until_stream<S, A>& of_;
    part<listening_branch, take_until_drop, &take_until_drop::was_joined,
         &take_until_drop::was_joined>
        joined_{*this};
    value_drop<source<S>> drop_;
};

template <class A>
struct take_until_adaptor : adaptor {
    explicit take_until_adaptor(A&& given) : work(std::forward<A>(given)) {}
    template <class S>
    auto apply(S&& from) && {
        return take_until_stream<S, A>(std::forward<S>(from), std::forward<A>(work));
    }
    A work;
};

}  // namespace detail

/// `source | take_until(work)`: the items that come before `work` has ended, which is
/// begun when the first item is asked for; what it gives is thrown away. To stop it by
/// hand, wait for an `event`.
///
/// The work goes on between two `next()`, so the stream has an async destructor, which
/// stops and joins it and which `for_each` and `collect` await: keep one that you read
/// yourself with `with`.
///
/// Children of a group that the work opens do not see the task-locals around the
/// stream, only those around the strand that reads it: hand them such values as
/// parameters.
///
/// \snippet coil/stream/take_until_test.cpp  what comes in a second
///
/// Errors: those of the source, from `next()`; that of the work, once, instead of the
/// end. Stop: reaches the source, and not the work, for which the drop is there. When
/// the work has ended the source is stopped in its last `next()`, too.
/// Threads: one strand reads it, from the first `next()` to its drop.
/// Allocates: never.
template <awaitable A>
COIL_STOPS_PARTS auto take_until(A&& work) {
    return detail::take_until_adaptor<A>(std::forward<A>(work));
}

}  // namespace coil
