// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "failing_frames.hpp"

#include <coil/core/frame.hpp>

#include <atomic>
#include <cstddef>
#include <new>

namespace failing_frames {
namespace {

std::atomic<long> left = 0;
std::atomic<bool> failed = false;
// The block that was given back last, on this thread, and not asked for since.
thread_local std::size_t released = 0;

}  // namespace

void fail_at(long number) noexcept {
    coil::stop_recycling_frames();  // what is at hand in the coroutines cannot fail
    left = number;
    failed = false;
}
bool has_failed() noexcept {
    return failed;
}

}  // namespace failing_frames

// The names that `--wrap` gives to what is called and to what was meant, of
// coil::allocate_frame(std::size_t) and coil::release_frame(void*, std::size_t).
extern "C" {

void* __real__ZN4coil14allocate_frameEm(std::size_t size);
void __real__ZN4coil13release_frameEPvm(void* frame, std::size_t size) noexcept;

void* __wrap__ZN4coil14allocate_frameEm(std::size_t size) {
    using namespace failing_frames;
    // What was reserved for a drop and given back for it is there: that is the point.
    const bool is_reserved = released == size;
    released = 0;
    if (!is_reserved && left > 0 && --left == 0) {
        failed = true;
        throw std::bad_alloc();
    }
    return __real__ZN4coil14allocate_frameEm(size);
}
void __wrap__ZN4coil13release_frameEPvm(void* frame, std::size_t size) noexcept {
    failing_frames::released = size;
    __real__ZN4coil13release_frameEPvm(frame, size);
}
}
