// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/http/response.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coil::http {

/// One server-sent event: a message pushed to a page over a response that does
/// not end.
struct server_event {
    std::string_view data = {};   // may have several lines
    std::string_view event = {};  // its name; empty: "message"
    std::string_view id = {};     // the page repeats the last one when it reconnects
    std::optional<std::chrono::milliseconds> retry = {};  // pause before it does
};

/// The media type of a stream of them.
inline constexpr media_type event_stream_type = "text/event-stream";

/// Appends `event` in the format of its stream. Whatever `data` holds, the page
/// receives one event; each of its line ends arrives as LF.
///
/// Throws: `std::invalid_argument` if `event` or `id` has a line end or NUL,
/// which could pass for fields or events of their own, or `retry` is negative, which a
/// page would pass over; `out` is unchanged.
void append_event(std::string& out, const server_event& event);

/// Appends a comment, which the page does not see: sent now and then, it keeps
/// proxies from closing a quiet stream. Its line ends become spaces.
void append_comment(std::string& out, std::string_view text);

}  // namespace coil::http
