// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/join.hpp>  // what it is made of
#include <coil/stream/peekable.hpp>

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace coil {

namespace detail {
template <class... S>
class zip_operation;
template <class A, class B>
class chain_operation;
}  // namespace detail

/// The stream that `zip(streams...)` gives.
template <class... S>
class zip_stream : public detail::source_drop<S...> {
    using sources = std::tuple<peekable_stream<S>...>;

public:
    using value_type = std::tuple<detail::given_item_t<S>...>;
    static constexpr bool is_local = (peekable_stream<S>::is_local || ...);
    static constexpr bool is_resumable = (peekable_stream<S>::is_resumable && ...);

    explicit zip_stream(S&&... from)
        : sources_(peekable_stream<S>(std::forward<S>(from))...) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<zip_stream, detail::zip_operation<S...>>(*this);
    }
    /// How many tuples are left.
    [[nodiscard]] std::size_t remaining()
        requires(sized_stream<S> && ...)
    {
        if (has_ended_) return 0;
        return std::apply([](auto&... each) { return std::min({each.remaining()...}); },
                          sources_);
    }
    /// Drops the streams that it owns.
    [[nodiscard]] auto async_drop() noexcept
        requires needs_async_drop<sources>
    {
        return coil::drop(sources_);
    }

private:
    friend detail::zip_operation<S...>;
    sources sources_;
    bool has_ended_ = false;
};

/// The stream that `chain(a, b)` gives.
template <class A, class B>
class chain_stream : public detail::source_drop<A, B> {
    using sources = std::tuple<detail::source<A>, detail::source<B>>;

public:
    /// What both give, or an `optional` of what the values have in common.
    using item = std::conditional_t<
        std::is_same_v<stream_item_t<A>, stream_item_t<B>>, stream_item_t<A>,
        std::optional<std::common_type_t<stream_value_t<A>, stream_value_t<B>>>>;
    using value_type = std::common_type_t<stream_value_t<A>, stream_value_t<B>>;
    static constexpr bool is_local =
        detail::source<A>::is_local || detail::source<B>::is_local;
    static constexpr bool is_resumable =
        detail::source<A>::is_resumable && detail::source<B>::is_resumable;

    chain_stream(A&& a, B&& b)
        : sources_(detail::source<A>(std::forward<A>(a)),
                   detail::source<B>(std::forward<B>(b))) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<chain_stream, detail::chain_operation<A, B>>(*this);
    }
    /// How many items are left in both.
    [[nodiscard]] std::size_t remaining()
        requires(sized_stream<A> && sized_stream<B>)
    {
        if (has_ended_) return 0;
        const std::size_t second = std::get<1>(sources_).get().remaining();
        return is_in_second_ ? second
                             : std::get<0>(sources_).get().remaining() + second;
    }
    /// Drops the streams that it owns.
    [[nodiscard]] auto async_drop() noexcept
        requires needs_async_drop<sources>
    {
        return coil::drop(sources_);
    }

private:
    friend detail::chain_operation<A, B>;
    sources sources_;
    bool is_in_second_ = false;
    bool has_ended_ = false;
};

namespace detail {

template <class S>
using peek_t = decltype(std::declval<peekable_stream<S>&>().peek());

/// Looks at the next item of all; takes them when all are there.
template <class... S>
class zip_operation : public branches<zip_operation<S...>, peek_t<S>...> {
    using base = branches<zip_operation, peek_t<S>...>;
    friend base;

public:
    static constexpr const char* what = "zip";

    explicit zip_operation(zip_stream<S...>& of) noexcept
        : base(parts_),
          of_(of),
          parts_(std::apply([](auto&... each) { return std::tuple(each.peek()...); },
                            of.sources_)) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return of_.has_ended_ ? parent.complete() : base::begin(parent);
    }
    std::optional<typename zip_stream<S...>::value_type> await_resume() {
        throw_error(std::index_sequence_for<S...>());
        if (of_.has_ended_) return std::nullopt;
        return std::apply(
            [](auto&... each) {
                return std::optional<typename zip_stream<S...>::value_type>(
                    std::in_place, taken(each)...);
            },
            of_.sources_);
    }

private:
    void has_ended(std::size_t, bool has_error) noexcept {
        std::apply([&](auto&... each) { of_.has_ended_ = (each.has_ended() || ...); },
                   of_.sources_);
        has_result_ = has_result_ || has_error || of_.has_ended_;
        if (has_result_) this->stop_others(stop_reason::sibling_ended);
    }
    void was_stopped() noexcept {
        is_stopped_ = true;
        if (!has_result_) this->stop_others(stop_reason::sibling_ended);
    }
    [[nodiscard]] bool is_thrown_away(std::size_t) const noexcept { return false; }
    [[nodiscard]] bool ends_with_result() const noexcept {
        return has_result_ || !is_stopped_;
    }
    template <std::size_t... I>
    void throw_error(std::index_sequence<I...>) {
        ((this->template result<I>().has_error()
              ? (void)this->template result<I>().take()
              : void()),
         ...);
    }
    template <class Source>
    static given_item_t<Source> taken(peekable_stream<Source>& of) {
        auto item = of.take();
        return give_item(item);
    }

