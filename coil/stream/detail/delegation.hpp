// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/generator.hpp>

namespace coil {

/// `co_yield elements_of(inner)`: the consumer now resumes `inner` directly.
template <class T, flavour F, generator_kind K>
class basic_generator<T, F, K>::delegation : detail::receiver {
public:
    explicit delegation(basic_generator&& inner) noexcept : inner_(std::move(inner)) {}
    delegation(const delegation&) = delete;
    delegation& operator=(const delegation&) = delete;
    ~delegation() {
        if (this->parent && !this->child) inner_.give_up_frame();  // unwound
    }

    [[nodiscard]] bool await_ready() const noexcept {
        return inner_.innermost_ == nullptr;
    }
    std::coroutine_handle<> await_suspend(handle outer) noexcept {
        outer_ = &outer.promise();
        // It may delegate itself. From now on the consumer knows who is innermost.
        promise_type& next = *std::exchange(inner_.innermost_, inner_.outermost_);
        this->parent = continuation(*outer_);
        this->child = detail::handle_of(next);
        inner_.outermost_->up = this;
        // Where the outer one is awaited may be gone before it goes on.
        next.scope = std::exchange(outer_->scope, nullptr);
        next.consumer_ = outer_->consumer_;
        next.consumer_->from_.innermost_ = &next;
        return handle::from_promise(next);
    }
    /// The generators between two items that `outermost` has delegated to: one after
    /// the other, however deep they are.
    static void destroy_inner(promise_type& innermost,
                              promise_type& outermost) noexcept {
        for (promise_type* ended = &innermost; ended != &outermost;) {
            auto& within = static_cast<delegation&>(*ended->up);
            handle::from_promise(*ended).destroy();
            within.inner_.give_up_frame();
            ended = within.outer_;
        }
    }
    void await_resume() {
        if (outer_ == nullptr) return;  // it had ended before
        promise_type& ended = *inner_.outermost_;
        // The consumer, and where it awaits, may have changed since.
        outer_->scope = ended.scope;
        outer_->consumer_ = ended.consumer_;
        outer_->consumer_->from_.innermost_ = outer_;
        outcome<T>& result = outer_->consumer_->result_;
        if (result.has_error()) [[unlikely]] {
            std::exception_ptr error = result.error();
            result.clear();
            detail::rethrow(std::move(error));
        }
    }

private:
    basic_generator inner_;
    promise_type* outer_ = nullptr;
};

}  // namespace coil
