// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <cstdint>
#include <type_traits>

namespace coil {

/// A value that changes, and whoever wants to know when: settings, a state. Receivers
/// see the latest value; those in between may pass unseen.
///
/// Where every value counts use `broadcast`; for news without a value, `notify`. The
/// value is copied while others are kept out: what is big is best held by a
/// `std::shared_ptr`.
///
/// \snippet coil/sync/watch_test.cpp  settings that change
///
/// Threads: `watch` from any thread, also outside of runtimes; `local::watch`, without
/// atomics, from the strands of one. A receiver: from one strand at a time.
/// Memory: what precedes a change is visible to who sees it.
/// Allocates: never.
template <class T, flavour F>
class basic_watch {
    static_assert(!needs_async_drop<T>,
                  "a watch has no place to await the async drop of a value that is "
                  "replaced: hold a handle instead");

public:
    class receiver;
    class change_leaf;
    using value_type = T;

    explicit basic_watch(T initial = T()) : value_(std::move(initial)) {}
    basic_watch(const basic_watch&) = delete;
    basic_watch& operator=(const basic_watch&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet; receivers
    /// are not used any more.
    ~basic_watch() {
        COIL_EXPECTS(waiters_.is_empty() && "a watch died while it was awaited");
    }

    /// A receiver that has seen the value that is there now.
    [[nodiscard]] receiver subscribe() noexcept {
        const guard held(lock_);
        return receiver(*this, version_);
    }

    /// A copy of the value.
    [[nodiscard]] T get() const {
        const guard held(lock_);
        return value_;
    }

    /// Replaces the value. False if it is closed.
    bool send(T value) {
        return modify([&](T& current) { std::swap(current, value); });
    }

    /// Calls `change` with the value, while others are kept out: it is short, and does
    /// not use the watch. If it gives a bool, that says whether the value has changed.
    /// False, and no call, if it is closed.
    ///
    /// Errors: those of `change`; what it did stays, and nobody is told.
    template <class Change>
    bool modify(Change&& change) {
        using answer = std::invoke_result_t<Change, T&>;
        detail::wake_list<change_leaf, F> woken;
        const guard held(lock_);
        if (is_closed_) return false;
        if constexpr (std::is_void_v<answer>) {
            change(value_);
        } else if (!change(value_)) {
            return true;
        }
        ++version_;
        wake_all(woken);
        return true;
    }

    /// No more changes: receivers see the last one, if they have not yet. May be called
    /// again.
    void close() noexcept {
        detail::wake_list<change_leaf, F> woken;
        const guard held(lock_);
        is_closed_ = true;
        wake_all(woken);
    }
    [[nodiscard]] bool is_closed() const noexcept {
        const guard held(lock_);
        return is_closed_;
    }

private:
    using guard = holding<lock_of<F>>;
    void wake_all(detail::wake_list<change_leaf, F>& woken) noexcept {
        while (change_leaf* next = waiters_.pop_front()) woken.add(*next);
    }

    T value_;
    std::uint64_t version_ = 0;  // how often it has changed
    intrusive_list<change_leaf> waiters_;
    bool is_closed_ = false;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

template <class T, flavour F>
inline constexpr bool enable_sendable<basic_watch<T, F>> =
    F == flavour::movable && sendable<T>;
template <class T, flavour F>
inline constexpr bool enable_shareable<basic_watch<T, F>> =
    F == flavour::movable && sendable<T>;

/// Knows which value it has seen; a copy knows the same.
///
/// Requires: its watch lives longer.
template <class T, flavour F>
class basic_watch<T, F>::receiver {
public:
    using value_type = T;
    static constexpr bool is_local = F == flavour::local;

    /// Waits until the value is another one than was seen, which counts as seen then.
    /// `co_await` gives false if it is closed and there is nothing new.
    ///
    /// Stop: nothing is lost; the value stays unseen.
    [[nodiscard]] change_leaf wait_changed() noexcept { return change_leaf(*this); }

    /// A copy of the value, which counts as seen.
    [[nodiscard]] T get() {
        const guard held(of_->lock_);
        T value(of_->value_);
        seen_ = of_->version_;
        return value;
    }
    /// Whether the value is another one than was seen.
    [[nodiscard]] bool has_changed() const noexcept {
        const guard held(of_->lock_);
        return is_behind();
    }

private:
    friend basic_watch;
    friend change_leaf;
    receiver(basic_watch& of, std::uint64_t seen) noexcept : of_(&of), seen_(seen) {}
    [[nodiscard]] bool is_behind() const noexcept { return seen_ != of_->version_; }

    basic_watch* of_;
    std::uint64_t seen_;
};

/// The leaf behind a watch's `wait_changed()`.
template <class T, flavour F>
class basic_watch<T, F>::change_leaf : public detail::waiter<change_leaf, F> {
public:
    static constexpr const char* what = "watch::wait_changed";

    explicit change_leaf(receiver& by) noexcept : by_(by) {}
    /// Whether there is a new value; false if there will be none.
    [[nodiscard]] bool await_resume() const noexcept { return has_changed_; }

private:
    friend leaf_of<change_leaf>;
    friend detail::waiter<change_leaf, F>;
    friend detail::wake_list<change_leaf, F>;
    [[nodiscard]] bool try_now() noexcept {
        const guard held(by_.of_->lock_);
        has_changed_ = by_.is_behind();
        by_.seen_ = by_.of_->version_;
        return has_changed_ || by_.of_->is_closed_;
    }
    void start() noexcept {
        if (!begin_to_wait()) this->retry();
    }
    // False: it changed since it looked. To see that now and say so in another turn
    // might lose it to a race.
    bool begin_to_wait() noexcept {
        const guard held(by_.of_->lock_);
        if (F == flavour::movable && !COIL_PLANTED(between_is_missed) &&
            (by_.is_behind() || by_.of_->is_closed_))
            return false;
        by_.of_->waiters_.push_back(*this);
        return true;
    }
    void woken() noexcept { this->retry(); }
    stop_answer on_stop() noexcept {
        const guard held(by_.of_->lock_);
        return this->withdraw() ? stop_answer::ended : stop_answer::later;
    }

    receiver& by_;
    bool has_changed_ = false;
};

template <class T>
using watch = basic_watch<T, flavour::movable>;

namespace local {
template <class T>
using watch = basic_watch<T, flavour::local>;
}  // namespace local

}  // namespace coil
