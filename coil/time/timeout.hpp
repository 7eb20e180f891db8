// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/as_outcome.hpp>
#include <coil/time/timer.hpp>

#include <optional>

namespace coil {

/// `co_await time_left()`: how much of the time is left that each `with_timeout` around
/// this gives, the shortest; `duration::max()` without any. For work that passes a
/// limit on, to a server or a call that knows nothing of stops, and for work that does
/// not begin what it could not end. Never waits.
///
/// \snippet coil/time/timeout_test.cpp  a deadline to pass on
///
/// Children of a group, and what runs elsewhere by `on`, have the limits around them. A
/// `shield` keeps the limits around it out, as it does their stops, and so does
/// clean-up.
///
/// Returns: a `clock::duration`, zero when the time is over.
/// Stop: it is answered under a stop, too.
/// Costs: a step for each combinator around it.
class time_left {
public:
    using is_coil_leaf = void;

    time_left& attach(continuation parent) noexcept {
        parent_ = parent;
        return *this;
    }
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void begin() const noexcept {}
    [[nodiscard]] clock::duration await_resume() const noexcept;

private:
    continuation parent_;
};

namespace detail {

template <class T>
struct timed {
    using type = std::optional<T>;
};
template <>
struct timed<void> {
    using type = bool;
};
template <class T>
struct timed<T&> {
    using type = T*;
};

/// A context whose pieces, and what they begin, have a limited time.
class time_limit : public nested_scope {
public:
    explicit time_limit(clock::duration limit) noexcept : end_(limit) {}

    /// Counts from now on. Returns its end.
    instant begin(const timer_service& timers) noexcept {
        end_ = from_now(timers, end_.time_since_epoch());
        set_ops(table);
        return end_;
    }
    /// The earliest end around `from`, or `instant::max()`.
    [[nodiscard]] static instant earliest(const context& from) noexcept;

private:
    static const piece_ops table;
    instant end_;  // before it begins: so long after nothing
};

template <class A>
class timeout_operation : public frame_operation<timeout_operation<A>>, private timer {
    using value = await_result_t<A>;
    static constexpr bool is_plain_leaf =
        leaf_type<A> && !std::is_same_v<std::remove_cvref_t<A>, time_left>;

public:
    static constexpr const char* what = "with_timeout";
    using value_type = typename timed<value>::type;

    timeout_operation(clock::duration limit, A&& part) noexcept
        : timer(fired),
          part_(std::forward<A>(part)),
          scope_(limit) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        scope_.open(parent.scope());
        if constexpr (is_plain_leaf) {  // what is ready needs no timer
            bool has_ended = false;     // then this operation may be gone
            has_ended_ = &has_ended;
            const auto then = child_.begin(std::forward<A>(part_), scope_);
            if (has_ended) return then;
            has_ended_ = nullptr;
            arm();
            return then;
        } else {
            arm();
            return child_.begin(std::forward<A>(part_), scope_);
        }
    }
    [[nodiscard(
        "a time-out tells whether it was in time: ask for that, if (!co_await "
        "with_timeout(...))")]] value_type
    await_resume() {
        if (child_.result.is_stopped()) return {};
        if constexpr (std::is_void_v<value>) {
            child_.result.take();
            return true;
        } else if constexpr (std::is_lvalue_reference_v<value>) {
            return std::addressof(child_.result.take());
        } else {
            return value_type(child_.result.take());
        }
    }

private:
    void arm() noexcept {
        timer_service* const timers = this->parent().scope().home().runs_on().timers();
        COIL_EXPECTS(timers != nullptr && "this runtime has no timers");
        timers->arm(*this, scope_.begin(*timers));
    }
    static void fired(timer& due) noexcept {
        auto& self = static_cast<timeout_operation&>(due);
        if (self.goes_to(self.parent().scope().home())) return;
        // A stop by somebody else is no time-out.
        if (self.scope_.stop_requested() && !COIL_PLANTED(any_stop_is_a_timeout))
            return;
        self.is_late_ = true;
        self.scope_.request_stop(stop_reason::timed_out);
    }
    std::coroutine_handle<> completed() noexcept {
        close();
        return this->complete();
    }
    std::coroutine_handle<> stopped() noexcept {
        close();
        return is_late_ ? this->complete() : this->unwind();
    }
    void close() noexcept {
        if (has_ended_ != nullptr) *has_ended_ = true;
        cancel();
        scope_.close();
    }

    A&& part_;
    time_limit scope_;
    part<child<A>, timeout_operation, &timeout_operation::completed,
         &timeout_operation::stopped>
        child_{*this};
    bool* has_ended_ = nullptr;  // while it begins
    bool is_late_ = false;
};

template <class A>
class [[nodiscard(
    "a time-out does nothing until it is awaited: write co_await")]] timeout_recipe {
public:
    static constexpr bool is_local = is_local_v<A>;

    timeout_recipe(clock::duration limit, A&& part)
        : limit_(limit),
          part_(std::forward<A>(part)) {}
    timeout_operation<A> operator co_await() && noexcept {
        return {limit_, std::forward<A>(part_)};
    }

private:
    clock::duration limit_;
    A part_;
};

}  // namespace detail

/// Runs `part` for at most `limit`, counted from the await; then asks it to stop and
/// awaits its end, so clean-up takes its own time. As for `sleep`, `duration::max()` of
/// any type is no limit.
///
/// \snippet coil/time/timeout_test.cpp  a reply in time
///
/// Returns: an `optional`, empty if time ran out; `bool` for `void`, a pointer for a
/// reference. A result that arrives in spite of the stop is delivered: nothing received
/// is lost. Errors: those of `part`. Stop: from outside reaches `part`; that is no
/// time-out, the await ends as stopped. Allocates: never.
template <class Rep, class Period, awaitable A>
COIL_STOPS_PARTS auto with_timeout(std::chrono::duration<Rep, Period> limit, A&& part) {
    return detail::timeout_recipe<A>(to_pause(limit), std::forward<A>(part));
}

template <class Rep, class Period, class A>
    requires(!awaitable<A>)
auto with_timeout(std::chrono::duration<Rep, Period>, A&&) {
    return detail::refuse_parts<A>();
}

}  // namespace coil
