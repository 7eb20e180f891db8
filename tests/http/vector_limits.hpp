// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/limits.hpp>

namespace coil::http {

/// Small, so that the requests which pass them stay short.
[[nodiscard]] inline limits vector_limits() {
    limits small;
    small.request_line_bytes_max = 96;
    small.header_bytes_max = 256;
    small.header_count_max = 8;
    small.body_bytes_max = 64;
    small.chunk_extension_bytes_max = 32;
    small.trailer_bytes_max = 64;
    small.trailer_count_max = 3;
    return small;
}

}  // namespace coil::http
