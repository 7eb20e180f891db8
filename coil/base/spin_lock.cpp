// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/spin_lock.hpp>

namespace coil {

namespace {
constinit void (*give_way)() noexcept = nullptr;
}  // namespace

void spin_lock::set_patience(void (*give_way_to_others)() noexcept) noexcept {
    // relaxed: nothing else comes with it.
    __atomic_store_n(&give_way, give_way_to_others, __ATOMIC_RELAXED);
}

void spin_lock::wait() const noexcept {
    constexpr int looks_most = 100;  // a few hundred nanoseconds
    // relaxed: only to see when it is worth trying again.
    for (int looks = 0; __atomic_load_n(&is_held_, __ATOMIC_RELAXED); ++looks) {
        auto* const patience = __atomic_load_n(&give_way, __ATOMIC_RELAXED);
        if (looks >= looks_most && patience != nullptr) patience();
    }
}

}  // namespace coil
