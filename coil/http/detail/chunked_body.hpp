// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/limits.hpp>
#include <coil/http/parse_error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace coil::http::detail {

// Takes the chunked coding off a body (RFC 9112 section 7.1), piece by piece.
// Trailer fields are checked and dropped: no handler may take them for fields
// that were there when the request was routed.
class chunked_body {
public:
    enum class outcome : std::uint8_t { need_more, piece, done, failed };

    struct step {
        chunked_body::outcome outcome = outcome::need_more;
        std::size_t consumed = 0;
        std::string_view piece;  // of `input`
    };

    // Prepares for the next body; keeps memory.
    void start() noexcept;

    void release_memory() noexcept { std::string().swap(line_); }

    [[nodiscard]] step parse(std::string_view input, const limits& limits,
                             std::uint64_t body_bytes_max);

    [[nodiscard]] const parse_error& error() const noexcept { return error_; }

private:
    enum class state : std::uint8_t {
        size_first,
        size_more,
        extension_name_first,
        extension_name,
        extension_value_first,
        extension_value,
        extension_quoted,
        extension_escaped,
        extension_quoted_end,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer,
    };

    [[nodiscard]] bool take_framing(char c, const limits& limits,
                                    std::uint64_t body_bytes_max);
    [[nodiscard]] bool take_size(char c);
    [[nodiscard]] bool take_extension(char c);
    [[nodiscard]] bool begin_data(char c, std::uint64_t body_bytes_max);
    [[nodiscard]] step take_data(std::string_view input, std::size_t begin);
    [[nodiscard]] step take_trailer(std::string_view input, std::size_t begin,
                                    const limits& limits);
    [[nodiscard]] bool take_trailer_line(std::string_view line, const limits& limits);
    bool fail(status code, std::string_view reason) noexcept;

    state state_ = state::size_first;
    std::uint8_t size_digits_ = 0;
    std::uint64_t chunk_left_ = 0;  // of the chunk's data; its size while that is read
    std::uint64_t body_size_ = 0;   // of all chunks begun
    std::size_t extension_size_ = 0;
    std::size_t trailer_size_ = 0;
    std::size_t trailer_count_ = 0;
    std::string line_;  // a trailer line that has not ended yet
    parse_error error_;
};

}  // namespace coil::http::detail
