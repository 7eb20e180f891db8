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
    call_type call(typename base::item& item) { return call_with(f_, item); }
    pump_step has_item() const noexcept { return pump_step::call; }
    pump_step has_result() noexcept {
        if constexpr (std::is_same_v<answer, loop>) {
            if (this->result().value() == loop::leave) return pump_step::end;
        } else if constexpr (!std::is_void_v<answer>) {
            if (!this->result().value()) return pump_step::end;
        }
        return pump_step::ask;
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

}  // namespace coil::detail
