// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/stream/detail/pump.hpp>

#include <cstddef>
#include <optional>

namespace coil::detail {

/// What an adaptor does next.
enum class adapt : unsigned char {
    ask,    ///< The source, for its next item.
    call,   ///< What it calls.
    give,   ///< What it has, to who reads it.
    close,  ///< The stream has ended: the source is not asked again.
};

/// Of an adaptor that calls nothing.
struct no_call {};

/// What an adaptor does if it does not say otherwise: it hands on each item.
///
/// A step is an aggregate that derives from this. It has a name, `what`; says which
/// `item` it gives, by `give(item, result)`; and, if it calls something, what that
/// gives, `call_type`, and how, `call(item)`. Where there is none, `item` is null. All
/// but `call` and `give` may not throw.
struct step {
    using call_type = no_call;
    adapt begin() const noexcept { return adapt::ask; }
    template <class Item>
    adapt has_item(Item&) const noexcept {
        return adapt::call;
    }
    adapt has_no_item() const noexcept { return adapt::close; }
    template <class Result>
    adapt has_result(Result&) const noexcept {
        return adapt::give;
    }
};

/// The same for one that gives as many items as it gets.
struct one_for_one : step {
    static std::size_t remaining(std::size_t of_source) noexcept { return of_source; }
};

template <class S, class Step>
class adapted_operation;

/// Whether a stop inside what the step calls loses nothing; a step may know better.
template <class Step>
inline constexpr bool is_resumable_step = !awaitable<typename Step::call_type>;
template <class Step>
    requires requires { Step::is_resumable; }
inline constexpr bool is_resumable_step<Step> = Step::is_resumable;

/// The stream that `source | adaptor` gives. One that has ended does not ask its source
/// again.
template <class S, class Step>
class adapted_stream : public source_drop<S> {
public:
    using value_type =
        std::remove_cvref_t<decltype(*std::declval<typename Step::item&>())>;
    static constexpr bool is_local =
        source<S>::is_local || is_local_v<typename Step::call_type>;
    static constexpr bool is_resumable =
        source<S>::is_resumable && is_resumable_step<Step>;

    template <class... Parts>
    explicit adapted_stream(S&& from, Parts&&... parts)
        : from_(std::forward<S>(from)),
          step_{{}, std::forward<Parts>(parts)...} {}

    [[nodiscard]] auto next() noexcept {
        return next_of<adapted_stream, adapted_operation<S, Step>>(*this);
    }
    /// How many items are left.
    [[nodiscard]] std::size_t remaining()
        requires(sized_stream<S> && requires(Step& s) { s.remaining(std::size_t()); })
    {
        return has_ended_ ? 0 : step_.remaining(from_.get().remaining());
    }
    decltype(auto) async_drop(exit_reason why)
        requires owned_with_drop<S>
    {
        return from_.async_drop(why);
    }

private:
    friend adapted_operation<S, Step>;
    source<S> from_;
    Step step_;
    bool has_ended_ = false;
};

/// The operation behind its `next()`.
template <class S, class Step>
class adapted_operation
    : public pump<adapted_operation<S, Step>, S, typename Step::call_type> {
    using call_type = typename Step::call_type;
    using base = pump<adapted_operation, S, call_type>;

public:
    static constexpr const char* what = Step::what;

    explicit adapted_operation(adapted_stream<S, Step>& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        const adapt first = of_.has_ended_ ? adapt::close : of_.step_.begin();
        return this->start(parent, follow(first));
    }
    typename Step::item await_resume() {
        const bool has_item = this->take_errors() && !of_.has_ended_;
        return of_.step_.give(has_item ? &this->current() : nullptr, this->result());
    }

private:
    friend base;
    auto& from() noexcept { return of_.from_.get(); }
    call_type call() {
        if constexpr (std::is_same_v<call_type, no_call>) {
            return {};
        } else {
            return of_.step_.call(this->has_item() ? &this->current() : nullptr);
        }
    }
    pump_step follow(adapt next) noexcept {
        if (next == adapt::ask) return pump_step::ask;
        if (next == adapt::call) return pump_step::call;
        of_.has_ended_ = of_.has_ended_ || next == adapt::close;
        return pump_step::end;
    }
    pump_step item_came() noexcept {
        return follow(of_.step_.has_item(this->current()));
    }
    pump_step no_item_came() noexcept { return follow(of_.step_.has_no_item()); }
    pump_step result_came() noexcept {
        return follow(of_.step_.has_result(this->result()));
    }
    std::coroutine_handle<> was_stopped(pump_step in) noexcept {
        if (in == pump_step::call && !is_resumable_step<Step>)
            of_.has_ended_ = !COIL_PLANTED(stopped_map_goes_on);
        return this->end_stopped();
    }

    adapted_stream<S, Step>& of_;
};

/// One that needs no more than numbers, and whose step is a `Step<S>`.
template <template <class> class Step, class... Parts>
struct plain_adaptor : adaptor {
    explicit plain_adaptor(Parts... given) : parts(given...) {}
    template <class S>
    auto apply(S&& from) const {
        return std::apply(
            [&](const auto&... each) {
                return adapted_stream<S, Step<S>>(std::forward<S>(from), each...);
            },
            parts);
    }
    std::tuple<Parts...> parts;
};

template <class T>
inline constexpr bool is_an_optional = optional_item<std::remove_cvref_t<T>>;

/// The rules of those that call a function: with each item, which is its own;
template <template <class, class> class Step>
struct given_rule : function_rule {
    template <class S, class F>
    using made = adapted_stream<S, Step<S, F>>;
};
/// with each item, which it only looks at;
template <template <class, class> class Step>
struct shown_rule : function_rule {
    template <class S, class F>
    using made = adapted_stream<S, Step<S, F>>;
    template <class F, class S>
    static constexpr bool takes = takes_a_look_at_items<F, S>;
};
/// the same for one that gives a bool;
template <template <class, class> class Step>
struct test_rule : shown_rule<Step> {
    template <class F, class S>
    static constexpr bool fits() {
        using answer = settled_t<show_to_t<F, S>>;
        static_assert(is_a_bool<answer>,
                      "this adaptor needs a function that gives a bool, or an "
                      "awaitable of one");
        return is_a_bool<answer>;
    }
};
/// for one that makes of an item something or nothing.
template <template <class, class> class Step>
struct optional_rule : given_rule<Step> {
    template <class F, class S>
    static constexpr bool fits() {
        using answer = settled_t<call_with_t<F, S>>;
        static_assert(is_an_optional<answer>,
                      "this adaptor needs a function that gives a std::optional, "
                      "or an awaitable of one");
        static_assert(!needs_async_drop_v<std::remove_cvref_t<answer>>,
                      "an adaptor has no place to await the async drop of a value that "
                      "nobody takes: give a handle instead");
        return is_an_optional<answer>;
    }
};

}  // namespace coil::detail
