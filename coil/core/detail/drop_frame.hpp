// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/frame.hpp>

namespace coil::detail {

/// How large the frame of a type's `async_drop()` is.
class drop_frame_size {
public:
    /// Before the first was made, a guess.
    [[nodiscard]] std::size_t get() const noexcept;
    void set(std::size_t size) noexcept;

private:
    static constexpr std::size_t guess = 512;
    std::size_t size_ = guess;  // atomic: drop.cpp uses an atomic_ref
};

/// While it lives, a coroutine that is made on this thread with `object` as its `*this`
/// tells `size` how large its frame is.
class learn_drop_frame {
public:
    learn_drop_frame(const void* object, drop_frame_size& size) noexcept;
    learn_drop_frame(const learn_drop_frame&) = delete;
    learn_drop_frame& operator=(const learn_drop_frame&) = delete;
    ~learn_drop_frame();

    static void made(const void* object, std::size_t size) noexcept;

private:
    const void* object_;
    drop_frame_size& size_;
    learn_drop_frame* outer_;
};

}  // namespace coil::detail
