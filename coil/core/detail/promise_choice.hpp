// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/detail/flavour.hpp>
#include <coil/core/detail/parameters.hpp>
#include <coil/core/frame.hpp>
#include <coil/core/promise.hpp>

#include <type_traits>

namespace coil::detail {

template <class T, flavour F>
struct task_promise;

/// Of a task with `owned` parameters: they are dropped at its end.
template <class T, flavour F>
struct owning_promise : task_promise<T, F> {
    template <class... Parameters>
    explicit owning_promise(Parameters&... parameters) noexcept {
        (adopt(parameters), ...);
    }
    begin_with_drops initial_suspend() const noexcept {
        return {{}, static_cast<drops*>(this->scope)};
    }

private:
    template <class P>
    void adopt(P& parameter) noexcept {
        if constexpr (is_owned<P>) parameter.belong_to(*this);
    }
};

/// Of a task with a `frame_place&` among its parameters. What the place gave begins
/// with the place's address. No `operator new` is a template: GCC 14 would warn that it
/// does not match the `operator delete`.
template <class Promise, class... Parameters>
struct placed_promise;
template <class Promise, class First, class... Others>
struct placed_promise<Promise, First, Others...> : Promise {
    using Promise::Promise;

    static void* operator new(std::size_t size, First& first, Others&... others) {
        return take_place(size, first, others...);
    }
    /// Clang leaves out a closure's own object.
    static void* operator new(std::size_t size, Others&... others)
        requires(std::is_same_v<Others, frame_place> || ...)
    {
        return take_place(size, others...);
    }
    static void operator delete(void* frame, std::size_t size) noexcept {
        void* const taken = static_cast<char*>(frame) - before;
        (*static_cast<frame_place**>(taken))->release(taken, size + before);
    }

private:
    static constexpr std::size_t before = 2 * sizeof(void*);
    template <class... Parameters>
    static void* take_place(std::size_t size, Parameters&... parameters) {
        frame_place* place = nullptr;
        (find(place, parameters), ...);
        void* const taken = place->allocate(size + before);
        *static_cast<frame_place**>(taken) = place;
        return static_cast<char*>(taken) + before;
    }
    static void find(frame_place*& found, frame_place& given) noexcept {
        found = &given;
    }
    template <class Other>
    static void find(frame_place*&, const Other&) noexcept {}
};

/// One that sees the parameters only where some of them are dropped.
template <class T, flavour F, class... Parameters>
using unplaced_promise_for =
    std::conditional_t<(is_owned<std::remove_cvref_t<Parameters>> || ...),
                       owning_promise<T, F>, task_promise<T, F>>;

template <class T, flavour F, class... Parameters>
using task_promise_for =
    std::conditional_t<(std::is_same_v<Parameters, frame_place&> || ...),
                       placed_promise<unplaced_promise_for<T, F, Parameters...>,
                                      std::remove_reference_t<Parameters>...>,
                       unplaced_promise_for<T, F, Parameters...>>;

}  // namespace coil::detail
