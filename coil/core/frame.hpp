// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/base/compiler.hpp>

#include <cstddef>

namespace coil {

/// Memory of a coroutine frame (or of an `own`ed object), at least 16-aligned.
///
/// The default recycles by size class per thread, bounded, and hands whole magazines
/// to a shared depot, so frames freed on another thread than their maker's do not pile
/// up. Under sanitizers it passes every request through to `operator new`.
///
/// Replaceable, as `operator new` is: a program that defines this pair itself links
/// neither the default nor the heap. A replacement must not return null, and sees every
/// request: coroutines take a frame past this call only from what the default keeps.
///
/// Throws: `std::bad_alloc` (the default).
/// Threads: any.
[[nodiscard]] void* allocate_frame(std::size_t size);

/// Gives back what `allocate_frame(size)` returned, on any thread.
void release_frame(void* frame, std::size_t size) noexcept;

/// Where a caller wants a coroutine's frame to lie. A coroutine that has a parameter
/// `frame_place&` takes its frame from there, and from nowhere else; with it in the
/// functions of an interface, each call of an unknown object says where.
///
/// \snippet coil/erased/frame_place_test.cpp  a place for each call
///
/// Derive from it for an arena; the parameter is of this very type all the same. The
/// place outlives the frame. Where an object gives another task than its interface
/// says, both coroutines, its own and the one that converts, take their frames there.
///
/// Threads: a frame may be given back on another thread than it was taken on.
class frame_place {
public:
    frame_place(const frame_place&) = delete;
    frame_place& operator=(const frame_place&) = delete;

    /// At least 16-aligned; never null.
    [[nodiscard]] virtual void* allocate(std::size_t size) = 0;
    virtual void release(void* frame, std::size_t size) noexcept = 0;

protected:
    frame_place() = default;
    ~frame_place() = default;
};

namespace detail {
[[noreturn]] void refuse_frame(std::size_t size, std::size_t room, bool is_taken);
}  // namespace detail

/// Room for one frame of up to `Bytes` at a time, over and over: for calls in a loop,
/// and where there is no heap. A frame has the locals that live across awaits, and
/// costs 16 bytes more here.
///
/// A frame that does not fit, or a second one, ends the program with a text that says
/// how large it is.
template <std::size_t Bytes>
class frame_slot final : public frame_place {
public:
    [[nodiscard]] void* allocate(std::size_t size) override {
        if (size > Bytes || is_taken_) detail::refuse_frame(size, Bytes, is_taken_);
        is_taken_ = true;
        return room_;
    }
    void release(void*, std::size_t) noexcept override { is_taken_ = false; }

private:
    alignas(2 * sizeof(void*)) unsigned char room_[Bytes];
    bool is_taken_ = false;
};

/// Gives what the default keeps for this thread back to the heap; from now on it keeps
/// nothing, so every frame is asked of this pair, and of the heap. For tests and for
/// tools that watch the heap.
void stop_recycling_frames() noexcept;

/// Counts of the default frame source, over all threads.
struct frame_counts {
    std::size_t alive = 0;      ///< Handed out and not yet given back.
    std::size_t from_heap = 0;  ///< Calls of `operator new` so far.
};

/// Threads: any; exact when no other thread makes or frees frames meanwhile.
[[nodiscard]] frame_counts count_frames() noexcept;

}  // namespace coil
