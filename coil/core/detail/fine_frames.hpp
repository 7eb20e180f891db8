// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/frame.hpp>

namespace coil::detail {

struct frame_block {
    frame_block* next;
    frame_block* next_magazine;  // in the first block of one that lies in the depot
};

/// Sizes up to `fine_frame_max` in steps of `fine_frame_step`, and from there up to
/// `inline_frame_max`, as of a frame with a `parallel`, in steps of `medium_frame_step`
/// are taken and given back here, in the coroutine's own code, where the size is a
/// constant. Only the default frame source fills these; with another one they stay
/// empty, and have no room.
inline constexpr std::size_t fine_frame_step = 16;
inline constexpr std::size_t fine_frame_max = 512;
inline constexpr std::size_t medium_frame_step = 128;
inline constexpr std::size_t inline_frame_max = 1024;

constexpr std::size_t inline_frame_class(std::size_t size) noexcept {
    constexpr std::size_t fine_classes = fine_frame_max / fine_frame_step;
    if (size > fine_frame_max) {
        const std::size_t over = size - fine_frame_max;
        return fine_classes + (over + medium_frame_step - 1) / medium_frame_step;
    }
    if (COIL_PLANTED(frames_too_small)) return size / fine_frame_step;
    return (size + fine_frame_step - 1) / fine_frame_step;
}
inline constexpr std::size_t inline_frame_classes =
    inline_frame_class(inline_frame_max) + 1;

/// This thread's blocks, and the room for more of each class.
COIL_HIDDEN extern COIL_THREAD_LOCAL constinit frame_block*
    fine_frames[inline_frame_classes];
COIL_HIDDEN extern COIL_THREAD_LOCAL constinit unsigned
    fine_frames_room[inline_frame_classes];

/// A magazine of blocks of one size: two references, for the compiler to see through.
struct frame_magazine {
    frame_block*& first;
    unsigned& room;  // for so many more; written by its own thread only

    [[nodiscard]] void* take() const noexcept {
        frame_block* const taken = first;
        if (taken == nullptr) [[unlikely]]
            return nullptr;
        first = taken->next;
        set_room(get_room() + 1);
        return taken;
    }
    [[nodiscard]] bool give_back(void* frame) const noexcept {
        unsigned left = 0;
        if (__builtin_sub_overflow(get_room(), 1U, &left)) [[unlikely]]
            return false;
        set_room(left);
        auto* const freed = static_cast<frame_block*>(frame);
        freed->next = first;
        first = freed;
        return true;
    }
    // relaxed: `count_frames`, on another thread, reads a statistic.
    [[nodiscard]] unsigned get_room() const noexcept {
        return __atomic_load_n(&room, __ATOMIC_RELAXED);
    }
    void set_room(unsigned now) const noexcept {
        __atomic_store_n(&room, now, __ATOMIC_RELAXED);  // relaxed: as above
    }
};

[[nodiscard]] inline void* take_frame(std::size_t size) {
    if (COIL_INLINE_FRAMES && size <= inline_frame_max) {
        const std::size_t index = inline_frame_class(size);
        void* const taken =
            frame_magazine{fine_frames[index], fine_frames_room[index]}.take();
        if (taken != nullptr) [[likely]]
            return taken;
    }
    return allocate_frame(size);
}

inline void give_frame_back(void* frame, std::size_t size) noexcept {
    if (COIL_INLINE_FRAMES && size <= inline_frame_max) {
        const std::size_t index = inline_frame_class(size);
        if (frame_magazine{fine_frames[index], fine_frames_room[index]}.give_back(
                frame)) [[likely]]
            return;
    }
    release_frame(frame, size);
}

}  // namespace coil::detail
