// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/stream/detail/pump.hpp>

#include <cstddef>

namespace coil {

namespace detail {
template <class S>
class take_operation;
}  // namespace detail

/// The stream that `source | take(n)` gives.
template <class S>
class take_stream : public detail::source_drop<S> {
public:
    using value_type = stream_value_t<S>;
    static constexpr bool is_local = detail::source<S>::is_local;
    static constexpr bool is_resumable = detail::source<S>::is_resumable;

    take_stream(S&& from, std::size_t count)
        : from_(std::forward<S>(from)),
          left_(count) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<take_stream, detail::take_operation<S>>(*this);
    }
    decltype(auto) async_drop(exit_reason why)
        requires detail::owned_with_drop<S>
    {
        return from_.async_drop(why);
    }

private:
    friend detail::take_operation<S>;
    detail::source<S> from_;
    std::size_t left_;
};

namespace detail {

template <class S>
class take_operation : public pump<take_operation<S>, S, unit> {
    using base = pump<take_operation, S, unit>;

public:
    static constexpr const char* what = "take";

    explicit take_operation(take_stream<S>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return of_.left_ == 0 ? parent.complete() : this->start(parent);
    }
    stream_item_t<S> await_resume() {
        if (!this->take_errors()) return {};
        return std::move(this->current());
    }

private:
    friend base;
    auto& from() noexcept { return of_.from_.get(); }
    unit call(typename base::item&) const noexcept { return {}; }
    pump_step has_item() noexcept {
        if (!COIL_PLANTED(take_never_ends)) --of_.left_;
        return pump_step::end;
    }
    pump_step has_result() const noexcept { return pump_step::end; }
    std::coroutine_handle<> was_stopped(pump_step) noexcept {
        return this->end_stopped();
    }

    take_stream<S>& of_;
};

struct take_adaptor : adaptor {
    explicit take_adaptor(std::size_t n) noexcept : count(n) {}
    template <class S>
    auto apply(S&& from) const {
        return take_stream<S>(std::forward<S>(from), count);
    }
    std::size_t count;
};

}  // namespace detail

/// `source | take(count)`: the first `count` items, then the end. What follows them
/// stays in the source, which is not asked again.
///
/// \snippet coil/stream/take_test.cpp  the first two
///
/// Stop: reaches the source; a stopped `next()` does not count.
/// Allocates: never.
inline auto take(std::size_t count) noexcept {
    return detail::take_adaptor(count);
}

}  // namespace coil
