// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace coil::http {

enum class method : std::uint8_t {
    get,
    head,
    post,
    put,
    delete_,
    options,
    patch,
    trace,
    connect,
    other,  // see `request_head::method_text`
};

enum class version : std::uint8_t { http_1_0, http_1_1 };

/// The fields of a received message, in the order received.
class field_list {
public:
    field_list() = default;
    explicit field_list(std::span<const field_view> fields) noexcept
        : fields_(fields) {}

    /// Returns: the value of the first field of that name, in any case.
    [[nodiscard]] std::optional<std::string_view> find(
        std::string_view name) const noexcept {
        for (const field_view& field : fields_) {
            if (is_same_name(field.name, name)) {
                return field.value;
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::size_t count() const noexcept { return fields_.size(); }
    [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
    [[nodiscard]] auto end() const noexcept { return fields_.end(); }

private:
    std::span<const field_view> fields_;
};

/// What a request says before its body. Every text is as received: nothing is
/// percent-decoded, and letters keep their case.
///
/// Lifetime: the texts are views into the parser that read them, until that
/// parser begins the next request.
struct request_head {
    http::method method = method::get;
    http::version version = version::http_1_1;
    bool is_chunked = false;
    bool keep_alive = true;  // what the client wishes; the server may still close
    bool expects_continue =
        false;  // the client waits for "100 Continue" before its body
    std::string_view method_text;
    std::string_view target;  // whole, in any of its four forms
    std::string_view path;    // "/" at least; "*" for `OPTIONS *`
    std::string_view query;   // after the first '?'; empty without one
    std::string_view
        authority;  // of an absolute target, else of Host; empty without both
    field_list fields;
    std::optional<std::uint64_t> content_length;

    [[nodiscard]] bool has_body() const noexcept {
        return is_chunked || content_length.value_or(0) != 0;
    }
};

}  // namespace coil::http
