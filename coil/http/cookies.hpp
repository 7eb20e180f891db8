// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/http/fields.hpp>
#include <coil/http/request_head.hpp>

#include <optional>
#include <string_view>

namespace coil::http {

/// The value of the cookie `name` that a request brings (RFC 6265 section 5.4), as the
/// client sent it: quotes are its own, nothing is decoded. Of several it is the first,
/// which belongs to the longest path.
///
/// Returns: nothing if there is none. Names differ by case.
///
/// Lifetime: as the fields.
[[nodiscard]] std::optional<std::string_view> find_cookie(
    const field_list& fields, std::string_view name) noexcept;

/// Which requests from other sites a cookie goes with.
enum class same_site : std::uint8_t { strict, lax, none };

/// A cookie to give to a client. What is not said is the safest: it lives as long as
/// the browser does, and neither scripts nor forms of other sites nor plain HTTP get
/// it.
///
/// \snippet coil/http/cookies_test.cpp  a cookie and back
struct new_cookie {
    std::string_view name;
    std::string_view value;
    std::string_view path = "/";
    std::string_view domain = {};                      // empty: this host alone
    std::optional<std::chrono::seconds> max_age = {};  // zero removes the cookie
    http::same_site same_site = http::same_site::lax;
    bool is_secure = true;
    bool is_http_only = true;
};

/// Adds `cookie` to the fields of a response, as a Set-Cookie field of its own.
///
/// Throws: `std::invalid_argument` for a name, value, path or domain outside RFC 6265's
/// grammar, which could pass for attributes or fields of its own; `to` is unchanged.
void add_cookie(fields& to, const new_cookie& cookie);

}  // namespace coil::http
