// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/drop.hpp>

#include <atomic>

namespace coil::detail {

void drop_failed(const char* type) noexcept {
    fatal("an exception escaped from async_drop(), called by ", type);
}

// relaxed, both: whoever sees an older size takes a little too much or too little.
std::size_t drop_frame_size::get() const noexcept {
    return std::atomic_ref(const_cast<std::size_t&>(size_))
        .load(std::memory_order_relaxed);
}
void drop_frame_size::set(std::size_t size) noexcept {
    std::atomic_ref(size_).store(size, std::memory_order_relaxed);
}

namespace {
COIL_THREAD_LOCAL learn_drop_frame* learning = nullptr;
}  // namespace

learn_drop_frame::learn_drop_frame(const void* object, drop_frame_size& size) noexcept
    : object_(object),
      size_(size),
      outer_(std::exchange(learning, this)) {}

learn_drop_frame::~learn_drop_frame() {
    learning = outer_;
}

void learn_drop_frame::made(const void* object, std::size_t size) noexcept {
    if (learning != nullptr && learning->object_ == object) learning->size_.set(size);
}

}  // namespace coil::detail
