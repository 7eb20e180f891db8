// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/continuation.hpp>
#include <coil/core/detail/drop_frame.hpp>
#include <coil/core/detail/fine_frames.hpp>
#include <coil/core/strand.hpp>

#include <cstddef>
#include <source_location>

namespace coil::detail {

/// Any coil coroutine. It holds the frame's address, which is what resuming it takes.
using frame_handle = std::coroutine_handle<promise_base>;

/// Where a coroutine's result goes: part of the awaiter in the awaiting frame.
struct receiver {
    continuation parent;
    frame_handle child;  // null when the child was unwound
};

/// In the place of a child that gave its result and is gone: to destroy it does
/// nothing. In one file, since each may have a no-op coroutine of its own.
[[gnu::const]] frame_handle gone_child() noexcept;

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
    // Nobody looks at these before they are set, so no frame pays for doing it twice.
    receiver* up;  // from its begin on
    union {
        std::source_location where;  // of the await that it is suspended in
    };

    promise_base() noexcept {}

    static void* operator new(std::size_t size) { return take_frame(size); }
    /// For `async_drop()`, with and without a reason. No templates: GCC 14 would warn
    /// that they do not match the `operator delete`.
    static void* operator new(std::size_t size, dropped_object self) {
        learn_drop_frame::made(self.address, size);
        return take_frame(size);
    }
    static void* operator new(std::size_t size, dropped_object self, exit_reason) {
        return operator new(size, self);
    }
    static void operator delete(void* frame, std::size_t size) noexcept {
        give_frame_back(frame, size);
    }
};

inline frame_handle handle_of(const promise_base& frame) noexcept {
    return frame_handle::from_promise(const_cast<promise_base&>(frame));
}

/// What a context that carries drops does for the coroutine that it belongs to.
class drops : public context {
public:
    using drops_function = std::coroutine_handle<>(drops&) noexcept;
    struct hooks {
        void (*begin)(drops&, context& outer) noexcept;       // the coroutine begins
        std::coroutine_handle<> (*stopped)(drops&) noexcept;  // also destroys the frame
        void (*never_begun)(drops&) noexcept;
        void (*failed)(drops&) noexcept;  // the body ended with an error
    };
    const hooks* calls;
    continuation returned;  // the branch that is told when the body has ended

    /// The frame is ending or gone: it carries no drops any more.
    void forget() noexcept {
        if (drops_of()) drops_of().promise().scope = outer();
        set_drops_of(nullptr);
    }

protected:
    drops(promise_base& owner, const hooks& table, branch& told) noexcept
        : calls(&table),
          returned(told) {
        set_drops_of(handle_of(owner));
    }
};

inline bool has_drops(const promise_base& frame) noexcept {
    return frame.scope != nullptr && frame.scope->drops_of() == handle_of(frame);
}

/// The body of `frame` ended with an error: its drops may want to know.
inline void tell_drops_of_error(promise_base& frame) noexcept {
    if (!has_drops(frame)) [[likely]]
        return;
    auto& carried = static_cast<drops&>(*frame.scope);
    carried.calls->failed(carried);
}

/// Starts a coroutine as somebody's child: it hands its result to `up`.
inline std::coroutine_handle<> begin_frame(frame_handle started,
                                           receiver& up) noexcept {
    started.promise().up = &up;
    started.promise().scope = &up.parent.scope();
    return started;
}

/// The first thing that a coroutine with owned parameters does: its drops, known since
/// it was called, stand between it and what it was begun in.
struct begin_with_drops : std::suspend_always {
    drops* carried;  // null if what it would own is another coroutine's
    void await_resume() const noexcept {
        if (carried == nullptr) return;
        carried->calls->begin(*carried, *carried->drops_of().promise().scope);
        carried->drops_of().promise().scope = carried;
    }
};

/// Destroys the frame of a coroutine that nobody awaited.
inline void destroy_never_begun(frame_handle frame) noexcept {
    if (frame.promise().scope != nullptr) [[unlikely]] {
        auto& carried = static_cast<drops&>(*frame.promise().scope);
        carried.calls->never_begun(carried);
    }
    frame.destroy();
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
        continuation next = self.up->parent;
        if (self.scope->drops_of() == ended) [[unlikely]]
            next = static_cast<drops&>(*self.scope).returned;
        return self.scope->home().end(next);
    }
    void await_resume() const noexcept {}
};

}  // namespace coil::detail
