// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coil::http {

/// One header field that someone else stores.
struct field_view {
    std::string_view name;
    std::string_view value;
};

/// Whether two field names are the same: letters match in any case.
[[nodiscard]] bool is_same_name(std::string_view left, std::string_view right) noexcept;

/// Header fields of a message to send.
///
/// Kept as the very lines that go out, so that sending them is one copy and
/// having a few costs one allocation. For the fields of a received message,
/// see `field_list`.
///
/// \snippet coil/http/fields_test.cpp  fields of a response
class fields {
public:
    /// Appends a field, next to others of the same name.
    ///
    /// Throws: `std::invalid_argument` for a name that is no token or a value
    /// with a control character: both could smuggle in lines of their own.
    void add(std::string_view name, std::string_view value);

    /// Replaces all fields of that name by one. Throws: as `add`.
    void set(std::string_view name, std::string_view value);

    /// Removes all fields of that name; does nothing without one.
    void remove(std::string_view name) noexcept;

    /// Returns: the first value, until the next change.
    [[nodiscard]] std::optional<std::string_view> find(
        std::string_view name) const noexcept;

    [[nodiscard]] bool is_empty() const noexcept { return lines_.empty(); }

    /// Every field as a line, each with its CRLF.
    [[nodiscard]] std::string_view as_lines() const noexcept { return lines_; }

private:
    std::string lines_;
};

}  // namespace coil::http
