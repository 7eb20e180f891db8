// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/sendable.hpp>

namespace coil::detail {

template <class F>
struct result_of_call {};
template <class R, class S, class... A, bool N>
struct result_of_call<R (S::*)(A...) noexcept(N)> : std::type_identity<R> {};
template <class R, class S, class... A, bool N>
struct result_of_call<R (S::*)(A...) const noexcept(N)> : std::type_identity<R> {};

/// Whether a part of a coroutine binds it to its executor: as a future, or, where it is
/// a callable that has one way to be called, with the future that this gives.
template <class Part>
inline constexpr bool part_is_local = !sendable<Part>;
template <class Part>
    requires requires { typename result_of_call<decltype(&Part::operator())>::type; }
inline constexpr bool part_is_local<Part> =
    !sendable<Part> ||
    !sendable<typename result_of_call<decltype(&Part::operator())>::type>;
template <class R, class... A, bool N>
inline constexpr bool part_is_local<R(A...) noexcept(N)> = !sendable<R>;

}  // namespace coil::detail
