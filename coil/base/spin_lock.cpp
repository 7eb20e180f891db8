// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/spin_lock.hpp>

namespace coil {

namespace {
using patience = void (*)() noexcept;
constinit atomic<patience> give_way = nullptr;
}  // namespace

void spin_lock::set_patience(void (*give_way_to_others)() noexcept) noexcept {
    // relaxed: nothing else comes with it.
    give_way.store(give_way_to_others, memory_order_relaxed);
}

void spin_lock::wait() const noexcept {
    constexpr int looks_most = 100;  // a few hundred nanoseconds
    // relaxed: only to see when it is worth trying again.
    for (int looks = 0; is_held_.load(memory_order_relaxed); ++looks) {
        const patience waits = give_way.load(memory_order_relaxed);
        if (looks >= looks_most && waits != nullptr) waits();
    }
}

}  // namespace coil
