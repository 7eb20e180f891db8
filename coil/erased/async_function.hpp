// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/erased/detail/box.hpp>
#include <coil/erased/detail/erased_call.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {

struct call_itself {
    template <class F, class... A>
    auto operator()(F& f, A&&... args) const -> decltype(f(std::forward<A>(args)...)) {
        return f(std::forward<A>(args)...);
    }
};

/// What `int(A...)` means for an erased function: a task of an int.
template <class Signature, flavour F>
struct function_signature;
template <class R, class... A, flavour F>
struct function_signature<R(A...), F> {
    using erased = erased_call<call_itself, basic_task<R, F>(A...)>;
    template <class T>
    using object = T&;
};
template <class R, class... A, flavour F>
struct function_signature<R(A...) const, F> : function_signature<R(A...), F> {
    template <class T>
    using object = const T&;
};

/// The call operator of `Self`, with the parameters of the signature.
template <class Self, class Signature, flavour F>
class called_as;
template <class Self, class R, class... A, flavour F>
class called_as<Self, R(A...), F> {
public:
    basic_task<R, F> operator()(A... args) {
        return static_cast<Self&>(*this).target().call(static_cast<A&&>(args)...);
    }
};
template <class Self, class R, class... A, flavour F>
class called_as<Self, R(A...) const, F> {
public:
    basic_task<R, F> operator()(A... args) const {
        return static_cast<const Self&>(*this).target().call(static_cast<A&&>(args)...);
    }
};

template <class Erased>
struct call_target {
    void* object = nullptr;
    typename Erased::pointer function = nullptr;

    template <class... A>
    auto call(A&&... args) const {
        COIL_EXPECTS(object != nullptr &&
                     "an async_function that holds nothing is called");
        return function(object, std::forward<A>(args)...);
    }
};

template <class Made, class Signature, flavour F>
constexpr void expect_fits() {
    using signature = function_signature<Signature, F>;
    using object = typename signature::template object<std::remove_reference_t<Made>>;
    static_assert(
        F == flavour::local || sendable<Made>,
        "an async_function may be called on any thread, and what this function "
        "holds may not go there: use coil::local::async_function");
    static_assert(signature::erased::template fits<object>(),
                  "this is not callable with the arguments of the signature, or gives "
                  "something else; a function that gives a local_task needs "
                  "coil::local::async_function, one that changes what it captured no "
                  "const");
}

}  // namespace detail

/// The types behind `async_function` and `inplace_async_function`.
template <class Signature, flavour F, std::size_t Bytes, detail::room Room>
class basic_async_function
    : public detail::called_as<basic_async_function<Signature, F, Bytes, Room>,
                               Signature, F> {
    using signature = detail::function_signature<Signature, F>;
    using erased = typename signature::erased;

public:
    static constexpr bool is_local = F == flavour::local;

    /// Holds nothing, and may not be called.
    basic_async_function() noexcept = default;
    template <class Made>
        requires(!std::same_as<std::remove_cvref_t<Made>, basic_async_function>)
    basic_async_function(Made&& made)  // NOLINT: as std::function, from any callable
        : box_(std::in_place_type<std::decay_t<Made>>, std::forward<Made>(made)),
          call_(&erased::template call<
                typename signature::template object<std::decay_t<Made>>>) {
        detail::expect_fits<std::decay_t<Made>, Signature, F>();
    }

    /// Whether it holds a function.
    explicit operator bool() const noexcept { return box_.object() != nullptr; }

private:
    friend detail::called_as<basic_async_function, Signature, F>;
    detail::call_target<erased> target() const noexcept {
        return {box_.object(), call_};
    }

    detail::box<Bytes, Room> box_;
    typename erased::pointer call_ = nullptr;
};

/// The type behind `async_function_ref`.
template <class Signature, flavour F>
class COIL_VIEW basic_async_function_ref
    : public detail::called_as<basic_async_function_ref<Signature, F>, Signature, F> {
    using signature = detail::function_signature<Signature, F>;
    using erased = typename signature::erased;

public:
    static constexpr bool is_local = F == flavour::local;

    template <class Made>
        requires(!std::same_as<std::remove_cvref_t<Made>, basic_async_function_ref>)
    basic_async_function_ref(
        Made&& made COIL_LIFETIMEBOUND) noexcept  // NOLINT: as above
        : target_{
              const_cast<void*>(reinterpret_cast<const void*>(std::addressof(made))),
              &erased::template call<
                  typename signature::template object<std::remove_reference_t<Made>>>} {
        detail::expect_fits<std::remove_reference_t<Made>, Signature, F>();
    }

private:
    friend detail::called_as<basic_async_function_ref, Signature, F>;
    detail::call_target<erased> target() const noexcept { return target_; }

    detail::call_target<erased> target_;
};

/// Owns a callable of any type, sync or async, that yields an `R` for `A...`; calling
/// it gives a `task<R>`. Write `async_function<int(request&)>`, and
/// `async_function<int(request&) const>` for one that is called through `const&`, such
/// as a handler.
///
/// \snippet coil/erased/async_function_test.cpp  a table of commands
///
/// What it makes refers to it, as the future of a lambda does to the lambda: it lives
/// until that has ended, or is given to `call_once`.
///
/// It is moved, not copied, so that it may own what cannot be copied. To borrow one for
/// a call, take an `async_function_ref`; where there is a template, take any
/// `async_fn`: that costs nothing.
///
/// Requires: the callable may move between threads; `local::async_function` takes any.
/// Errors and Stop: those of the callable. Allocates: once for a callable of more than
/// three words; a call of one that gives a `task<R>` nothing, of another the frame of a
/// coroutine.
template <class Signature>
using async_function = basic_async_function<Signature, flavour::movable,
                                            3 * sizeof(void*), detail::room::growing>;

/// An `async_function` that never allocates memory: a callable of more than `Bytes`
/// bytes, or whose move may throw, does not compile.
template <class Signature, std::size_t Bytes = 3 * sizeof(void*)>
using inplace_async_function =
    basic_async_function<Signature, flavour::movable, Bytes, detail::room::fixed>;

/// Borrows a callable, as a parameter: two words, and nothing is allocated. It refers
/// to what it was made of, which lives until the futures of its calls have ended.
///
/// \snippet coil/erased/async_function_test.cpp  borrowed for a call
template <class Signature>
using async_function_ref = basic_async_function_ref<Signature, flavour::movable>;

namespace local {
/// The same for callables that stay on one thread; calling them gives a `local_task`.
template <class Signature>
using async_function = basic_async_function<Signature, flavour::local,
                                            3 * sizeof(void*), detail::room::growing>;
template <class Signature, std::size_t Bytes = 3 * sizeof(void*)>
using inplace_async_function =
    basic_async_function<Signature, flavour::local, Bytes, detail::room::fixed>;
template <class Signature>
using async_function_ref = basic_async_function_ref<Signature, flavour::local>;
}  // namespace local

}  // namespace coil
