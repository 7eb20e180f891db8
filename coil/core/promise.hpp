// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/continuation.hpp>
#include <coil/core/detail/drop_frame.hpp>
#include <coil/core/frame.hpp>
#include <coil/core/strand.hpp>

#include <cstddef>
#include <source_location>

namespace coil::detail {

/// Where a coroutine's result goes: part of the awaiter in the awaiting frame.
struct receiver {
    continuation parent;
    promise_base* child = nullptr;  // nulled when the child was unwound
};

/// The object that an `async_drop()` is called on.
struct dropped_object {
    const void* address;
    template <class Self>
        requires(
            requires(Self& object) { object.async_drop(); } ||
            requires(Self& object, exit_reason why) { object.async_drop(why); })
    dropped_object(Self& object) noexcept : address(__builtin_addressof(object)) {}
};

/// What every coil coroutine's promise starts with: three words.
struct promise_base {
    context* scope = nullptr;  // first: `continuation` reads it. Null until begun
    receiver* up = nullptr;
    std::source_location where;  // of the await that it is suspended in

    static void* operator new(std::size_t size) { return allocate_frame(size); }
    /// For `async_drop()`, with and without a reason. No templates: GCC 14 would warn
    /// that they do not match the `operator delete`.
    static void* operator new(std::size_t size, dropped_object self) {
        learn_drop_frame::made(self.address, size);
        return allocate_frame(size);
    }
    static void* operator new(std::size_t size, dropped_object self, exit_reason) {
        return operator new(size, self);
    }
    static void operator delete(void* frame, std::size_t size) noexcept {
        release_frame(frame, size);
    }
};

inline std::coroutine_handle<> handle_of(promise_base& frame) noexcept {
    return std::coroutine_handle<promise_base>::from_promise(frame);
}

/// What a context that carries drops does for the coroutine that it belongs to.
class drops : public context {
public:
    using drops_function = std::coroutine_handle<>(drops&) noexcept;
    struct hooks {
        void (*begin)(drops&, context& outer) noexcept;  // the coroutine begins
        std::coroutine_handle<> (*returned)(drops&) noexcept;
        std::coroutine_handle<> (*stopped)(drops&) noexcept;  // also destroys the frame
        void (*never_begun)(drops&) noexcept;
        void (*failed)(drops&) noexcept;  // the body ended with an error
    };
    const hooks* calls;

    /// The frame is ending or gone: it carries no drops any more.
    void forget() noexcept {
        if (drops_of() != nullptr) drops_of()->scope = outer();
        set_drops_of(nullptr);
    }

protected:
    drops(promise_base& owner, const hooks& table) noexcept : calls(&table) {
        set_drops_of(&owner);
    }
};

inline bool has_drops(const promise_base& frame) noexcept {
    return frame.scope != nullptr && frame.scope->drops_of() == &frame;
}

/// The body of `frame` ended with an error: its drops may want to know.
inline void tell_drops_of_error(promise_base& frame) noexcept {
    if (!has_drops(frame)) [[likely]]
        return;
    auto& carried = static_cast<drops&>(*frame.scope);
    carried.calls->failed(carried);
}

[[gnu::noinline, gnu::cold]] inline std::coroutine_handle<> begin_with_drops(
    promise_base& child, receiver& up) noexcept {
    auto& carried = static_cast<drops&>(*child.scope);
    carried.calls->begin(carried, up.parent.scope());
    return handle_of(child);
}
/// Starts a coroutine as somebody's child: it hands its result to `up`.
inline std::coroutine_handle<> begin_frame(promise_base& child, receiver& up) noexcept {
    child.up = &up;
    if (child.scope != nullptr) [[unlikely]]
        return begin_with_drops(child, up);
    child.scope = &up.parent.scope();
    return handle_of(child);
}

/// Destroys the frame of a coroutine that nobody awaited.
inline void destroy_never_begun(promise_base& frame) noexcept {
    if (frame.scope != nullptr) [[unlikely]] {
        auto& carried = static_cast<drops&>(*frame.scope);
        carried.calls->never_begun(carried);
    }
    handle_of(frame).destroy();
}

/// Destroys a frame on behalf of a stop: `is_unwinding()` is true meanwhile.
void destroy_unwinding(promise_base& frame) noexcept;
/// Ends the program if an exception escapes while its frame is being unwound.
void check_not_unwinding(const promise_base& frame) noexcept;

/// Hands over to the parent once the body, and what it owns, has ended.
struct final_awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> ended) const noexcept {
        promise_base& self = ended.promise();
        if (self.scope->drops_of() == &self) [[unlikely]] {
            auto& carried = static_cast<drops&>(*self.scope);
            return carried.calls->returned(carried);
        }
        return self.scope->home().end(self.up->parent);
    }
    void await_resume() const noexcept {}
};

}  // namespace coil::detail
