// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>

namespace coil::http {

/// Counts of a server since it began.
struct server_stats {
    std::uint64_t connections = 0;  ///< Accepted.
    std::uint64_t refused = 0;      ///< Connections over a limit, closed at once.
    std::uint64_t requests = 0;     ///< Answered, by whatever status.
    std::uint64_t shed = 0;         ///< Of these, 503 for want of room.
    std::uint64_t vanished = 0;     ///< Requests whose client went away.
    std::uint64_t malformed = 0;    ///< Answered by an error and closed.
    std::size_t open = 0;           ///< Connections now.
    std::size_t in_flight = 0;      ///< Requests in their handlers now.
    std::size_t in_flight_peak = 0;
};

}  // namespace coil::http
