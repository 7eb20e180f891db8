// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

namespace coil {

namespace detail {
template <class S, bool Takes>
class peek_operation;
}  // namespace detail

/// The stream that `source | peekable()` gives: `next()`, and `peek()` in advance.
template <class S>
class peekable_stream : public detail::source_drop<S> {
    using item = stream_item_t<S>;

public:
    using value_type = stream_value_t<S>;
    static constexpr bool is_local = detail::source<S>::is_local;
    static constexpr bool is_resumable = detail::source<S>::is_resumable;

    explicit peekable_stream(S&& from) : from_(std::forward<S>(from)) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<peekable_stream, detail::peek_operation<S, true>>(*this);
    }
    /// Waits for the next item and gives a pointer to it, null at the end. The item
    /// stays for `next()`, and where it is until then.
    ///
    /// Errors: the source's; then there is nothing to stay.
    [[nodiscard]] auto peek() noexcept {
        return detail::next_of<peekable_stream, detail::peek_operation<S, false>>(
            *this);
    }
    /// How many items are left, the one that was shown included.
    [[nodiscard]] std::size_t remaining()
        requires sized_stream<S>
    {
        return (has_ended_ ? 0 : from_.get().remaining()) + (kept_.has_value() ? 1 : 0);
    }
    decltype(auto) async_drop(exit_reason why)
        requires detail::owned_with_drop<S>
    {
        return from_.async_drop(why);
    }

    /// Whether the source has said that there are no more.
    [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }
    /// The item that `peek()` has found; empty if there is none.
    [[nodiscard]] item take() {
        if (!kept_.has_value()) return item();
        item taken = std::move(*kept_);
        kept_.reset();
        return taken;
    }

private:
    friend detail::peek_operation<S, true>;
    friend detail::peek_operation<S, false>;
    detail::source<S> from_;
    std::optional<item> kept_;
    bool has_ended_ = false;
};

namespace detail {

template <class S, bool Takes>
class peek_operation : public pump<peek_operation<S, Takes>, S, no_call> {
    using base = pump<peek_operation, S, no_call>;
    using item = stream_item_t<S>;

public:
    static constexpr const char* what = Takes ? "peekable" : "peek";

    explicit peek_operation(peekable_stream<S>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        const bool is_known = of_.kept_.has_value() || of_.has_ended_;
        return this->start(parent, is_known ? pump_step::end : pump_step::ask);
    }
    auto await_resume() {
        (void)this->take_errors();
        if constexpr (Takes) {
            return of_.take();
        } else {
            return of_.kept_.has_value() ? std::addressof(**of_.kept_) : nullptr;
        }
    }

private:
    friend base;
    auto& from() noexcept { return of_.from_.get(); }
    no_call call() {
        of_.kept_.emplace(std::move(this->current()));
        return {};
    }
    pump_step item_came() const noexcept { return pump_step::call; }
    pump_step no_item_came() noexcept {
        of_.has_ended_ = true;
        return pump_step::end;
    }
    pump_step result_came() const noexcept { return pump_step::end; }
    std::coroutine_handle<> was_stopped(pump_step) noexcept {
        return this->end_stopped();
    }

    peekable_stream<S>& of_;
};

struct peekable_adaptor : adaptor {
    template <class S>
    auto apply(S&& from) const {
        return peekable_stream<S>(std::forward<S>(from));
    }
};

}  // namespace detail

/// `source | peekable()`: the same stream, with a `peek()` that shows the next item and
/// leaves it there.
///
/// \snippet coil/stream/peekable_test.cpp  a number of digits
///
/// Errors: the source's, from `next()` or `peek()`.
/// Stop: reaches the source; an item that was shown stays. Allocates: never.
inline auto peekable() noexcept {
    return detail::peekable_adaptor();
}

}  // namespace coil