    zip_stream<S...>& of_;
    std::tuple<peek_t<S>...> parts_;
    bool has_result_ = false;  // an error, or the end
    bool is_stopped_ = false;
};

/// Asks the first stream as its source, and calls the second one's `next()` then.
template <class A, class B>
class chain_operation : public pump<chain_operation<A, B>, A, stream_next_t<B>> {
    using base = pump<chain_operation, A, stream_next_t<B>>;
    using item = typename chain_stream<A, B>::item;

public:
    static constexpr const char* what = "chain";

    explicit chain_operation(chain_stream<A, B>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        const auto first = of_.is_in_second_ ? pump_step::call : pump_step::ask;
        return this->start(parent, of_.has_ended_ ? pump_step::end : first);
    }
    item await_resume() {
        if (this->take_errors()) return converted(this->current());
        auto& second = this->result();
        return second.has_value() ? converted(second.value()) : item();
    }

private:
    friend base;
    auto& from() noexcept { return std::get<0>(of_.sources_).get(); }
    stream_next_t<B> call() { return std::get<1>(of_.sources_).get().next(); }
    pump_step item_came() const noexcept { return pump_step::end; }
    pump_step no_item_came() noexcept {
        of_.is_in_second_ = true;
        return pump_step::call;
    }
    pump_step result_came() noexcept {
        of_.has_ended_ = !static_cast<bool>(this->result().value());
        return pump_step::end;
    }
    std::coroutine_handle<> was_stopped(pump_step) noexcept {
        return this->end_stopped();
    }
    template <class Item>
    static item converted(Item& given) {
        if constexpr (std::is_same_v<Item, item>) {
            return std::move(given);
        } else {
            return static_cast<bool>(given) ? item(give_item(given)) : item();
        }
    }

    chain_stream<A, B>& of_;
};

}  // namespace detail

/// The first items of several streams or ranges as a `std::tuple`, then the second
/// ones, and so on; all are asked at once. It ends as soon as one has ended, and what
/// others gave beside that is gone. Streams and ranges given as lvalues are borrowed,
/// and what is borrowed stands in the tuple as a reference.
///
/// \snippet coil/stream/combine_test.cpp  questions and answers
///
/// Errors: a source's, from `next()`; it stops the others, of which generators end.
/// What another one gave is in the next tuple. Stop: reaches all sources; what one of
/// them gave before is in the next tuple. Allocates: never.
template <detail::adaptable... S>
    requires(sizeof...(S) > 0)
auto zip(S&&... streams) {
    return zip_stream<detail::as_stream_t<S>...>(
        detail::to_stream(std::forward<S>(streams))...);
}

/// The items of several streams or ranges, one of them after the other. Those given as
/// lvalues are borrowed.
///
/// \snippet coil/stream/combine_test.cpp  the news behind the archive
///
/// Errors: a source's, from `next()`; whether it goes on is its affair.
/// Stop: reaches the source that is read; where all are resumable nothing is lost.
/// Allocates: never.
template <detail::adaptable A, detail::adaptable B, detail::adaptable... More>
auto chain(A&& a, B&& b, More&&... more) {
    if constexpr (sizeof...(More) == 0) {
        return chain_stream<detail::as_stream_t<A>, detail::as_stream_t<B>>(
            detail::to_stream(std::forward<A>(a)),
            detail::to_stream(std::forward<B>(b)));
    } else {
        return chain(chain(std::forward<A>(a), std::forward<B>(b)),
                     std::forward<More>(more)...);
    }
}

}  // namespace coil
