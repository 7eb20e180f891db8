// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace coil::detail {

/// What a semaphore and the mutexes are made of: a number of permits, and who waits for
/// some, first come first served. Permits go from hand to hand: who is in line gets
/// them before any newcomer. `Name` has the word for reports, and whether it is a lock.
template <flavour F, class Name>
class permits {
public:
    class wait_leaf;

    class some;
    class some_permits;
    class lock_guard;
    /// Some permits, which are given back when it ends.
    using held = std::conditional_t<Name::is_lock, lock_guard, some_permits>;
    explicit permits(std::size_t available) noexcept : available_(available) {}
    permits(const permits&) = delete;
    permits& operator=(const permits&) = delete;
    ~permits() { COIL_EXPECTS(waiters_.is_empty() && "it died while it was awaited"); }

    [[nodiscard]] std::optional<held> try_take(std::size_t count) noexcept {
        const holding locked(lock_);
        return take_if_free(count) ? std::optional(held(*this, count)) : std::nullopt;
    }
    void add(std::size_t count) noexcept {
        wake_list<wait_leaf, F> woken;
        const holding locked(lock_);
        available_ += count;
        hand_out(woken);
    }
    [[nodiscard]] std::size_t available() const noexcept {
        const holding locked(lock_);
        return available_;
    }

private:
    bool take_if_free(std::size_t count) noexcept {
        if (!waiters_.is_empty() || available_ < count) return false;
        available_ -= count;
        return true;
    }
    void hand_out(wake_list<wait_leaf, F>& woken) noexcept {
        while (wait_leaf* const first = waiters_.front()) {
            if (first->count_ > available_) return;
            available_ -= first->count_;
            waiters_.pop_front();
            first->has_ = true;
            woken.add(*first);
        }
    }

    intrusive_list<wait_leaf> waiters_;
    std::size_t available_;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

template <flavour F, class Name>
class permits<F, Name>::some {
public:
    some(some&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)),
          count_(other.count_) {}
    some& operator=(some&& other) noexcept {
        some before(std::move(*this));
        of_ = std::exchange(other.of_, nullptr);
        count_ = other.count_;
        return *this;
    }
    ~some() { give_back(); }
    /// Before its end; then it holds none.
    void give_back() noexcept {
        if (permits* const of = std::exchange(of_, nullptr)) of->add(count_);
    }
    [[nodiscard]] bool holds() const noexcept { return of_ != nullptr; }

protected:
    some(permits& of, std::size_t count) noexcept : of_(&of), count_(count) {}
    void give_back_all_but(std::size_t count) noexcept {
        COIL_EXPECTS(holds() && "it has been given back before");
        const std::size_t before = count_;
        count_ = COIL_PLANTED(downgrade_lets_go) ? 0 : count;
        of_->add(before - count_);
    }

private:
    permits* of_;
    std::size_t count_;
};

// The two differ in what is said of one that is thrown away.
template <flavour F, class Name>
class [[nodiscard(
    "the permits are given back at once: give them a name, auto permit = "
    "co_await ...")]] permits<F, Name>::some_permits : public some {
    friend permits;
    friend wait_leaf;
    using some::some;
};
template <flavour F, class Name>
class [[nodiscard(
    "the lock is released at once: give the guard a name, auto guard = "
    "co_await ...")]] permits<F, Name>::lock_guard : public some {
public:
    /// Keeps it shared: others may read now, and no writer comes in between. Who waits
    /// keeps its place. Nothing if it is shared before. Requires: it holds it.
    void downgrade() noexcept
        requires Name::has_readers
    {
        this->give_back_all_but(1);
    }

private:
    friend permits;
    friend wait_leaf;
    using some::some;
};

template <flavour F, class Name>
class [[nodiscard(
    "a wait does nothing until it is awaited: write "
    "co_await")]] permits<F, Name>::wait_leaf : public waiter<wait_leaf, F> {
public:
    static constexpr const char* what = Name::what;

    wait_leaf(permits& of, std::size_t count) noexcept : of_(of), count_(count) {}
    wait_leaf(wait_leaf&&) = default;
    ~wait_leaf() {
        if (has_) of_.add(count_);  // nobody took them
    }
    [[nodiscard]] held await_resume() noexcept {
        has_ = false;
        return held(of_, count_);
    }

private:
    friend permits;
    friend leaf_of<wait_leaf>;
    friend waiter<wait_leaf, F>;
    friend wake_list<wait_leaf, F>;

    [[nodiscard]] bool try_now() noexcept {
        const holding locked(of_.lock_);
        return has_ = of_.take_if_free(count_);
    }
    void start() noexcept {
        if (!begin_to_wait()) this->complete();
    }
    // Afterwards others may hand it what it waits for: so `has_` is theirs, too.
    bool begin_to_wait() noexcept {
        const holding locked(of_.lock_);
        has_ = F == flavour::movable && !COIL_PLANTED(between_is_missed) &&
               of_.take_if_free(count_);
        if (has_) return false;
        of_.waiters_.push_back(*this);
        return true;
    }
    void woken() noexcept { this->complete(); }
    stop_answer on_stop() noexcept {
        wake_list<wait_leaf, F> woken;
        const holding locked(of_.lock_);
        if (!this->withdraw()) return stop_answer::later;
        // Who comes next may want less.
        if (!COIL_PLANTED(stopped_waiter_blocks)) of_.hand_out(woken);
        return stop_answer::ended;
    }

    permits& of_;
    std::size_t count_;
    bool has_ = false;
};

}  // namespace coil::detail
