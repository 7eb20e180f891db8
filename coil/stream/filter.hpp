// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

namespace coil {

namespace detail {

template <class S, class F>
struct filter_step : step {
    using call_type = show_to_t<F, S>;
    using item = stream_item_t<S>;
    static constexpr const char* what = "filter";

    call_type call(item* from) { return show_to(keeps, *from); }
    adapt has_result(outcome<settled_t<call_type>>& result) noexcept {
        return static_cast<bool>(result.value()) ? adapt::give : adapt::ask;
    }
    item give(item* from, outcome<settled_t<call_type>>&) { return move_or_end(from); }
    F keeps;
};
template <class F>
using filter_adaptor = function_adaptor<F, test_rule<filter_step>>;

}  // namespace detail

/// `source | filter(keeps)`: the items for which `keeps`, sync or async, gives true.
///
/// \snippet coil/stream/filter_test.cpp  names that may log in
///
/// Errors: those of the source and of `keeps`, from `next()`; the item concerned is
/// gone. Stop: reaches both. With a sync `keeps` nothing is lost; stopped inside an
/// async one, the stream has ended. Allocates: never.
template <class F>
auto filter(F keeps) {
    return detail::filter_adaptor<F>(std::move(keeps));
}

}  // namespace coil
