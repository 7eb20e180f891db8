// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// Parts of COIL_INTERFACE (coil/erased/interface.hpp), and no one else's.

// COIL_FOR_EACH(macro, a, b, ...) is macro(a) macro(b) ...: up to 256 of them. A macro
// cannot call itself, but what it gives may be looked at again.

#define COIL_LOOK_AGAIN(...) \
    COIL_LOOK_4(COIL_LOOK_4(COIL_LOOK_4(COIL_LOOK_4(__VA_ARGS__))))
#define COIL_LOOK_4(...) COIL_LOOK_3(COIL_LOOK_3(COIL_LOOK_3(COIL_LOOK_3(__VA_ARGS__))))
#define COIL_LOOK_3(...) COIL_LOOK_2(COIL_LOOK_2(COIL_LOOK_2(COIL_LOOK_2(__VA_ARGS__))))
#define COIL_LOOK_2(...) COIL_LOOK_1(COIL_LOOK_1(COIL_LOOK_1(COIL_LOOK_1(__VA_ARGS__))))
#define COIL_LOOK_1(...) __VA_ARGS__

#define COIL_PARENTHESES ()
#define COIL_FOR_EACH(macro, ...) \
    __VA_OPT__(COIL_LOOK_AGAIN(COIL_FOR_EACH_HERE(macro, __VA_ARGS__)))
#define COIL_FOR_EACH_HERE(macro, first, ...) \
    macro(first) __VA_OPT__(COIL_FOR_EACH_NEXT COIL_PARENTHESES(macro, __VA_ARGS__))
#define COIL_FOR_EACH_NEXT() COIL_FOR_EACH_HERE

// A function of an interface is a pair: (name, signature).
#define COIL_METHOD_NAME(method, ...) method
#define COIL_METHOD_SIGNATURE(method, ...) __VA_ARGS__
#define COIL_JOIN_NAMES(a, b) COIL_JOIN_NAMES_NOW(a, b)
#define COIL_JOIN_NAMES_NOW(a, b) a##b
#define COIL_METHOD_OF(pair) COIL_JOIN_NAMES(COIL_METHOD_NAME pair, _method)

#define COIL_METHOD_TYPE(pair)                                                     \
    struct COIL_JOIN_NAMES(call_, COIL_METHOD_NAME pair) {                         \
        template <class T, class... A>                                             \
        auto operator()(T& object, A&&... args) const                              \
            -> decltype(object.COIL_METHOD_NAME pair(std::forward<A>(args)...)) {  \
            return object.COIL_METHOD_NAME pair(std::forward<A>(args)...);         \
        }                                                                          \
    };                                                                             \
    using COIL_METHOD_OF(pair) =                                                   \
        ::coil::detail::erased_call<COIL_JOIN_NAMES(call_, COIL_METHOD_NAME pair), \
                                    COIL_METHOD_SIGNATURE pair>;
#define COIL_METHOD_POINTER(pair) \
    typename COIL_METHOD_OF(pair)::pointer COIL_METHOD_NAME pair;
#define COIL_METHOD_OF_TYPE(pair) \
    &COIL_METHOD_OF(              \
        pair)::template call<::coil::detail::seen_by<COIL_METHOD_OF(pair), T>>,
#define COIL_METHOD_IN_LIST(pair) , COIL_METHOD_OF(pair)
#define COIL_METHOD_IS_LOCAL(pair) || COIL_METHOD_OF(pair)::is_local
// An error that a `requires` of a macro makes shows the macro's lines as well.
#define COIL_METHOD_CALL(pair)                                                      \
    template <class... A>                                                           \
        requires std::is_invocable_v<typename COIL_METHOD_OF(pair)::pointer, void*, \
                                     A...>                                          \
    auto COIL_METHOD_NAME pair(A&&... args) {                                       \
        const auto to = static_cast<Self&>(*this).erased();                         \
        return to.functions->COIL_METHOD_NAME pair(to.object,                       \
                                                   std::forward<A>(args)...);       \
    }                                                                               \
    template <class... A, std::enable_if_t<::coil::detail::may_call_if_const<       \
                                               COIL_METHOD_OF(pair), IsView, A...>, \
                                           int> = 0>                                \
    auto COIL_METHOD_NAME pair(A&&... args) const {                                 \
        const auto to = static_cast<const Self&>(*this).erased();                   \
        return to.functions->COIL_METHOD_NAME pair(to.object,                       \
                                                   std::forward<A>(args)...);       \
    }
