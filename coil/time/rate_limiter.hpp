// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/base/planted.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/leaf.hpp>
#include <coil/time/timer.hpp>

#include <cstddef>
#include <optional>

namespace coil {

/// How much may happen in how much time.
struct rate_limit {
    std::size_t count = 1;  ///< So many in each `per`, evenly spread.
    clock::duration per{};  ///< More than nothing.
    std::size_t burst = 1;  ///< So many at once, after a pause that was long enough.
};

/// Holds back who is too fast: a bucket of `burst` tokens, full at first, into which
/// `count` come in each `per`. Strands take some, waiting until there are enough.
///
/// First come first served: who waits for many is not overtaken by who wants few. To
/// limit how many run at once use `semaphore`.
///
/// \snippet coil/time/rate_limiter_test.cpp  ten calls a second
///
/// Threads: any, from strands of one runtime: its time is the runtime's.
/// Allocates: never; a waiting leaf is queued inside its own frame.
class rate_limiter {
public:
    class acquire_leaf;

    /// Requires: `count` and `burst` are at least 1, `per` is more than nothing.
    explicit rate_limiter(const rate_limit& limit) noexcept
        : limit_(limit),
          level_(tokens(limit.burst)) {
        COIL_EXPECTS(limit.count > 0 && limit.burst > 0 && limit.per.count() > 0);
    }
    rate_limiter(const rate_limiter&) = delete;
    rate_limiter& operator=(const rate_limiter&) = delete;
    /// Requires: nobody is waiting.
    ~rate_limiter() {
        COIL_EXPECTS(waiters_.is_empty() && "a rate_limiter died while it was awaited");
    }

    /// Waits for so many tokens, and takes them. Requires: at most `burst`.
    ///
    /// Stop: leaves the line and takes none.
    [[nodiscard]] acquire_leaf acquire(std::size_t count = 1) noexcept;
    /// Takes them if they are there and nobody waits.
    ///
    /// Requires: called from a strand.
    [[nodiscard]] bool try_acquire(std::size_t count = 1) noexcept {
        const holding held(lock_);
        return waiters_.is_empty() && take(count, clock::now());
    }

private:
    // Counted so that nothing is rounded: each nanosecond brings `count`, and a token
    // is as many as `per` has nanoseconds.
    __extension__ using wide = unsigned __int128;
    [[nodiscard]] wide tokens(std::size_t count) const noexcept {
        return wide(count) * static_cast<wide>(limit_.per.count());
    }
    bool take(std::size_t count, instant now) noexcept;
    [[nodiscard]] clock::duration time_until(std::size_t count) const noexcept;
    [[nodiscard]] acquire_leaf* next_in_line() noexcept;

    const rate_limit limit_;
    wide level_;
    std::optional<instant> filled_at_;      // up to then; not before it is first asked
    intrusive_list<acquire_leaf> waiters_;  // the first has a timer
    spin_lock lock_;
};

/// The leaf behind `rate_limiter::acquire()`.
class rate_limiter::acquire_leaf : public leaf_of<acquire_leaf>,
                                   public intrusive_list_node,
                                   private timer {
public:
    static constexpr const char* what = "rate_limiter";

    acquire_leaf(rate_limiter& from, std::size_t count) noexcept
        : timer(fired),
          limiter_(from),
          count_(count) {
        COIL_EXPECTS(count <= from.limit_.burst && "there are never so many at once");
    }
    acquire_leaf(acquire_leaf&& other) noexcept
        : leaf_of(std::move(other)),
          timer(fired),
          limiter_(other.limiter_),
          count_(other.count_) {}
    void await_resume() const noexcept {}

private:
    friend rate_limiter;
    friend leaf_of<acquire_leaf>;
    [[nodiscard]] bool is_first() const noexcept {
        return limiter_.waiters_.front() == this;
    }
    [[nodiscard]] bool try_now() noexcept;
    void start() noexcept;
    stop_answer on_stop() noexcept;
    static void fired(timer& due) noexcept;
    static void tell(acquire_leaf* next) noexcept;
    void arrive() noexcept {
        is_told_ = false;
        retry();
    }

    message_to<acquire_leaf, &acquire_leaf::arrive> news_{*this};
    rate_limiter& limiter_;
    const std::size_t count_;
    bool is_told_ = false;  // that it is the first now; under the lock
};

inline rate_limiter::acquire_leaf rate_limiter::acquire(std::size_t count) noexcept {
    return {*this, count};
}

}  // namespace coil
