// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/inbox.hpp>
#include <coil/base/intrusive_list.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/child.hpp>
#include <coil/net/tcp_stream.hpp>
#include <coil/time/timer.hpp>

namespace coil::http::detail {

class idle_wait;

/// Connections that wait for their next request.
class idle_list {
public:
    explicit idle_list(optional_lock& lock) noexcept : lock_(lock) {}
    /// Ends the waits of all, though nothing has come.
    void tell_all() noexcept;

private:
    friend idle_wait;
    intrusive_list<idle_wait> all_;
    bool is_told_ = false;  // so are those that come later
    optional_lock& lock_;
};

/// The wait for a connection's next request; see `wait_idle`. One operation instead of
/// a race with a time-out in it: most connections spend most of their lives here.
class idle_wait : public coil::detail::frame_operation<idle_wait>,
                  public intrusive_list_node,
                  private timer,
                  private remote_message {
public:
    static constexpr const char* what = "http idle";

    idle_wait(clock::duration limit, net::tcp_stream& peer, idle_list& place) noexcept
        : timer(&too_long, instant(limit)),  // until it is armed
          remote_message(&hear),
          readable_(peer.wait_readable()),
          place_(place) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        set_parent(parent);
        scope_.open(parent.scope());
        const auto then = child_.begin(std::move(readable_), scope_);
        if (has_ended_) {
            // A request came while we computed the last answer: one that is always as
            // quick would have this thread for itself.
            parent.scope().home().spend_rest();
        } else {
            timer_service& timers = *parent.scope().home().runs_on().timers();
            timers.arm(*this, from_now(timers, deadline().time_since_epoch()));
            if (!join_others()) tell();
        }
        return then;
    }
    /// Whether there is something to read, or the peer has closed.
    bool await_resume() const noexcept { return !was_told_; }

private:
    friend idle_list;
    // False: all were told meanwhile.
    bool join_others() noexcept {
        const holding held(place_.lock_);
        if (place_.is_told_) return false;
        place_.all_.push_back(*this);
        return true;
    }
    void tell() noexcept {
        if (has_ended_ || scope_.stop_requested()) return;  // it ends anyway
        was_told_ = true;
        scope_.request_stop(stop_reason::shutdown);
    }
    static void hear(remote_message& news) noexcept {
        auto& self = static_cast<idle_wait&>(news);
        self.is_coming_ = false;
        self.tell();
    }
    static void too_long(timer& due) noexcept {
        auto& self = static_cast<idle_wait&>(due);
        if (!self.goes_to(self.parent().scope().home())) self.tell();
    }
    std::coroutine_handle<> readable() noexcept {
        was_told_ = false;
        return close().complete();
    }
    std::coroutine_handle<> stopped() noexcept {
        return was_told_ ? close().complete() : close().unwind();
    }
    idle_wait& close() noexcept {
        has_ended_ = true;
        cancel();
        if (leave()) parent().scope().home().drain();
        scope_.close();
        return *this;
    }
    // Whether another thread has told us, and the news is on its way.
    bool leave() noexcept {
        const holding held(place_.lock_);
        leave_list();
        return is_coming_;
    }

    using wait = net::tcp_stream::wait_leaf;
    wait readable_;
    idle_list& place_;
    coil::detail::nested_scope scope_;
    coil::detail::part<coil::detail::child<wait>, idle_wait, &idle_wait::readable,
                       &idle_wait::stopped>
        child_{*this};
    bool was_told_ = false;
    bool has_ended_ = false;
    bool is_coming_ = false;
};

inline void idle_list::tell_all() noexcept {
    const holding held(lock_);
    is_told_ = true;
    while (idle_wait* const idle = all_.pop_front()) {
        strand& waiting = idle->parent().scope().home();
        if (waiting.is_beside()) {
            idle->tell();
        } else {
            idle->is_coming_ = true;
            waiting.post(*idle);
        }
    }
}

class [[nodiscard]] idle_recipe {
public:
    static constexpr bool is_local = false;

    idle_recipe(clock::duration limit, net::tcp_stream& peer, idle_list& place) noexcept
        : limit_(limit),
          peer_(peer),
          place_(place) {}
    idle_wait operator co_await() && noexcept { return {limit_, peer_, place_}; }

private:
    clock::duration limit_;
    net::tcp_stream& peer_;
    idle_list& place_;
};

/// Waits in `place` until `peer` can be read: true; false after `limit`, and when
/// `idle_list::tell_all` was called.
inline idle_recipe wait_idle(clock::duration limit, net::tcp_stream& peer,
                             idle_list& place) noexcept {
    return {limit, peer, place};
}

}  // namespace coil::http::detail
