// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {
[[noreturn]] inline void rethrow(std::exception_ptr error) {
#if COIL_EXCEPTIONS
    std::rethrow_exception(std::move(error));
#else
    (void)error;
    fatal("an error reached code that is built without exceptions");
#endif
}
}  // namespace detail

/// What a `void` becomes where a value is needed, in a tuple for instance.
struct unit {
    friend bool operator==(unit, unit) = default;
};

/// `T`, or `unit` for `void`.
template <class T>
using value_or_unit = std::conditional_t<std::is_void_v<T>, unit, T>;

/// The three ways an await ends, as a value: value, error, or stopped.
///
/// `co_await as_outcome(x)` gives one; nothing else lets you look at a stop without
/// being unwound by it.
///
/// Requires: `value()` only if `has_value()`, `error()` only if `has_error()`.
template <class T = void>
class [[nodiscard]] outcome {
    static constexpr bool is_reference = std::is_reference_v<T>;
    using stored = std::conditional_t<is_reference, std::remove_reference_t<T>*,
                                      std::remove_const_t<value_or_unit<T>>>;

public:
    using value_type = T;

    /// Stopped.
    outcome() noexcept {}
    outcome(outcome&& other) noexcept(std::is_nothrow_move_constructible_v<stored>) {
        take_from(other);
    }
    outcome& operator=(outcome&& other) noexcept(
        std::is_nothrow_move_constructible_v<stored>) {
        if (this != &other) {
            clear();
            take_from(other);
        }
        return *this;
    }
    ~outcome() { destroy(); }

    [[nodiscard]] bool has_value() const noexcept { return kind_ == kind::value; }
    [[nodiscard]] bool has_error() const noexcept { return kind_ == kind::error; }
    [[nodiscard]] bool is_stopped() const noexcept { return kind_ == kind::stopped; }

    /// The value, by reference; for `void` a `unit`.
    [[nodiscard]] auto& value() & noexcept {
        COIL_EXPECTS(has_value());
        if constexpr (is_reference) {
            return *value_;
        } else {
            return value_;
        }
    }
    [[nodiscard]] const auto& value() const& noexcept {
        COIL_EXPECTS(has_value());
        if constexpr (is_reference) {
            return *value_;
        } else {
            return value_;
        }
    }
    [[nodiscard]] stored&& value() && noexcept
        requires(!is_reference)
    {
        return std::move(value());
    }
    [[nodiscard]] std::exception_ptr error() const noexcept {
        COIL_EXPECTS(has_error());
        return error_;
    }

    /// Gives the value or throws the error, as the await itself would have done.
    T take() {
        if (!has_value()) [[unlikely]]
            throw_instead();
        return take_value();
    }
    /// The same where the value is known to be there.
    T take_value() {
        COIL_ASSUME(kind_ == kind::value);
        if constexpr (is_reference) {
            return static_cast<T>(*value_);
        } else if constexpr (!std::is_void_v<T>) {
            return std::move(value_);
        }
    }

    template <class... Args>
    void set_value(Args&&... args) {
        if (kind_ != kind::stopped) [[unlikely]]
            clear();
        put_value(std::forward<Args>(args)...);
    }
    /// The same where no error can be there; a trivial value is overwritten.
    template <class... Args>
    void put_value(Args&&... args) {
        if constexpr (!std::is_trivially_destructible_v<stored>) {
            if (kind_ == kind::value) [[unlikely]]
                clear();
        }
        if constexpr (is_reference) {
            value_ = (std::addressof(args), ...);
        } else {
            ::new (place()) stored(std::forward<Args>(args)...);
        }
        kind_ = kind::value;
    }
    /// As `put_value`, of what `make()` gives: built in place, so it need not move.
    template <class Make>
    void put_made(Make&& make) {
        if constexpr (!std::is_trivially_destructible_v<stored>) {
            if (kind_ == kind::value) [[unlikely]]
                clear();
        }
        ::new (place()) stored(std::forward<Make>(make)());
        kind_ = kind::value;
    }
    void set_error(std::exception_ptr error) noexcept {
        clear();
        ::new (static_cast<void*>(&error_)) std::exception_ptr(std::move(error));
        kind_ = kind::error;
    }
    void clear() noexcept {
        destroy();
        kind_ = kind::stopped;
    }

private:
    enum class kind : unsigned char { stopped, value, error };

    [[noreturn, gnu::noinline, gnu::cold]] void throw_instead() {
        COIL_EXPECTS(has_error() && "it has neither a value nor an error");
        detail::rethrow(std::move(error_));
    }
    COIL_TAG_RULES_BEGIN
    void destroy() noexcept {
        if (kind_ == kind::value) value_.~stored();
        if (kind_ == kind::error) error_.~exception_ptr();
    }
    void* place() noexcept {
        return const_cast<void*>(static_cast<const void*>(std::addressof(value_)));
    }
    void take_from(outcome& other) {
        if (other.kind_ == kind::value) {
            ::new (place()) stored(std::move(other.value_));
        } else if (other.kind_ == kind::error) {
            ::new (static_cast<void*>(&error_))
                std::exception_ptr(std::move(other.error_));
        }
        kind_ = other.kind_;
        other.clear();
    }
    COIL_TAG_RULES_END

    union {
        stored value_;
        std::exception_ptr error_;
    };
    kind kind_ = kind::stopped;
};

}  // namespace coil
