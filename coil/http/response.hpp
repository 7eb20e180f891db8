// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/fields.hpp>
#include <coil/http/status.hpp>
#include <coil/stream/generator.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coil::http {

/// The text of a Content-Type, as a literal: it costs no allocation and cannot
/// hold anything of a peer's. For one made at run time, set the field instead.
struct media_type {
    media_type() = default;

    template <std::size_t Size>
    consteval media_type(const char (&literal)[Size]) : text(literal, Size - 1) {
        for (const char c : text) {
            if (c < ' ' || c == 0x7F) throw "a media type has no control character";
        }
    }

    std::string_view text;
};

/// What a handler answers: status, header fields, and a body held as a whole.
///
/// Fields about the message's framing (Content-Length, Transfer-Encoding, Date)
/// are not the handler's: the writer knows them and drops what `fields` says.
/// `Connection: close` is obeyed.
///
/// \snippet coil/http/response_test.cpp  a response in one expression
struct response {
    http::status status = http::status::ok;
    media_type content_type = {};  // a Content-Type among `fields` wins
    http::fields fields = {};
    std::string body = {};
    /// A body that arrives piece by piece, instead of `body`.
    std::optional<generator<std::string>> stream = {};

    [[nodiscard]] static response text(std::string body);
    [[nodiscard]] static response html(std::string body);
    [[nodiscard]] static response json(std::string body);
    [[nodiscard]] static response bytes(std::string body, media_type type);

    /// A body of pieces as `pieces` yields them, sent as they come.
    ///
    /// Lifetime: `pieces` runs after the handler has returned and its locals are gone,
    /// so it takes what it needs by value. The request lives until all is sent.
    [[nodiscard]] static response streaming(generator<std::string> pieces,
                                            media_type type);

    /// A status whose body, if it may have one, is its phrase as text.
    /// A handler's status must be a final one, of 200 to 999; else 500 is sent.
    [[nodiscard]] static response of(http::status status);
    [[nodiscard]] static response not_found();

    /// Sends the client elsewhere, by default to be read there with GET.
    ///
    /// Throws: `std::invalid_argument` if `location` has a control character.
    [[nodiscard]] static response redirect(
        std::string_view location, http::status status = http::status::see_other);

    [[nodiscard]] response with_status(http::status code) &&;

    /// Throws: as `fields::add`.
    [[nodiscard]] response with_field(std::string_view name, std::string_view value) &&;
};

}  // namespace coil::http
