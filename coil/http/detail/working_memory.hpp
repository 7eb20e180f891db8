// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/request_parser.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coil::http::detail {

/// What a connection needs from a request's first byte to its response's last; one that
/// waits for a request has none.
struct working_memory {
    static constexpr std::size_t output_kept_max = 16 * 1024;

    explicit working_memory(const limits& of) noexcept : parser(of) {}

    request_parser parser;
    std::string_view unread;  // of the input
    std::string output;       // to be sent
    std::size_t sent = 0;     // of it; may be ahead: a byte before there is any
    std::array<char, 16 * 1024> input;  // read from the peer; not initialized
};

/// The memory of connections that are idle now, for those that are not.
class memory_store {
public:
    using memory = std::unique_ptr<working_memory>;

    explicit memory_store(const limits& of);
    [[nodiscard]] memory take();
    void give_back(memory used) noexcept;

private:
    static constexpr std::size_t kept_max = 256;
    const limits& limits_;
    std::vector<memory> kept_;
};

}  // namespace coil::http::detail
