// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/inbox.hpp>
#include <coil/time/clock.hpp>

#include <cstdint>

namespace coil {

class strand;
class timer_service;
class timer_wheel;

namespace detail {
template <class Mutex>
class basic_shared_timers;
struct timer_link {
    timer_link* next = nullptr;
    timer_link* previous = nullptr;
};
}  // namespace detail

/// Something to be called at a point in time; a node of its service's lists.
///
/// Threads: those of the strand that arms it. A parallel runtime may fire it on another
/// one: see `goes_to`.
class timer {
public:
    using fire_function = void(timer&) noexcept;

    explicit timer(fire_function* fire, instant deadline = {}) noexcept
        : fire_(fire),
          deadline_(deadline) {}
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;
    ~timer() { cancel(); }

    [[nodiscard]] bool is_armed() const noexcept { return link_.next != nullptr; }
    [[nodiscard]] instant deadline() const noexcept { return deadline_; }

    /// Takes it out of its service; does nothing if it is not armed. O(1). If it has
    /// just fired on another thread, it is called meanwhile.
    void cancel() noexcept {
        if (shared_by_ != nullptr) [[unlikely]]
            return cancel_shared();
        take_out();
    }

protected:
    /// The first thing that a `fire_function` asks: true if it was called on another
    /// thread than `home`'s; then it is called again there, and returns.
    [[nodiscard]] bool goes_to(strand& home) noexcept {
        return shared_by_ != nullptr && go_to(home);
    }

private:
    friend class timer_wheel;
    template <class Mutex>
    friend class detail::basic_shared_timers;
    static constexpr instant on_its_way = instant::min();  // a deadline that says so
    void take_out() noexcept;
    void cancel_shared() noexcept;
    bool go_to(strand& home) noexcept;
    static void arrived(remote_message& news) noexcept;

    union {
        detail::timer_link link_ = {};  // first: lists hold its address
        remote_message news_;           // while it is on its way to its strand
    };
    fire_function* fire_;
    instant deadline_;
    timer_service* shared_by_ = nullptr;  // while armed or on its way
};

/// Time and timers of a runtime. `timer_wheel` is the implementation to use where
/// 12 KiB do not matter.
class timer_service {
public:
    timer_service(const timer_service&) = delete;
    timer_service& operator=(const timer_service&) = delete;

    [[nodiscard]] virtual instant now() const noexcept = 0;
    /// Fires `armed` at `deadline`, never earlier; among equal deadlines in the order
    /// of arming. Arming again moves it.
    virtual void arm(timer& armed, instant deadline) noexcept = 0;

protected:
    friend class timer;
    /// One whose timers fire on another thread than the one that armed them: takes
    /// `armed` out. False: it has fired and is on its way to its strand.
    [[nodiscard]] virtual bool withdraw(timer&) noexcept { return true; }

    timer_service() = default;
    ~timer_service() = default;
};

/// `pause` from now; a pause too long to count to ends never.
[[nodiscard]] inline instant from_now(const timer_service& timers,
                                      clock::duration pause) noexcept {
    const instant now = timers.now();
    return pause < instant::max() - now ? now + pause : instant::max();
}

/// A hierarchical timing wheel with exact deadlines: arming and cancelling are O(1).
///
/// Each level has 64 slots; a slot of level n spans 64^n nanoseconds. A timer moves
/// down a level when time enters its slot, until it lies at its exact nanosecond.
/// After G. Varghese and A. Lauck, "Hashed and hierarchical timing wheels", 1987.
class timer_wheel {
public:
    explicit timer_wheel(instant start) noexcept;
    timer_wheel(const timer_wheel&) = delete;
    timer_wheel& operator=(const timer_wheel&) = delete;

    /// O(1). A deadline that has passed fires at the next `advance`.
    void arm(timer& armed, instant deadline) noexcept;

    /// Fires everything due up to `now`, in order of deadlines; what is armed meanwhile
    /// waits for the next call. Returns how many fired.
    unsigned advance(instant now) noexcept;

    /// Not later than the next deadline; `instant::max()` if nothing is armed.
    [[nodiscard]] instant next_event() const noexcept;
    [[nodiscard]] bool is_empty() const noexcept {
        return next_event() == instant::max();
    }

private:
    static constexpr unsigned level_bits = 6;
    static constexpr unsigned slot_count = 1U << level_bits;
    static constexpr unsigned level_count = 11;  // 11 * 6 bits span 2^64 nanoseconds
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    struct slot_list {
        slot_list() noexcept { head.next = head.previous = &head; }
        detail::timer_link head;  // circular
        [[nodiscard]] bool is_empty() const noexcept { return head.next == &head; }
        void push(timer& added) noexcept;
        void take_all_from(slot_list& other) noexcept;
        timer* pop() noexcept;
    };

    void insert(timer& added) noexcept;
    [[nodiscard]] bool find_next(unsigned& level, std::uint64_t& start) const noexcept;

    slot_list slots_[level_count][slot_count];
    slot_list late_;  // armed for a time that had passed
    // A set bit may stand for a slot whose timers were all cancelled.
    mutable std::uint64_t occupied_[level_count] = {};
    std::uint64_t elapsed_;
    std::uint64_t next_start_ = never;  // no occupied slot starts before
};

}  // namespace coil
