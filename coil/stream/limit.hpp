// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

#include <cstddef>

namespace coil {

namespace detail {

template <class S>
struct skip_step : step {
    using item = stream_item_t<S>;
    static constexpr const char* what = "skip";

    adapt has_item(item&) noexcept {
        if (left == 0) return adapt::give;
        --left;
        return adapt::ask;
    }
    [[nodiscard]] std::size_t remaining(std::size_t of_source) const noexcept {
        return of_source > left ? of_source - left : 0;
    }
    item give(item* from, outcome<no_call>&) { return move_or_end(from); }
    std::size_t left;
};

template <class S, class F>
struct take_while_step : step {
    using call_type = show_to_t<F, S>;
    using item = stream_item_t<S>;
    static constexpr const char* what = "take_while";

    call_type call(item* from) { return show_to(keeps, *from); }
    adapt has_result(outcome<settled_t<call_type>>& result) const noexcept {
        return static_cast<bool>(result.value()) ? adapt::give : adapt::close;
    }
    item give(item* from, outcome<settled_t<call_type>>&) { return move_or_end(from); }
    F keeps;
};

template <class S, class F>
struct skip_while_step : step {
    using call_type = show_to_t<F, S>;
    using item = stream_item_t<S>;
    static constexpr const char* what = "skip_while";

    adapt has_item(item&) const noexcept {
        return has_begun ? adapt::give : adapt::call;
    }
    call_type call(item* from) { return show_to(skips, *from); }
    adapt has_result(outcome<settled_t<call_type>>& result) noexcept {
        has_begun = !static_cast<bool>(result.value());
        return has_begun ? adapt::give : adapt::ask;
    }
    item give(item* from, outcome<settled_t<call_type>>&) { return move_or_end(from); }
    F skips;
    bool has_begun = false;
};

}  // namespace detail

/// `source | skip(count)`: what follows the first `count` items.
///
/// \snippet coil/stream/limit_test.cpp  the second page
///
/// Stop: reaches the source; items that were left out stay left out, and a stopped
/// `next()` does not count. Allocates: never.
inline auto skip(std::size_t count) noexcept {
    return detail::plain_adaptor<detail::skip_step, std::size_t>(count);
}

/// `source | take_while(keeps)`: the items before the first one for which `keeps`, sync
/// or async, gives false. That one is gone; what follows it stays in the source, which
/// is not asked again.
///
/// \snippet coil/stream/limit_test.cpp  the body of a letter
///
/// Errors: those of the source and of `keeps`, from `next()`; the item concerned is
/// gone. Stop: reaches both. With a sync `keeps` nothing is lost; stopped inside an
/// async one, the stream has ended. Allocates: never.
template <class F>
auto take_while(F keeps) {
    return detail::function_adaptor<F, detail::test_rule<detail::take_while_step>>(
        std::move(keeps));
}

/// `source | skip_while(skips)`: the first item for which `skips`, sync or async, gives
/// false, and all that follow it. Those are not asked about.
///
/// \snippet coil/stream/limit_test.cpp  the body of a letter
///
/// Errors, Stop, Allocates: as for `take_while`.
template <class F>
auto skip_while(F skips) {
    return detail::function_adaptor<F, detail::test_rule<detail::skip_while_step>>(
        std::move(skips));
}

}  // namespace coil
