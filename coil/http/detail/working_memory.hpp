// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/http/request_parser.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coil::http::detail {

/// A Date field's text: "Sun, 06 Nov 1994 08:49:37 GMT".
using date_text = std::array<char, 29>;

/// What a connection needs from a request's first byte to its response's last; one that
/// waits for a request has none.
struct working_memory {
    static constexpr std::size_t output_kept_max = 16 * 1024;

    explicit working_memory(const limits& of) noexcept : parser(of) {}
    /// For another connection.
    void make_blank() noexcept {
        parser.reset();
        // More is seldom used again.
        if (output.capacity() > output_kept_max) std::string().swap(output);
        output.clear();
        unread = {};
        sent = 0;
    }

    request_parser parser;
    std::string_view unread;  // of the input
    std::string output;       // to be sent
    std::size_t sent = 0;     // of it; may be ahead: a byte before there is any
    std::chrono::nanoseconds body_waited = {};  // for what the handler reads
    std::uint64_t body_received = 0;
    date_text date;                     // of the response that begins
    std::array<char, 16 * 1024> input;  // read from the peer; not initialized
};

/// The memory of connections that are idle now, for those that are not.
class memory_store {
public:
    using memory = std::unique_ptr<working_memory>;

    memory_store();
    /// Null if there is none.
    [[nodiscard]] memory take_kept() noexcept;
    /// Takes it if there is room.
    void keep(memory& used) noexcept;

private:
    static constexpr std::size_t kept_max = 256;
    std::vector<memory> kept_;
};

}  // namespace coil::http::detail
