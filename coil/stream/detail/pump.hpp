// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/trampoline.hpp>
#include <coil/core/call.hpp>
#include <coil/stream/detail/source.hpp>

namespace coil::detail {

/// What a pump does next.
enum class pump_step : unsigned char { ask, call, end };

/// What every adaptor's `next()`, `for_each` and `collect` share: ask the source for an
/// item, call a function (sync or async) that gives an `R`, go on or end. However many
/// items are ready at once, the native stack stays flat.
///
/// `Derived` gives `what`, `from()`, `call()`, `item_came()` and `result_came()` (what
/// to do next), `was_stopped(step)`, and may replace `no_item_came()` and `end()`.
template <class Derived, class S, class R>
class pump : public frame_operation<Derived> {
protected:
    using item = stream_item_t<S>;

    std::coroutine_handle<> start(continuation parent,
                                  pump_step first = pump_step::ask) noexcept {
        parent_ = parent;
        if (step_ != pump_step::end) step_ = first;
        return run();
    }
    [[nodiscard]] continuation parent() const noexcept { return parent_; }

    /// Whether there is an item. Throws what the source, or the function, threw.
    bool take_errors() {
        if (asking_.result.has_error()) (void)asking_.result.take();
        if (calling_.result.has_error()) (void)calling_.result.take();
        return has_item();
    }
    [[nodiscard]] bool has_item() noexcept {
        return asking_.result.has_value() && static_cast<bool>(current());
    }
    [[nodiscard]] bool has_error() const noexcept {
        return asking_.result.has_error() || calling_.result.has_error();
    }
    void set_error(std::exception_ptr error) noexcept {
        asking_.result.set_error(std::move(error));
        step_ = pump_step::end;
    }
    [[nodiscard]] item& current() noexcept { return asking_.result.value(); }
    [[nodiscard]] outcome<settled_t<R>>& result() noexcept { return calling_.result; }

    pump_step no_item_came() const noexcept { return pump_step::end; }
    std::coroutine_handle<> end() noexcept { return parent_.complete(); }
    std::coroutine_handle<> end_stopped() noexcept {
        parent_.scope().home().unwind(parent_);
        return std::noop_coroutine();
    }

private:
    using next_type = stream_next_t<S>;

    struct asking : settled_call<next_type> {
        explicit asking(pump& o) noexcept : settled_call<next_type>(table), owner(o) {}
        pump& owner;
        static std::coroutine_handle<> completed(branch& b) noexcept {
            auto& self = static_cast<asking&>(b);
            self.collect();
            pump& owner = self.owner;
            if (!self.result.has_value()) return owner.go_on(pump_step::end);
            return owner.go_on(owner.has_item() ? owner.derived().item_came()
                                                : owner.derived().no_item_came());
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            auto& self = static_cast<asking&>(b);
            self.collect_stopped();
            return self.owner.derived().was_stopped(pump_step::ask);
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const asking&>(b).owner.parent_;
        }
        static constexpr branch_ops table = {&completed, &stopped, &parent_of,
                                             Derived::what};
    };
    struct calling : settled_call<R> {
        explicit calling(pump& o) noexcept : settled_call<R>(table), owner(o) {}
        pump& owner;
        static std::coroutine_handle<> completed(branch& b) noexcept {
            auto& self = static_cast<calling&>(b);
            self.collect();
            return self.owner.go_on(self.result.has_value()
                                        ? self.owner.derived().result_came()
                                        : pump_step::end);
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            auto& self = static_cast<calling&>(b);
            self.collect_stopped();
            return self.owner.derived().was_stopped(pump_step::call);
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const calling&>(b).owner.parent_;
        }
        static constexpr branch_ops table = {&completed, &stopped, &parent_of,
                                             Derived::what};
    };

    /// Goes on in the strand's next turn: this one has spent its budget.
    struct pause : piece {
        explicit pause(pump& o) noexcept : piece(table), owner(o) {}
        pump& owner;
        static std::coroutine_handle<> run(piece& p) noexcept {
            pump& self = static_cast<pause&>(p).owner;
            if (self.parent_.scope().stop_requested())
                return self.derived().was_stopped(pump_step::ask);
            return self.run();
        }
        static constexpr piece_ops table = {&run, nullptr, Derived::what};
    };

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    std::coroutine_handle<> run() noexcept {
        std::coroutine_handle<> next;
        while (step_ != pump_step::end) {
            // Sources and functions that never wait must not starve the others.
            strand& home = parent_.scope().home();
            if (step_ == pump_step::ask && !home.spend()) {
                home.wake(pause_);
                return std::noop_coroutine();
            }
            const auto begin = [this] { return begin_step(); };
            if (!loop_.ends_at_once(next, begin)) return next;
        }
        return derived().end();
    }
    std::coroutine_handle<> begin_step() noexcept {
        calling_.result.clear();
        if (step_ == pump_step::call) {
            return calling_.call(parent_.scope(),
                                 [this]() -> R { return derived().call(); });
        }
        asking_.result.clear();
        return asking_.call(parent_.scope(),
                            [this]() -> next_type { return derived().from().next(); });
    }
    std::coroutine_handle<> go_on(pump_step next) noexcept {
        step_ = next;
        return loop_.must_go_on() ? run() : std::noop_coroutine();
    }

    continuation parent_;
    asking asking_{*this};
    calling calling_{*this};
    pause pause_{*this};
    trampoline loop_;
    pump_step step_ = pump_step::ask;
};

}  // namespace coil::detail
