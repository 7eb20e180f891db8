// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

#include <algorithm>
#include <cstddef>

namespace coil {

namespace detail {

template <class S>
struct take_step : step {
    using item = stream_item_t<S>;
    static constexpr const char* what = "take";

    adapt begin() const noexcept { return left == 0 ? adapt::close : adapt::ask; }
    adapt has_item(item&) noexcept {
        if (!COIL_PLANTED(take_never_ends)) --left;
        return adapt::give;
    }
    [[nodiscard]] std::size_t remaining(std::size_t of_source) const noexcept {
        return std::min(of_source, left);
    }
    item give(item* from, outcome<no_call>&) { return move_or_end(from); }
    std::size_t left;
};

}  // namespace detail

/// `source | take(count)`: the first `count` items, then the end. What follows them
/// stays in the source, which is not asked again.
///
/// \snippet coil/stream/take_test.cpp  the first two
///
/// Stop: reaches the source; a stopped `next()` does not count.
/// Allocates: never.
inline auto take(std::size_t count) noexcept {
    return detail::plain_adaptor<detail::take_step, std::size_t>(count);
}

}  // namespace coil
