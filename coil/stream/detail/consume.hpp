// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/pump.hpp>

namespace coil {

/// What a `for_each` function may return to say whether the loop goes on.
enum class loop : bool { leave, go_on };

}  // namespace coil

namespace coil::detail {

/// The drop of a stream that its consumer owns; nothing for other streams.
template <class S>
struct consumed_drop {
    void prepare() const noexcept {}
};
template <owned_with_drop S>
struct consumed_drop<S> : drop_call<S> {};

/// A function that is told what came of each call, and says whether the loop goes on.
template <class F, class Result>
concept takes_answer = requires(F& f, Result& result) {
    { f.take_answer(result) } noexcept -> std::same_as<loop>;
};

/// Calls a function with each item; when that has ended, in whatever way, drops the
/// stream if it owns it, then goes on as it ended.
template <class S, class F>
class consume_operation : public pump<consume_operation<S, F>, S,
                                      call_with_t<std::remove_reference_t<F>, S>> {
    using function = std::remove_reference_t<F>;
    using call_type = call_with_t<function, S>;
    using base = pump<consume_operation, S, call_type>;
    using answer = settled_t<call_type>;

public:
    static constexpr const char* what = "for_each";

    consume_operation(source<S>& from, F f) noexcept
        : from_(from),
          f_(std::forward<F>(f)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        dropped_.scope = &parent.scope();
#if COIL_EXCEPTIONS
        try {
            drop_.prepare();
        } catch (...) {
            this->set_error(std::current_exception());
        }
#else
        drop_.prepare();
#endif
        return this->start(parent);
    }
    void await_resume() { (void)this->take_errors(); }

protected:
    [[nodiscard]] function& called() noexcept { return f_; }

private:
    friend base;
    struct dropped : branch {
        explicit dropped(consume_operation& o) noexcept
            : branch{nullptr, &table},
              owner(o) {}
        consume_operation& owner;
        static std::coroutine_handle<> completed(branch& b) noexcept {
            return static_cast<dropped&>(b).owner.finish();
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const dropped&>(b).owner.parent();
        }
        static constexpr branch_ops table = {&completed, &completed, &parent_of, what};
    };

    auto& from() noexcept { return from_.get(); }
    call_type call() { return call_with(f_, this->current()); }
    pump_step item_came() const noexcept { return pump_step::call; }
    pump_step result_came() noexcept {
        return goes_on() ? pump_step::ask : pump_step::end;
    }
    bool goes_on() noexcept {
        if constexpr (takes_answer<function, outcome<answer>>) {
            return f_.take_answer(this->result()) == loop::go_on;
        } else if constexpr (std::is_same_v<answer, loop>) {
            return this->result().value() == loop::go_on;
        } else if constexpr (!std::is_void_v<answer>) {
            return static_cast<bool>(this->result().value());
        } else {
            return true;
        }
    }
    std::coroutine_handle<> was_stopped(pump_step) noexcept {
        was_stopped_ = true;
        return drop(exit_reason::stopped);
    }
    std::coroutine_handle<> end() noexcept {
        return drop(this->has_error() ? exit_reason::error : exit_reason::returned);
    }
    std::coroutine_handle<> drop(exit_reason why) noexcept {
        if constexpr (owned_with_drop<S>) {
            return drop_.begin(from_.get(), why, continuation(dropped_));
        } else {
            return finish();
        }
    }
    std::coroutine_handle<> finish() noexcept {
        return was_stopped_ ? this->end_stopped() : this->parent().complete();
    }

    source<S>& from_;
    F f_;
    consumed_drop<S> drop_;
    dropped dropped_{*this};
    bool was_stopped_ = false;
};

/// The same with a consumer: a function that has a `result(item)` when all is over, of
/// which `item` is the one that the loop was left at, or null.
template <class S, class Consumer>
class consumer_operation : public consume_operation<S, Consumer> {
public:
    using consume_operation<S, Consumer>::consume_operation;
    auto await_resume() {
        const bool has_item = this->take_errors();
        return this->called().result(has_item ? &this->current() : nullptr);
    }
};

template <class S, class Consumer>
class [[nodiscard(
    "what reads a stream to its end does nothing until it is awaited: "
    "write co_await")]] consumer_recipe {
public:
    static constexpr bool is_local =
        source<S>::is_local || is_local_v<call_with_t<Consumer, S>>;

    consumer_recipe(S&& from, Consumer consumer)
        : from_(std::forward<S>(from)),
          consumer_(std::move(consumer)) {}
    consumer_operation<S, Consumer> operator co_await() && {
        if constexpr (sized_stream<S> && requires { consumer_.expect(std::size_t()); })
            consumer_.expect(from_.get().remaining());
        return {from_, std::move(consumer_)};
    }

private:
    source<S> from_;
    Consumer consumer_;
};

/// Of one whose function needs no look at the stream.
template <class Consumer>
struct consumer_rule : function_rule {
    template <class S, class>
    using made = consumer_recipe<S, Consumer>;
};
template <class Consumer>
using consumer_adaptor = function_adaptor<Consumer, consumer_rule<Consumer>>;

}  // namespace coil::detail
