// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/foreign.hpp>

#include <atomic>

namespace coil::detail {

const piece_ops foreign_wait::table = {
    &leaf::resume_parent,
    [](piece& told) noexcept {
        auto& self = static_cast<foreign_wait&>(told);
        self.parent().scope().add(self);  // it cannot be asked, and goes on waiting
        return stop_answer::later;
    },
    "another library's awaitable",
    &leaf::parent_of,
};

foreign_wait::foreign_wait(continuation parent) noexcept
    : leaf(table),
      remote_message(
          [](remote_message& m) noexcept { static_cast<foreign_wait&>(m).finish(); }),
      home_(&parent.scope().home()) {
    set_parent(parent);
    frame_.owner = this;
    frame_.resume = [](foreign_frame* f) { of(*f).end(state::resumed); };
    frame_.destroy = [](foreign_frame* f) { of(*f).end(state::destroyed); };
}

foreign_wait& foreign_wait::of(foreign_frame& frame) noexcept {
    return *static_cast<named_frame&>(frame).owner;
}

bool foreign_wait::may_begin() noexcept {
    if (!parent().scope().stop_requested()) return true;
    home().unwind(parent());
    return false;
}

void foreign_wait::end(state how) noexcept {
    // acq_rel: pairs with the compare-exchange in suspended(), both ways: whoever is
    // second sees what the first one did.
    const state before =
        std::atomic_ref(state_).exchange(how, std::memory_order_acq_rel);
    if (before == state::waiting) {
        home_->post(*this);
    } else if (before != state::starting) {
        fatal("another library resumed or destroyed the same coroutine twice");
    }
}

std::coroutine_handle<> foreign_wait::suspended(std::coroutine_handle<> next) noexcept {
    if (next == frame_.handle()) return not_suspended();
    // Before the exchange: after it, another thread's message may end this wait.
    parent().scope().add(*this);
    state seen = state::starting;
    // acq_rel: pairs with the exchange in end().
    if (!std::atomic_ref(state_).compare_exchange_strong(seen, state::waiting,
                                                         std::memory_order_acq_rel)) {
        finish();  // it ended meanwhile: resume in the strand's next turn
    }
    return next ? next : std::noop_coroutine();
}

std::coroutine_handle<> foreign_wait::not_suspended() noexcept {
    return parent().complete();
}

void foreign_wait::finish() noexcept {
    // acquire: pairs with end().
    if (std::atomic_ref(state_).load(std::memory_order_acquire) == state::destroyed) {
        complete_stopped();
    } else {
        complete();
    }
}

}  // namespace coil::detail
