// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/core/frame.hpp>

#include <cstdio>

namespace coil::detail {

// Not beside the default source, which a program may replace.
void refuse_frame(std::size_t size, std::size_t room, bool is_taken) {
    if (is_taken)
        fatal("a frame_slot has one frame at a time, and a second one is made");
    char text[96] = "";
    std::snprintf(text, sizeof text,
                  "a frame of %zu bytes does not fit into a frame_slot<%zu>", size,
                  room);
    fatal(text);
}

}  // namespace coil::detail
