// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/base/interface_macros.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/erased/detail/box.hpp>
#include <coil/erased/detail/erased_call.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {

/// The object and its type's functions, as `any_` and `_ref` of an interface hold them.
template <class Interface>
struct erased_object {
    void* object;
    const typename Interface::table* functions;
};

/// How a function of an interface sees an object of type `T`.
template <class Method, class T>
using seen_by = std::conditional_t<Method::is_const, const T&, T&>;

/// Whether a `T` has this function of an interface.
template <class T, class Method>
inline constexpr bool has_method =
    Method::template fits<seen_by<Method, std::remove_reference_t<T>>>();
template <class T>
inline constexpr bool has_method<T, void> = true;

/// The functions of an interface. The first is void, as it is of the ones lacking.
template <class... Method>
struct methods;
template <class T, class Methods>
struct first_lacking;
template <class T>
struct first_lacking<T, methods<void>> {
    using type = void;
};
template <class T, class First, class... Rest>
struct first_lacking<T, methods<void, First, Rest...>> {
    using type = First;
};
template <class T, class First, class... Rest>
    requires(has_method<T, First>)
struct first_lacking<T, methods<void, First, Rest...>>
    : first_lacking<T, methods<void, Rest...>> {};
/// The first one that a `T` does not have, or void.
template <class T, class Methods>
using lacking_method = typename first_lacking<T, Methods>::type;

/// Whether an `any_` that is constant, or a view, has this function.
template <class Method, bool IsView, class... A>
inline constexpr bool may_call_if_const =
    (IsView || Method::is_const) &&
    std::is_invocable_v<typename Method::pointer, void*, A...>;

template <class T>
concept has_async_drop_method = requires { typename T::async_drop_method; };

template <class Interface, class T>
constexpr void expect_implements() {
    static_assert(Interface::is_local || sendable<T>,
                  "an object behind this interface may be used on any thread, and this "
                  "type may not go there: let a function of the interface give a "
                  "coil::local_task, then all of it is local");
    static_assert(has_method<T, lacking_method<T, typename Interface::methods>>,
                  "this type lacks this function of the interface, or its own takes "
                  "or gives something else");
    static_assert(!needs_async_drop<T> || has_async_drop_method<Interface>,
                  "this type has an async destructor: give the interface one, too, as "
                  "(async_drop, coil::task<>())");
}

/// Owns an object of any type that implements the interface.
template <class Interface, std::size_t Bytes, room Room>
class any_of : public Interface::template calls<any_of<Interface, Bytes, Room>, false> {
    using table = typename Interface::table;

public:
    static constexpr bool is_local = Interface::is_local;

    template <class T>
        requires(!std::derived_from<std::remove_cvref_t<T>, any_of>)
    any_of(T&& object)  // NOLINT: any object that fits is one
        : any_of(std::in_place_type<std::decay_t<T>>, std::forward<T>(object)) {}
    template <class T, class... Args>
    explicit any_of(std::in_place_type_t<T> type, Args&&... args)
        : box_(type, std::forward<Args>(args)...),
          functions_(&Interface::template functions_of<T>) {
        expect_implements<Interface, T>();
    }

    [[nodiscard]] erased_object<Interface> erased() const noexcept {
        COIL_EXPECTS(box_.object() != nullptr && "its object was moved away");
        return {box_.object(), functions_};
    }

private:
    box<Bytes, Room> box_;
    const table* functions_;
};

/// Refers to an object of any type that implements the interface.
template <class Interface>
class COIL_VIEW ref_to : public Interface::template calls<ref_to<Interface>, true> {
public:
    static constexpr bool is_local = Interface::is_local;

    template <class T>
        requires(!std::derived_from<T, ref_to>)
    ref_to(T& object COIL_LIFETIMEBOUND) noexcept  // NOLINT: as above
        : erased_{const_cast<void*>(static_cast<const void*>(std::addressof(object))),
                  &Interface::template functions_of<T>} {
        expect_implements<Interface, T>();
    }
    [[nodiscard]] erased_object<Interface> erased() const noexcept { return erased_; }

private:
    erased_object<Interface> erased_;
};

}  // namespace detail

}  // namespace coil

/// Defines an interface: a name, and its functions, each with its signature.
///
/// \snippet coil/erased/interface_test.cpp  an interface
///
/// That makes, in this namespace:
/// * `concept store`: the types that implement it. They need no base class; a function
///   that promises a `task<T>` may be any that gives an awaitable of `T`, or a `T`.
/// * `any_store`: owns such an object, of up to four words without an allocation.
/// * `inplace_store<Bytes>`: owns one in its own bytes, and never allocates.
/// * `store_ref`: borrows one.
///
/// \snippet coil/erased/interface_test.cpp  objects behind an interface
///
/// All three have the functions, and so implement the interface again. They may move
/// between threads, and what is put into them has to, unless one of the functions gives
/// a `local_task`: then they are local. A type with an async destructor needs it in the
/// interface, too: `(async_drop, coil::task<>())`; then `any_store` has it as well.
///
/// Lifetime: futures of calls refer to the object, as those of its own functions do;
/// one that is owned moves with its owner, so not while one of them runs. Allocates: a
/// call of a function that gives the very task nothing; of another one the frame of a
/// coroutine, which is recycled.
// tidy: it makes names of a name
#define COIL_INTERFACE(name, ...)                                                     \
    struct name##_interface {                                                         \
        COIL_FOR_EACH(COIL_METHOD_TYPE, __VA_ARGS__)                                  \
        struct table {                                                                \
            COIL_FOR_EACH(COIL_METHOD_POINTER, __VA_ARGS__)                           \
        };                                                                            \
        template <class T>                                                            \
        static constexpr table functions_of = {                                       \
            COIL_FOR_EACH(COIL_METHOD_OF_TYPE, __VA_ARGS__)};                         \
        using methods = ::coil::detail::methods<void COIL_FOR_EACH(                   \
            COIL_METHOD_IN_LIST, __VA_ARGS__)>;                                       \
        template <class T>                                                            \
        static constexpr bool is_implemented_by =                                     \
            std::is_void_v<::coil::detail::lacking_method<T, methods>>;               \
        [[maybe_unused]] static constexpr bool is_local =                             \
            false COIL_FOR_EACH(COIL_METHOD_IS_LOCAL, __VA_ARGS__);                   \
        template <class Self, bool IsView>                                            \
        class calls {                                                                 \
        public:                                                                       \
            COIL_FOR_EACH(COIL_METHOD_CALL, __VA_ARGS__)                              \
        };                                                                            \
    };                                                                                \
    template <class T>                                                                \
    concept name = name##_interface::is_implemented_by<std::remove_reference_t<T>>;   \
    using any_##name = ::coil::detail::any_of<name##_interface, 4 * sizeof(void*),    \
                                              ::coil::detail::room::growing>;         \
    template <std::size_t Bytes = 4 * sizeof(void*)>                                  \
    using inplace_##name =                                                            \
        ::coil::detail::any_of<name##_interface, Bytes, ::coil::detail::room::fixed>; \
    using name##_ref = ::coil::detail::ref_to<name##_interface>
