// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/parallel/detail/kept_child.hpp>

namespace coil::detail {

// The lock keeps it from leaving the group meanwhile.
void kept_child::request_stop(stop_level level) noexcept {
    const holding held(lock);
    if (!has_ended_work_) ask_alone(level);
}

bool kept_child::keeps_outcome() noexcept {
    const holding held(lock);
    has_ended_work_ = true;
    return is_keepers_ = is_kept_;
}

void kept_child::end_for_keeper() noexcept {
    end_leaf* woken = nullptr;
    bool is_kept = false;
    {
        const holding held(lock);
        has_ended_ = true;
        is_kept = is_kept_;
        woken = end_leaf::take_out_of(*this);
    }
    if (woken != nullptr) woken->wake();
    if (!is_kept) delete this;
}

void kept_child::let_go() noexcept {
    {
        const holding held(lock);
        COIL_EXPECTS(waiter == nullptr && "a handle died while it was awaited");
        if (!is_keepers_) {
            is_kept_ = false;
            if (!has_ended_) return;  // it frees itself
        }
    }
    clear_kept();
    bool has_ended = false;
    {
        const holding held(lock);
        is_kept_ = false;
        has_ended = has_ended_;
    }
    if (has_ended) delete this;
}

}  // namespace coil::detail
