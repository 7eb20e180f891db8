// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/detail/fine_frames.hpp>

namespace coil::detail {

// Alone in its file: a program with a frame source of its own links this, and not
// frame.cpp.
COIL_THREAD_LOCAL constinit frame_block* fine_frames[inline_frame_classes] = {};
COIL_THREAD_LOCAL constinit unsigned fine_frames_room[inline_frame_classes] = {};

}  // namespace coil::detail
