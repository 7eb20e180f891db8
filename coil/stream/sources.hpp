// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

#include <array>

namespace coil {

/// The stream that `repeat(value)` gives.
template <class T>
class repeat_stream {
public:
    class next_leaf;
    using value_type = T;

    explicit repeat_stream(T value) : value_(std::move(value)) {}
    [[nodiscard]] next_leaf next() noexcept { return next_leaf(*this); }

private:
    T value_;
};

/// The leaf behind `next()`.
template <class T>
class repeat_stream<T>::next_leaf : public leaf_of<next_leaf> {
public:
    static constexpr const char* what = "repeat";

    explicit next_leaf(const repeat_stream& from) noexcept : from_(from) {}
    next_leaf(next_leaf&& other) noexcept : from_(other.from_) {
        COIL_EXPECTS(!other.parent());
    }
    [[nodiscard]] std::optional<T> await_resume() const { return from_.value_; }

private:
    friend leaf_of<next_leaf>;
    [[nodiscard]] bool try_now() const noexcept { return true; }
    void start() const noexcept {}
    stop_answer on_stop() const noexcept { return stop_answer::ended; }

    const repeat_stream& from_;
};

namespace detail {

template <class T>
concept gives_item = optional_item<std::remove_cvref_t<settled_t<T>>>;

/// Gives what is in the optionals of a function, until one is empty.
template <class F>
struct generate_step : step {
    using call_type = std::invoke_result_t<F&>;
    using item = std::remove_cvref_t<settled_t<call_type>>;
    static constexpr const char* what = "generate";

    call_type call(void*) { return f(); }
    adapt has_result(outcome<settled_t<call_type>>& result) const noexcept {
        return static_cast<bool>(result.value()) ? adapt::give : adapt::close;
    }
    item give(void* from, outcome<settled_t<call_type>>& result) {
        return from != nullptr ? result.take() : item();
    }
    F f;
};
template <class F>
auto make_generate(F f) {
    constexpr bool fits = [] {
        if constexpr (std::invocable<F&>) {
            return gives_item<std::invoke_result_t<F&>>;
        } else {
            return false;
        }
    }();
    static_assert(
        fits,
        "coil::generate needs a function of no arguments, and coil::unfold one "
        "of the state, that gives a std::optional, or an awaitable of one");
    if constexpr (fits) {
        using units = repeat_stream<unit>;
        return adapted_stream<units, generate_step<F>>(units({}), std::move(f));
    } else {
        return no_stream();
    }
}

template <class T, class F>
struct unfold_state {
    decltype(auto) operator()()
        requires std::invocable<F&, T&>
    {
        return detail::invoke(f, state);
    }
    T state;
    F f;
};

/// Gives what an awaitable gives.
template <class A>
struct single_step : step {
    using call_type = A;
    static_assert(!std::is_void_v<await_result_t<A>>,
                  "coil::single needs an awaitable that gives a value");
    using item = std::optional<std::remove_cvref_t<await_result_t<A>>>;
    static constexpr const char* what = "single";

    A call(void*) { return std::move(work); }
    item give(void* from, outcome<await_result_t<A>>& result) {
        return from != nullptr ? item(result.take()) : item();
    }
    A work;
};

}  // namespace detail

/// `empty_stream<T>()`: a stream that has ended.
template <class T>
auto empty_stream() {
    return range_stream<std::array<T, 0>>(std::array<T, 0>());
}

/// A stream of one item: of a value, or of what a task or another awaitable gives,
/// which is begun when the item is asked for.
///
/// \snippet coil/stream/sources_test.cpp  a header before the rows
///
/// Errors: those of the awaitable, from `next()`; it has ended then.
/// Stop: reaches the awaitable; stopped inside it, the stream has ended.
/// Allocates: never.
template <class T>
auto single(T value) {
    if constexpr (awaitable<T>) {
        using unit_once = range_stream<std::array<unit, 1>>;
        return detail::adapted_stream<unit_once, detail::single_step<T>>(
            unit_once({}), std::move(value));
    } else {
        return range_stream<std::array<T, 1>>({std::move(value)});
    }
}

/// A stream of copies of a value, which never ends. A range that begins again and again
/// is `repeat(std::span(range)) | flatten()`.
///
/// \snippet coil/stream/sources_test.cpp  a header before the rows
///
/// Suspends: only to give way, when the turn's budget is spent. Allocates: never.
template <class T>
auto repeat(T value) {
    return repeat_stream<T>(std::move(value));
}

/// `generate(f)`: what is in the optionals that `f()`, sync or async, gives when it is
/// called again and again; an empty one ends the stream. A `generator` says more, where
/// what is between two items is more than a call.
///
/// \snippet coil/stream/sources_test.cpp  the pages of a list
///
/// Errors: those of `f`, from `next()`, which then goes on with the next call.
/// Stop: reaches `f`; stopped inside an async one, the stream has ended.
/// Allocates: never.
template <class F>
auto generate(F f) {
    return detail::make_generate(std::move(f));
}

/// `unfold(state, f)`: the same of `f(state)`. It gets the state as an lvalue, to
/// change it; so may an async one, as the state stays where it is while it runs.
///
/// \snippet coil/stream/sources_test.cpp  the pages of a list
///
/// Errors, Stop, Allocates: as for `generate`.
template <class T, class F>
auto unfold(T state, F f) {
    return detail::make_generate(
        detail::unfold_state<T, F>{std::move(state), std::move(f)});
}

}  // namespace coil
