// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>  // declares enable_view; <ranges> would cost more than all the rest

namespace coil {

namespace detail {
template <class R>
using range_iterator = decltype(std::ranges::begin(std::declval<R&>()));

/// As std::ranges::input_range.
template <class R>
concept readable_range = requires(R& r) {
    { std::ranges::begin(r) } -> std::input_iterator;
    std::ranges::end(r);
};
}  // namespace detail

/// A range as a stream, as `names | coil::filter(...)` makes it: a range given as an
/// lvalue, or a view, is borrowed and its items are pointers to its elements; any other
/// is owned and its elements are moved out.
///
/// A range that can be read only once (`std::views::istream`, a directory) keeps no
/// element behind the one it is at, so its items are values: copies, or moved out if
/// they cannot be copied. As in a `for`, it goes to an element when that is asked for.
///
/// \snippet coil/stream/range_stream_test.cpp  a range is a stream
///
/// Suspends: only to give way, when the turn's budget is spent.
template <class R>
class range_stream {
    using iterator = detail::range_iterator<R>;
    using sentinel = decltype(std::ranges::end(std::declval<R&>()));
    using reference = std::iter_reference_t<iterator>;
    static constexpr bool is_owned =
        !std::is_reference_v<R> && !std::ranges::enable_view<std::remove_cv_t<R>>;
    static constexpr bool is_read_once = !std::forward_iterator<iterator>;
    static constexpr bool is_borrowed =
        !is_owned && !is_read_once && std::is_lvalue_reference_v<reference>;

public:
    class next_leaf;
    using value_type = std::iter_value_t<iterator>;
    /// Something like `optional<value_type>`.
    using item = std::conditional_t<is_borrowed, std::add_pointer_t<reference>,
                                    std::optional<value_type>>;

    explicit range_stream(R&& range) : range_(std::forward<R>(range)) {}
    /// Requires: nothing was taken from `other`.
    range_stream(range_stream&& other) : range_(std::forward<R>(other.range_)) {
        COIL_EXPECTS(!other.at_.has_value() && "a range was moved while it was read");
    }
    range_stream& operator=(range_stream&&) = delete;
    ~range_stream() = default;

    [[nodiscard]] next_leaf next() noexcept { return next_leaf(*this); }
    /// How many elements are left.
    [[nodiscard]] std::size_t remaining()
        requires(std::forward_iterator<iterator> &&
                 std::sized_sentinel_for<sentinel, iterator>)
    {
        const iterator at = at_.has_value() ? *at_ : std::ranges::begin(range_);
        return static_cast<std::size_t>(std::ranges::end(range_) - at);
    }

private:
    static constexpr bool moves_out =
        is_owned || !std::constructible_from<value_type, reference>;

    item take() {
        if (!at_.has_value()) at_.emplace(std::ranges::begin(range_));
        iterator& at = *at_;
        if (must_advance_) {
            must_advance_ = false;
            ++at;
        }
        if (at == std::ranges::end(range_)) return item();
        item found = get(at);
        if constexpr (is_read_once) {
            must_advance_ = true;  // not yet: it may wait for its input
        } else {
            ++at;
        }
        return found;
    }
    static item get(iterator& at) {
        if constexpr (is_borrowed) {
            return std::addressof(*at);
        } else if constexpr (moves_out) {
            return item(std::in_place, std::ranges::iter_move(at));
        } else {
            return item(std::in_place, *at);
        }
    }

    R range_;
    std::optional<iterator> at_;
    bool must_advance_ = false;
};

template <class R>
range_stream(R&&) -> range_stream<R>;

/// The leaf behind `next()`.
template <class R>
class range_stream<R>::next_leaf : public leaf_of<next_leaf> {
public:
    static constexpr const char* what = "range";

    explicit next_leaf(range_stream& from) noexcept : from_(from) {}
    next_leaf(next_leaf&& other) noexcept : from_(other.from_) {
        COIL_EXPECTS(!other.parent());
    }
    [[nodiscard]] item await_resume() { return from_.take(); }

private:
    friend leaf_of<next_leaf>;
    [[nodiscard]] bool try_now() const noexcept { return true; }
    void start() const noexcept {}
    stop_answer on_stop() const noexcept { return stop_answer::ended; }

    range_stream& from_;
};

}  // namespace coil
