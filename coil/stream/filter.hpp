// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/pump.hpp>

namespace coil {

namespace detail {
template <class S, class F>
class filter_operation;
}  // namespace detail

/// The stream that `source | filter(keeps)` gives.
template <class S, class F>
class filter_stream : public detail::source_drop<S> {
    using call_type = detail::show_to_t<F, S>;
    static_assert(std::convertible_to<settled_t<call_type>, bool>,
                  "coil::filter needs a function that gives a bool");

public:
    using value_type = stream_value_t<S>;
    static constexpr bool is_local =
        detail::source<S>::is_local || is_local_v<call_type>;
    static constexpr bool is_resumable =
        detail::source<S>::is_resumable && !awaitable<call_type>;

    filter_stream(S&& from, F keeps)
        : from_(std::forward<S>(from)),
          keeps_(std::move(keeps)) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<filter_stream, detail::filter_operation<S, F>>(*this);
    }
    decltype(auto) async_drop(exit_reason why)
        requires detail::owned_with_drop<S>
    {
        return from_.async_drop(why);
    }

private:
    friend detail::filter_operation<S, F>;
    detail::source<S> from_;
    F keeps_;
    bool has_ended_ = false;
};

namespace detail {

template <class S, class F>
class filter_operation : public pump<filter_operation<S, F>, S, show_to_t<F, S>> {
    using base = pump<filter_operation, S, show_to_t<F, S>>;

public:
    static constexpr const char* what = "filter";

    explicit filter_operation(filter_stream<S, F>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return of_.has_ended_ ? parent.complete() : this->start(parent);
    }
    stream_item_t<S> await_resume() {
        if (!this->take_errors()) return {};
        return std::move(this->current());
    }

private:
    friend base;
    auto& from() noexcept { return of_.from_.get(); }
    show_to_t<F, S> call(typename base::item& item) {
        return show_to(of_.keeps_, item);
    }
    pump_step has_item() const noexcept { return pump_step::call; }
    pump_step has_result() noexcept {
        const bool keeps = static_cast<bool>(this->result().value());
        return keeps ? pump_step::end : pump_step::ask;
    }
    std::coroutine_handle<> was_stopped(pump_step in) noexcept {
        if (in == pump_step::call) of_.has_ended_ = true;
        return this->end_stopped();
    }

    filter_stream<S, F>& of_;
};

struct filter_rule {
    template <class S, class F>
    using made = filter_stream<S, F>;
    template <class F, class S>
    static constexpr bool fits() {
        return expect_takes_shown<F, S>();
    }
};
template <class F>
using filter_adaptor = function_adaptor<F, filter_rule>;

}  // namespace detail

/// `source | filter(keeps)`: the items for which `keeps`, sync or async, gives true.
///
/// \snippet coil/stream/filter_test.cpp  names that may log in
///
/// Errors: those of the source and of `keeps`, from `next()`; the item concerned is
/// gone. Stop: reaches both. With a sync `keeps` nothing is lost; stopped inside an
/// async one, the stream has ended. Allocates: never.
template <class F>
auto filter(F keeps) {
    return detail::filter_adaptor<F>(std::move(keeps));
}

}  // namespace coil
