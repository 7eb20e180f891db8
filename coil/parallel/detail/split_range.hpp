// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/call.hpp>
#include <coil/core/yield.hpp>

#include <cstddef>
#include <iterator>

namespace coil::detail {

/// As std::ranges::random_access_range and sized_range: one that can be halved.
template <class R>
concept splittable_range = requires(R& r) {
    { std::ranges::begin(r) } -> std::random_access_iterator;
    { std::ranges::size(r) } -> std::convertible_to<std::size_t>;
};
template <class R>
using iterator_of = decltype(std::ranges::begin(std::declval<R&>()));
template <class R>
using element_of = std::iter_reference_t<iterator_of<R>>;

/// So many elements from an iterator on, and how many are not split any more.
template <class Iterator>
struct stretch {
    Iterator first;
    std::size_t size;
    std::size_t grain;

    [[nodiscard]] stretch left() const { return {first, size / 2, grain}; }
    [[nodiscard]] stretch right() const {
        using distance = std::iter_difference_t<Iterator>;
        return {first + static_cast<distance>(size / 2), size - size / 2, grain};
    }
};

template <class R>
stretch<iterator_of<R>> stretch_of(R& range, std::size_t grain) {
    COIL_EXPECTS(grain > 0 && "a part has at least one element");
    return {std::ranges::begin(range),
            static_cast<std::size_t>(std::ranges::size(range)), grain};
}

}  // namespace coil::detail
