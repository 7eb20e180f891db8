// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>

#include <cstddef>
#include <cstdint>

namespace coil::http {

/// What one HTTP server grants to its peers, all of it on by default.
///
/// A peer that passes a limit on what it sends is answered with the status
/// named beside it and the connection closes. The parser reads the sizes, the
/// server reads the rest. A route that streams may raise its own body limit.
struct limits {
    // One request's size.
    std::size_t request_line_bytes_max = 8 * 1024;  // 414
    std::size_t header_bytes_max = 16 * 1024;       // 431
    std::size_t header_count_max = 100;             // 431
    std::uint64_t body_bytes_max = 1024 * 1024;     // 413
    std::size_t chunk_extension_bytes_max = 1024;  // 400; of one body, not of one chunk
    std::size_t trailer_bytes_max = 4 * 1024;      // 431
    std::size_t trailer_count_max = 32;            // 431

    // One request's pace.
    std::chrono::nanoseconds header_timeout = std::chrono::seconds{10};  // 408
    std::uint64_t body_bytes_per_second_min = 240;                       // 408
    std::chrono::nanoseconds body_rate_grace = std::chrono::seconds{5};
    std::chrono::nanoseconds handler_timeout = std::chrono::seconds{30};  // 503
    std::chrono::nanoseconds write_timeout = std::chrono::seconds{30};  // of each write

    // One connection.
    std::chrono::nanoseconds keep_alive_timeout = std::chrono::seconds{60};
    std::size_t requests_per_connection_max = 1000;

    // The server.
    std::size_t connections_max = 10'000;
    // Not of loopback, where a proxy of this machine speaks for many clients.
    std::size_t connections_per_address_max = 256;
    std::size_t requests_in_flight_max = 512;                    // 503
    std::chrono::seconds retry_after = std::chrono::seconds{1};  // told with that 503
    std::chrono::nanoseconds drain_timeout = std::chrono::seconds{20};
    std::chrono::nanoseconds stop_timeout = std::chrono::seconds{5};  // after the drain
};

}  // namespace coil::http
