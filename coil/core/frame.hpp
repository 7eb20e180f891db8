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
