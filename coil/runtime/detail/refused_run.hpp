// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/awaitable.hpp>
#include <coil/core/outcome.hpp>

#include <concepts>
#include <type_traits>

namespace coil::detail {

/// What `run` would have given, had it been given something awaitable: the value of the
/// task that was meant, as far as that can be guessed.
template <class A>
struct refused_run : std::type_identity<any_result> {};
template <class A>
    requires awaitable<std::remove_reference_t<A>>
struct refused_run<A> : await_result<std::remove_reference_t<A>> {};
template <class A>
    requires requires(A& function) {
        { function() } -> awaitable;
    }
struct refused_run<A> : await_result<std::invoke_result_t<A&>> {};

template <class A>
using refused_outcome = outcome<typename refused_run<A>::type>;

}  // namespace coil::detail
