// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/attributes.hpp>

#include <malloc.h>
#include <tests/steady_state/heap_use.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

// relaxed: counts only, read when nobody else runs.
std::atomic<std::size_t> calls = 0;
std::atomic<std::size_t> bytes = 0;

#if !COIL_SANITIZED
void* counted(void* block) {
    if (block == nullptr) throw std::bad_alloc();
    calls.fetch_add(1, std::memory_order_relaxed);
    bytes.fetch_add(::malloc_usable_size(block), std::memory_order_relaxed);
    return block;
}

void free_counted(void* block) noexcept {
    if (block == nullptr) return;
    bytes.fetch_sub(::malloc_usable_size(block), std::memory_order_relaxed);
    std::free(block);
}
#endif

}  // namespace

coil::testing::heap_use coil::testing::current_heap_use() noexcept {
    return {calls.load(std::memory_order_relaxed),
            bytes.load(std::memory_order_relaxed)};
}

// Sanitizers have pairs of their own, and under them nothing is recycled.
#if !COIL_SANITIZED
void* operator new(std::size_t size) {
    return counted(std::malloc(size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto step = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}
void operator delete(void* block) noexcept {
    free_counted(block);
}
void operator delete(void* block, std::size_t) noexcept {
    free_counted(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    free_counted(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    free_counted(block);
}
#endif
