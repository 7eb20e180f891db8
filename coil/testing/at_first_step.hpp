// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/race.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>

#include <optional>
#include <utility>

namespace coil::testing {

/// What `work` gives if it is ready at its first step; otherwise nothing, and it is
/// stopped. Of a `void` work: `unit`.
///
/// \snippet coil/testing/at_first_step_test.cpp  ready or pending
///
/// To step further, or outside of a coroutine, see `stepped`.
template <awaitable A>
auto at_first_step(A work)
    -> task_like<std::optional<value_or_unit<await_result_t<A>>>, A> {
    auto first = co_await race(std::move(work), ready());
    std::optional<value_or_unit<await_result_t<A>>> given;
    if (first.index() == 0) given.emplace(std::move(get<0>(first)));
    co_return std::move(given);
}

/// Whether `work` is not ready at its first step. It is stopped; of a resumable stream,
/// nothing is lost by that. What it gives if it is ready is thrown away.
template <awaitable A>
auto is_pending(A work) -> task_like<bool, A> {
    const auto first = co_await race(std::move(work), ready());
    co_return first.index() != 0;
}

}  // namespace coil::testing
