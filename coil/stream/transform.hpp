// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

#include <cstddef>
#include <vector>

namespace coil {

namespace detail {

template <class S>
struct enumerate_step : one_for_one {
    using item = std::optional<std::pair<std::size_t, given_item_t<S>>>;
    static constexpr const char* what = "enumerate";

    adapt has_item(stream_item_t<S>&) const noexcept { return adapt::give; }
    item give(stream_item_t<S>* from, outcome<no_call>&) {
        if (from == nullptr) return std::nullopt;
        return item(std::in_place, count++, give_item(*from));
    }
    std::size_t count = 0;
};

template <class S, class F>
struct inspect_step : one_for_one {
    using call_type = show_to_t<F, S>;
    using item = stream_item_t<S>;
    static constexpr const char* what = "inspect";

    call_type call(item* from) { return show_to(look, *from); }
    item give(item* from, outcome<settled_t<call_type>>&) { return move_or_end(from); }
    F look;
};

/// Gives what is in the optionals of a function; `Empty` says what an empty one means.
template <class S, class F, adapt Empty>
struct optional_step : step {
    using call_type = call_with_t<F, S>;
    using item = std::remove_cvref_t<settled_t<call_type>>;
    static constexpr const char* what = Empty == adapt::ask ? "filter_map" : "scan";

    call_type call(stream_item_t<S>* from) { return call_with(f, *from); }
    adapt has_result(outcome<settled_t<call_type>>& result) const noexcept {
        return static_cast<bool>(result.value()) ? adapt::give : Empty;
    }
    item give(stream_item_t<S>* from, outcome<settled_t<call_type>>& result) {
        return from != nullptr ? result.take() : item();
    }
    F f;
};
template <class S, class F>
using filter_map_step = optional_step<S, F, adapt::ask>;
template <class S, class F>
using scan_step = optional_step<S, F, adapt::close>;

/// What `scan` calls: a function with its state, which stays where it is.
template <class T, class F>
struct scan_items {
    template <class Item>
        requires std::invocable<F&, T&, Item>
    decltype(auto) operator()(Item&& item) {
        return detail::invoke(f, state, std::forward<Item>(item));
    }
    T state;
    F f;
};

template <class S>
struct chunk_step : step {
    using call_type = bool;
    using values = std::vector<stream_value_t<S>>;
    using item = std::optional<values>;
    static constexpr const char* what = "chunk";

    bool call(stream_item_t<S>* from) {
        kept.push_back(give_item(*from));
        return kept.size() == size;
    }
    adapt has_result(outcome<bool>& is_full) const noexcept {
        return is_full.value() ? adapt::give : adapt::ask;
    }
    [[nodiscard]] std::size_t remaining(std::size_t of_source) const noexcept {
        const std::size_t all = of_source + kept.size();
        return all / size + (all % size == 0 ? 0 : 1);
    }
    item give(void*, outcome<bool>&) {
        return kept.empty() ? item() : item(std::exchange(kept, values()));
    }
    std::size_t size;
    values kept = {};
};

/// Asks the stream that the source gave, as long as there is one.
template <class S>
struct flatten_step : step {
    using inner = as_stream_t<given_item_t<S>>;
    using call_type = stream_next_t<inner>;
    using item = stream_item_t<inner>;
    static constexpr bool is_resumable = is_resumable_v<inner>;
    static constexpr const char* what = "flatten";

    adapt begin() const noexcept {
        return current.has_value() ? adapt::call : adapt::ask;
    }
    call_type call(stream_item_t<S>* from) {
        if (!current.has_value()) current.emplace(to_stream(give_item(*from)));
        return current->get().next();
    }
    adapt has_result(outcome<item>& result) noexcept {
        if (static_cast<bool>(result.value())) return adapt::give;
        current.reset();
        return adapt::ask;
    }
    item give(void*, outcome<item>& result) {
        return result.has_value() ? result.take() : item();
    }
    std::optional<source<inner>> current = std::nullopt;
};
struct flatten_adaptor : adaptor {
    template <class S>
    auto apply(S&& from) const {
        constexpr bool fits = adaptable<given_item_t<S>>;
        static_assert(fits, "coil::flatten needs a stream of streams, or of ranges");
        if constexpr (fits) {
            return adapted_stream<S, flatten_step<S>>(std::forward<S>(from));
        } else {
            return no_stream();
        }
    }
};

}  // namespace detail

/// `source | enumerate()`: each item with its number, from 0, as a `std::pair`: what is
/// borrowed stands in it as a reference.
///
/// \snippet coil/stream/transform_test.cpp  numbered lines
///
/// Stop: reaches the source; nothing is lost. Allocates: never.
inline auto enumerate() noexcept {
    return detail::plain_adaptor<detail::enumerate_step>();
}

/// `source | inspect(look)`: all items, each after `look`, sync or async, has seen it.
///
/// \snippet coil/stream/transform_test.cpp  what was read
///
/// Errors: those of the source and of `look`, from `next()`; the item concerned is
/// gone. Stop: reaches both. With a sync `look` nothing is lost; stopped inside an
/// async one, the stream has ended. Allocates: never.
template <class F>
auto inspect(F look) {
    return detail::function_adaptor<F, detail::shown_rule<detail::inspect_step>>(
        std::move(look));
}

/// `source | filter_map(f)`: what is in the optionals that `f`, sync or async, makes of
/// the items; an empty one leaves its item out.
///
/// \snippet coil/stream/transform_test.cpp  the numbers among words
///
/// Errors, Stop, Allocates: as for `map`.
template <class F>
auto filter_map(F f) {
    return detail::function_adaptor<F, detail::optional_rule<detail::filter_map_step>>(
        std::move(f));
}

/// `source | scan(state, f)`: what is in the optionals that `f(state, item)`, sync or
/// async, gives; an empty one ends the stream. `f` gets the state as an lvalue and may
/// change it; so may an async one, as the state stays where it is while it runs.
///
/// \snippet coil/stream/transform_test.cpp  until the purse is empty
///
/// Errors, Stop, Allocates: as for `map`.
template <class T, class F>
auto scan(T state, F f) {
    using scan = detail::scan_items<T, F>;
    return detail::function_adaptor<scan, detail::optional_rule<detail::scan_step>>(
        scan{std::move(state), std::move(f)});
}

/// `source | flatten()`: the items of a stream of streams, or of ranges, one of them
/// after the other.
///
/// \snippet coil/stream/transform_test.cpp  the lines of all files
///
/// Errors: the source's, from `next()`, and those of a stream that it gave; whether
/// that one goes on is its affair. Stop: reaches the source, or the stream that it
/// gave; nothing is lost where both are resumable. Stopped inside a generator that the
/// source gave, the stream has ended. Allocates: never.
inline auto flatten() noexcept {
    return detail::flatten_adaptor();
}

/// `source | chunk(size)`: vectors of `size` items each; the last may have fewer. What
/// is borrowed is copied.
///
/// \snippet coil/stream/transform_test.cpp  rows by the hundred
///
/// Requires: `size` is at least 1.
/// Errors: the source's, from `next()`; items read before are in the next chunk.
/// Stop: reaches the source; items read before are in the next chunk.
/// Allocates: what the vectors do.
inline auto chunk(std::size_t size) {
    COIL_EXPECTS(size > 0);
    return detail::plain_adaptor<detail::chunk_step, std::size_t>(size);
}

}  // namespace coil
