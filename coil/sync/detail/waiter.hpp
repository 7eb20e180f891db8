// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/core/leaf.hpp>

#include <type_traits>
#include <utility>

namespace coil::detail {

/// The news of a waiter that another thread has woken.
template <class Derived, flavour F>
struct waiter_news : remote_message {
    waiter_news() noexcept : remote_message(delivered) {}
    static void delivered(remote_message& news) noexcept {
        static_cast<Derived&>(static_cast<waiter_news&>(news)).arrive();
    }
};
template <class Derived>
struct waiter_news<Derived, flavour::local> {};

/// A leaf that waits in a list of its primitive, under the primitive's lock, for
/// somebody to take it out and wake it: maybe on another thread, then the news comes to
/// its strand as a message.
///
/// A waker takes waiters out under the lock, and wakes them when it has given it back,
/// as the last thing it does: the last of them may end the primitive. One that has not
/// gone on yet may look at it once more: to try again, or asked to stop. `Derived` says
/// by `woken()`, on its own strand, what follows: `complete()` or `retry()`.
template <class Derived, flavour F>
class waiter : public leaf_of<Derived>,
               public intrusive_list_node,
               private waiter_news<Derived, F> {
public:
    static constexpr bool is_local = F == flavour::local;

    waiter() = default;
    waiter(waiter&& other) noexcept : leaf_of<Derived>(std::move(other)) {}

protected:
    /// Asked to stop, under the lock: whether it waited, and is out of the list now. If
    /// not, it was woken, and the news is on the way.
    [[nodiscard]] bool withdraw() noexcept {
        if (F == flavour::movable && is_woken_ && !COIL_PLANTED(woken_ones_withdraw))
            return false;
        leave_list();
        return true;
    }

private:
    template <class, flavour>
    friend class wake_list;
    friend waiter_news<Derived, F>;

    void wake() noexcept {
        strand& home = this->home();
        if (home.is_here()) {
            arrive();
        } else {
            home.post(*this);
        }
    }
    void arrive() noexcept {
        is_woken_ = false;
        static_cast<Derived&>(*this).woken();
    }

    bool is_woken_ = false;  // taken out, and not told yet; under the lock
};

/// Waiters that were taken out under a lock, and are woken when this ends: declared
/// before the lock is taken, so after it was given back.
template <class Waiter, flavour F>
class wake_list {
public:
    wake_list() = default;
    wake_list(const wake_list&) = delete;
    wake_list& operator=(const wake_list&) = delete;
    ~wake_list() {
        while (Waiter* const next = taken_out_.pop_front()) next->wake();
    }
    void add(Waiter& taken_out) noexcept {
        taken_out.is_woken_ = true;
        if (COIL_PLANTED(wakes_under_the_lock)) return taken_out.wake();
        taken_out_.push_back(taken_out);
    }

private:
    intrusive_list<Waiter> taken_out_;
};
/// Where there is no lock, at once.
template <class Waiter>
class wake_list<Waiter, flavour::local> {
public:
    void add(Waiter& taken_out) noexcept { taken_out.woken(); }
};

}  // namespace coil::detail
