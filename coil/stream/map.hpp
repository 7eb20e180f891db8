// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/stream/detail/pump.hpp>

#include <optional>

namespace coil {

namespace detail {
template <class S, class F>
class map_operation;
}  // namespace detail

/// The stream that `source | map(f)` gives.
template <class S, class F>
class map_stream : public detail::source_drop<S> {
    using call_type = detail::call_with_t<F, S>;
    static_assert(!std::is_void_v<settled_t<call_type>>,
                  "coil::map needs a function that gives a value: use for_each");
    static_assert(!needs_async_drop<std::remove_cvref_t<settled_t<call_type>>>,
                  "coil::map has no place to await the async drop of a value that "
                  "nobody takes: give a handle instead");

public:
    using value_type = std::remove_cvref_t<settled_t<call_type>>;
    static constexpr bool is_local =
        detail::source<S>::is_local || is_local_v<call_type>;
    static constexpr bool is_resumable =
        detail::source<S>::is_resumable && !awaitable<call_type>;

    map_stream(S&& from, F f) : from_(std::forward<S>(from)), f_(std::move(f)) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<map_stream, detail::map_operation<S, F>>(*this);
    }
    decltype(auto) async_drop(exit_reason why)
        requires detail::owned_with_drop<S>
    {
        return from_.async_drop(why);
    }

private:
    friend detail::map_operation<S, F>;
    detail::source<S> from_;
    F f_;
    bool has_ended_ = false;
};

namespace detail {

template <class S, class F>
class map_operation : public pump<map_operation<S, F>, S, call_with_t<F, S>> {
    using base = pump<map_operation, S, call_with_t<F, S>>;

public:
    static constexpr const char* what = "map";

    explicit map_operation(map_stream<S, F>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return of_.has_ended_ ? parent.complete() : this->start(parent);
    }
    std::optional<typename map_stream<S, F>::value_type> await_resume() {
        if (!this->take_errors()) return std::nullopt;
        return this->result().take();
    }

private:
    friend base;
    auto& from() noexcept { return of_.from_.get(); }
    call_with_t<F, S> call(typename base::item& item) {
        return call_with(of_.f_, item);
    }
    pump_step has_item() const noexcept { return pump_step::call; }
    pump_step has_result() const noexcept { return pump_step::end; }
    std::coroutine_handle<> was_stopped(pump_step in) noexcept {
        if (in == pump_step::call) of_.has_ended_ = !COIL_PLANTED(stopped_map_goes_on);
        return this->end_stopped();
    }

    map_stream<S, F>& of_;
};

struct map_rule {
    template <class S, class F>
    using made = map_stream<S, F>;
    template <class F, class S>
    static constexpr bool fits() {
        return expect_takes_item<F, S>();
    }
};
template <class F>
using map_adaptor = function_adaptor<F, map_rule>;

}  // namespace detail

/// `source | map(f)`: what `f` makes of each item. `f` may be sync or async; a
/// reference that it takes is valid until what it returned has ended.
///
/// \snippet coil/stream/map_test.cpp  look up users
///
/// Errors: those of the source and of `f`, from `next()`; the item concerned is gone.
/// Stop: reaches both. With a sync `f` nothing is lost; stopped inside an async one,
/// the stream has ended. Allocates: never.
template <class F>
auto map(F f) {
    return detail::map_adaptor<F>(std::move(f));
}

}  // namespace coil
