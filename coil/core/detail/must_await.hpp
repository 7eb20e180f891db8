// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>

#include <exception>
#include <utility>

namespace coil::detail {

/// Part of a recipe that holds an object with an async destructor: if the recipe is
/// destroyed and nobody has awaited it, that object would be lost. Debug builds stop
/// there.
template <bool HoldsDrop>
class must_await {
public:
    must_await() = default;
    must_await(must_await&& other) noexcept
        : is_armed_(std::exchange(other.is_armed_, false)) {}
    must_await& operator=(must_await&&) = delete;
    ~must_await() {
#if !defined(NDEBUG)
        // An exception on the way to the co_await leaves no place to drop it either.
        if (is_armed_ && std::uncaught_exceptions() == 0)
            fatal(
                "a with, own or drop was never awaited, and the object in it cannot be "
                "dropped any more: write co_await");
#endif
    }

    void is_awaited() noexcept { is_armed_ = false; }

private:
    bool is_armed_ = true;
};
template <>
class must_await<false> {
public:
    void is_awaited() const noexcept {}
};

}  // namespace coil::detail
