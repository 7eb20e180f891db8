// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/inbox.hpp>
#include <coil/base/planted.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/leaf.hpp>

#include <utility>

namespace coil::detail {

/// Waits until `Of` is ready, by what another strand does, maybe on another thread.
///
/// `Of` has a `lock`, under which it has a `waiter` and says whether it `is_ready()`,
/// and whether it `is_open_to()` a strand: all come from one thread, or there is a
/// lock. Who makes it ready takes the waiter out under the lock and calls `wake()`
/// without it, as the last thing it does. What is ready is taken in the waiter's own
/// turn, so a stop loses nothing.
template <class Derived, class Of>
class told_leaf : public leaf_of<Derived>, private remote_message {
public:
    explicit told_leaf(Of& of) noexcept : remote_message(delivered), of_(of) {}
    told_leaf(told_leaf&& other) noexcept
        : leaf_of<Derived>(std::move(other)),
          remote_message(delivered),
          of_(other.of_) {}

    /// Under the lock; null if nobody waits.
    [[nodiscard]] static Derived* take_out_of(Of& of) noexcept {
        Derived* const waiter = std::exchange(of.waiter, nullptr);
        if (waiter != nullptr) waiter->is_woken_ = true;
        return waiter;
    }
    void wake() noexcept {
        strand& home = this->home();
        if (home.is_here()) {
            arrive();
        } else {
            home.post(*this);
        }
    }

protected:
    friend leaf_of<Derived>;
    [[nodiscard]] Of& of() const noexcept { return of_; }
    [[nodiscard]] bool try_now() noexcept {
        const holding held(of_.lock);
        return of_.is_ready();
    }

private:
    void start() noexcept {
        if (!begin_to_wait()) this->retry();
    }
    bool begin_to_wait() noexcept {
        const holding held(of_.lock);
        COIL_EXPECTS(of_.waiter == nullptr && "one strand at a time may await it");
        if (of_.is_ready() && !COIL_PLANTED(ends_pass_unseen)) return false;
        COIL_EXPECTS(of_.is_open_to(this->home()) &&
                     "children of one thread are awaited there");
        of_.waiter = static_cast<Derived*>(this);
        return true;
    }
    stop_answer on_stop() noexcept {
        const holding held(of_.lock);
        if (is_woken_ && !COIL_PLANTED(told_ones_withdraw))
            return stop_answer::later;  // the news is on the way
        if (of_.waiter == this) of_.waiter = nullptr;
        return stop_answer::ended;
    }
    static void delivered(remote_message& news) noexcept {
        static_cast<told_leaf&>(news).arrive();
    }
    void arrive() noexcept {
        is_woken_ = false;
        this->retry();
    }

    Of& of_;
    bool is_woken_ = false;  // taken out, and not told yet; under the lock
};

}  // namespace coil::detail
