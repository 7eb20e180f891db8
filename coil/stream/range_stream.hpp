// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>

#include <optional>
#include <ranges>

namespace coil {

/// A range as a stream, as `names | coil::filter(...)` makes it: a range given as an
/// lvalue, or a view, is borrowed and its items are pointers to its elements; any other
/// is owned and its elements are moved out.
///
/// \snippet coil/stream/range_stream_test.cpp  a range is a stream
///
/// Suspends: only to give way, when the turn's budget is spent.
template <class R>
class range_stream {
    using iterator = std::ranges::iterator_t<R>;
    static constexpr bool is_owned =
        !std::is_reference_v<R> && !std::ranges::view<std::remove_cv_t<R>>;
    static constexpr bool is_borrowed =
        !is_owned && std::is_lvalue_reference_v<std::ranges::range_reference_t<R>>;

public:
    class next_leaf;
    using value_type = std::ranges::range_value_t<R>;
    /// Something like `optional<value_type>`.
    using item =
        std::conditional_t<is_borrowed,
                           std::add_pointer_t<std::ranges::range_reference_t<R>>,
                           std::optional<value_type>>;

    explicit range_stream(R&& range) : range_(std::forward<R>(range)) {}
    /// Requires: nothing was taken from `other`.
    range_stream(range_stream&& other) : range_(std::forward<R>(other.range_)) {
        COIL_EXPECTS(!other.at_.has_value() && "a range was moved while it was read");
    }
    range_stream& operator=(range_stream&&) = delete;
    ~range_stream() = default;

    [[nodiscard]] next_leaf next() noexcept { return next_leaf(*this); }

private:
    item take() {
        if (!at_.has_value()) at_.emplace(std::ranges::begin(range_));
        iterator& at = *at_;
        if (at == std::ranges::end(range_)) return item();
        if constexpr (is_borrowed) {
            const item found = std::addressof(*at);
            ++at;
            return found;
        } else {
            item found;
            if constexpr (is_owned) {
                found.emplace(std::ranges::iter_move(at));
            } else {
                found.emplace(*at);
            }
            ++at;
            return found;
        }
    }

    R range_;
    std::optional<iterator> at_;
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
