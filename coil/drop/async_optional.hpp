// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/drop/detail/kept.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace coil {

/// Holds one object that has an async destructor, or none: a `std::optional` that has
/// an `async_drop()` itself, and overwrites nothing silently.
///
/// \snippet coil/drop/async_optional_test.cpp  a connection that is made when needed
///
/// One that is destroyed with an object in it ends the program in debug builds; in
/// others it is destroyed without its drop. coil-check finds that before.
/// Errors: none; an exception that escapes from a drop ends the program.
/// Stop: lets a drop finish.
/// Threads: one at a time; sendable if `T` is.
/// Memory: that of the object, in place; it moves when it is replaced or reset.
/// Allocates: nothing.
template <class T>
class async_optional : public detail::kept<T, std::optional<T>> {
    using base = detail::kept<T, std::optional<T>>;

public:
    using value_type = T;

    async_optional() = default;
    async_optional(std::nullopt_t) noexcept {}
    async_optional(std::optional<T>&& object) noexcept : base(std::move(object)) {
        static_assert(std::is_nothrow_move_constructible_v<T>,
                      "an object that could not be moved would be lost");
    }
    async_optional(T&& object) noexcept : async_optional(std::optional<T>()) {
        this->held_.emplace(std::move(object));
    }
    async_optional(async_optional&&) noexcept = default;
    using base::operator=;  // refused, with a text

    [[nodiscard]] bool has_value() const noexcept { return this->held_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    /// Requires: it is not empty.
    [[nodiscard]] T& value() noexcept {
        COIL_EXPECTS(has_value() && "the optional holds an object");
        return *this->held_;
    }
    /// Requires: it is not empty.
    [[nodiscard]] const T& value() const noexcept {
        COIL_EXPECTS(has_value() && "the optional holds an object");
        return *this->held_;
    }
    [[nodiscard]] T& operator*() noexcept { return value(); }
    [[nodiscard]] const T& operator*() const noexcept { return value(); }
    [[nodiscard]] T* operator->() noexcept { return std::addressof(value()); }
    [[nodiscard]] const T* operator->() const noexcept {
        return std::addressof(value());
    }

    /// Makes an object in place.
    ///
    /// Requires: it is empty; else there is `replace`.
    /// Throws: what the constructor throws; then it is empty.
    template <class... Args>
    T& emplace(Args&&... args) {
        COIL_EXPECTS(!has_value() && "the optional is empty: else co_await replace()");
        return this->held_.emplace(std::forward<Args>(args)...);
    }
    /// Holds `next` from the `co_await` on, which drops the old object.
    [[nodiscard]] auto replace(async_optional next) noexcept {
        return this->drop_for(std::move(next));
    }
    /// Drops the object. The optional is empty from the `co_await` on.
    [[nodiscard]] auto reset() noexcept { return this->async_drop(); }
};

}  // namespace coil
