// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/status.hpp>

#include <string_view>

namespace coil::http {

/// Why bytes are not a request: the status to answer with, and a short text
/// for the log. The connection must close after the answer, because nobody
/// knows where the next request would begin.
struct parse_error {
    http::status status = http::status::bad_request;
    std::string_view reason = {};  // a literal; holds nothing of the peer's bytes
};

}  // namespace coil::http
