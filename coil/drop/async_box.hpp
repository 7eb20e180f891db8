// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/sendable.hpp>
#include <coil/drop/detail/kept.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace coil {

/// Owns one object on the heap that has an async destructor, or none: a
/// `std::unique_ptr` that has an `async_drop()` itself, and overwrites nothing
/// silently.
///
/// For a base with a virtual `async_drop()`, for what has to stay where it is, and for
/// types that hold themselves. What may be missing and can move is smaller in an
/// `async_optional`.
///
/// \snippet coil/drop/async_box_test.cpp  a box of a base
///
/// One that is destroyed with an object in it ends the program in debug builds; in
/// others it is destroyed without its drop. coil-check finds that before.
/// Errors: none; an exception that escapes from a drop ends the program.
/// Stop: lets a drop finish.
/// Threads: one at a time; sendable if `T` is.
/// Allocates: nothing but the object.
template <class T>
class async_box : public detail::kept<T, std::unique_ptr<T>> {
    using base = detail::kept<T, std::unique_ptr<T>>;

public:
    using element_type = T;

    async_box() = default;
    async_box(std::nullptr_t) noexcept {}
    explicit async_box(std::unique_ptr<T> object) noexcept : base(std::move(object)) {}
    async_box(async_box&&) noexcept = default;
    using base::operator=;  // refused, with a text
    template <class Derived>
        requires(!std::same_as<Derived, T> && std::convertible_to<Derived*, T*>)
    async_box(async_box<Derived>&& other) noexcept : base(other.release()) {}

    explicit operator bool() const noexcept { return this->held_ != nullptr; }
    [[nodiscard]] T* get() const noexcept { return this->held_.get(); }
    /// Requires: it is not empty.
    [[nodiscard]] T& operator*() const noexcept {
        COIL_EXPECTS(get() != nullptr && "the box holds an object");
        return *get();
    }
    /// Requires: it is not empty.
    [[nodiscard]] T* operator->() const noexcept { return std::addressof(**this); }

    /// Holds the object of `next` from the `co_await` on, which drops the old one.
    [[nodiscard]] auto replace(async_box next) noexcept {
        return this->drop_for(std::move(next));
    }
    /// Drops the object. The box is empty from the `co_await` on.
    [[nodiscard]] auto reset() noexcept { return this->async_drop(); }
};

/// Makes an object and its box.
///
/// Throws: what its constructor throws, and `std::bad_alloc`.
template <class T, class... Args>
[[nodiscard]] async_box<T> make_async_box(Args&&... args) {
    return async_box<T>(std::make_unique<T>(std::forward<Args>(args)...));
}

template <class T>
inline constexpr bool enable_sendable<async_box<T>> = is_sendable_v<T>;
template <class T>
inline constexpr bool enable_shareable<async_box<T>> = is_shareable_v<T>;

}  // namespace coil
