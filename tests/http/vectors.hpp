// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coil::http {

enum class step_kind : unsigned char {
    send,        // the client sends `text`
    half_close,  // and says that no more will come
    answer,      // the server answers with `status`, and with the body `text`
    head,        // as `answer`, but to HEAD: no body
    has_field,   // that answer has the line `text`
    no_field,    // it has no field named `text`
    end,         // the server closes
};

/// One step of a conversation that a vector tells of.
struct vector_step {
    step_kind kind = step_kind::send;
    std::string text = {};
    unsigned status = 0;
};

/// What a client may do, and what must come of it. The files in tests/http/vectors
/// hold them, one paragraph each:
///
///     == a body of known length        its name
///     RFC 9112 6.2                     what says so
///     >POST /a HTTP/1.1                the client sends this line, with CRLF
///     >Content-Length: 5
///     >
///     -hello                           the client sends this, without a line end
///     <200 hello                       the server answers, with this body
///     <Path: /a                        that answer has this field
///     <!Query                          and none of this name
///     .                                the client sends no more
///     <end                             the server closes
///
/// `<head 200` is an answer to HEAD, and the body of an error is not looked at. Without
/// `<end` the connection stays, and another request is answered. A line of the client's
/// may hold \r, \n, \t, \\, \xHH, and \{8*a} for eight times "a". `#` begins a comment.
struct request_vector {
    std::string_view category;
    std::string name;
    std::string section;
    std::vector<vector_step> steps;

    [[nodiscard]] std::string bytes() const;  ///< All that the client sends.
    [[nodiscard]] std::size_t answer_count() const noexcept;  ///< Without those of 1xx.
    [[nodiscard]] unsigned last_status() const noexcept;
    [[nodiscard]] bool ends() const noexcept;
};

inline constexpr std::string_view vector_categories[] = {
    "compliance", "smuggling", "malformed", "normalisation", "cookies", "capabilities"};

/// All of them, from the root of the repository, read once.
///
/// Throws: `std::runtime_error`, with file and line, if one is not written as above.
[[nodiscard]] const std::vector<request_vector>& all_request_vectors();

}  // namespace coil::http
