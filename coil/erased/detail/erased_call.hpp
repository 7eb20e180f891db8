// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/call.hpp>
#include <coil/core/task.hpp>

#include <type_traits>
#include <utility>

namespace coil::detail {

/// What an erased call promises: `int(A...)` gives an int, `task<int>(A...)` a task,
/// which any awaitable of an int fits, and also a plain int.
template <class Result>
struct erased_result {
    static constexpr bool is_task = false;
    static constexpr bool is_local = false;
    template <class Given>
    static constexpr bool fits() {
        return std::is_void_v<Result> || std::is_convertible_v<Given, Result>;
    }
};
template <class T, flavour F>
struct erased_result<basic_task<T, F>> {
    static constexpr bool is_task = true;
    static constexpr bool is_local = F == flavour::local;
    template <class Given>
    static constexpr bool fits() {
        using value = settled_t<Given>;
        if (!is_local && is_local_v<Given>) return false;
        return std::is_void_v<T> ? std::is_void_v<value>
                                 : std::is_convertible_v<value, T>;
    }
};

/// One function that is called through a pointer, on an object whose type only the
/// function behind the pointer knows. `Call` calls it: `call(object, args...)`.
///
/// A function that gives the very task is called, and no more. Another one is wrapped
/// in a coroutine, which is begun when that is awaited.
template <class Call, class Signature>
class erased_call;
template <class Call, class R, class... A>
class erased_call<Call, R(A...)> {
    using promised = erased_result<R>;

public:
    using result_type = R;
    using pointer = R (*)(void* object, A... args);
    static constexpr bool is_const = false;
    static constexpr bool is_local = promised::is_local;

    /// Whether an `Object`, such as `T&`, can be called so.
    template <class Object>
    static constexpr bool fits() {
        if constexpr (std::is_invocable_v<Call, Object, A...>) {
            return promised::template fits<given<Object>>();
        } else {
            return false;
        }
    }

    template <class Object>
    static R call(void* object, A... args) {
        // A function is no object, but its address fits.
        auto& self = *reinterpret_cast<std::remove_reference_t<Object>*>(object);
        if constexpr (!fits<Object>() || (!is_local && !sendable<Object>)) {
            __builtin_unreachable();  // refused where it was made
        } else if constexpr (std::is_same_v<given<Object>, R> || !promised::is_task) {
            return static_cast<R>(Call()(self, static_cast<A&&>(args)...));
        } else {
            return wrapped(self, static_cast<A&&>(args)...);
        }
    }

private:
    template <class Object>
    using given = decltype(Call()(std::declval<Object>(), std::declval<A>()...));

    template <class Object>
    static R wrapped(Object& object, A... args) {
        if constexpr (awaitable<given<Object&>>) {
            co_return co_await Call()(object, static_cast<A&&>(args)...);
        } else {
            co_return Call()(object, static_cast<A&&>(args)...);
        }
    }
};
template <class Call, class R, class... A>
class erased_call<Call, R(A...) const> : public erased_call<Call, R(A...)> {
public:
    static constexpr bool is_const = true;
};

}  // namespace coil::detail
