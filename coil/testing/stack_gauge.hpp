// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>

#include <cstddef>
#include <cstdint>

namespace coil::testing {

/// The extent of the native stack at the places that looked: tests that something does
/// not grow it check `used() < stack_allowed`.
class stack_gauge {
public:
    COIL_NOINLINE void look() noexcept {
        // Not a local's address: AddressSanitizer keeps locals elsewhere.
        const auto at = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        low_ = at < low_ ? at : low_;
        high_ = at > high_ ? at : high_;
    }
    [[nodiscard]] std::size_t used() const noexcept { return high_ - low_; }

private:
    std::uintptr_t low_ = UINTPTR_MAX;
    std::uintptr_t high_ = 0;
};
inline constexpr std::size_t stack_allowed = 16 * 1024;

}  // namespace coil::testing
