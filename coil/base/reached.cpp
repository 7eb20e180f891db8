// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/reached.hpp>

#include <atomic>
#include <cstring>

namespace coil {
namespace {

struct counted_mark {
    std::atomic<const char*> text = nullptr;
    std::atomic<unsigned long> count = 0;
};

// Filled from the front and never emptied, so a reader needs no lock.
constexpr int marks_max = 256;
counted_mark marks[marks_max];

bool claims(counted_mark& slot, const char* mark) noexcept {
    const char* text = nullptr;
    // acq_rel: a text is published once, with the characters it points to.
    if (slot.text.compare_exchange_strong(text, mark, std::memory_order_acq_rel)) {
        return true;
    }
    return std::strcmp(text, mark) == 0;
}

}  // namespace

unsigned long times_reached(const char* mark) noexcept {
    for (const counted_mark& slot : marks) {
        // acquire: pairs with the exchange in claims().
        const char* text = slot.text.load(std::memory_order_acquire);
        if (text == nullptr) break;
        // relaxed: a counter orders nothing.
        if (std::strcmp(text, mark) == 0)
            return slot.count.load(std::memory_order_relaxed);
    }
    return 0;
}

void detail::reach(const char* mark) noexcept {
    for (counted_mark& slot : marks) {
        if (!claims(slot, mark)) continue;
        slot.count.fetch_add(1, std::memory_order_relaxed);  // a counter orders nothing
        return;
    }
    fatal("more than 256 marks: raise marks_max in coil/base/reached.cpp");
}

}  // namespace coil
