// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coroutine>
#include <cstdint>

namespace coil {

class context;
class continuation;

namespace detail {
struct promise_base;

/// In a frame the promise, which asks for no more alignment than this, follows the two
/// functions that every compiler's coroutines begin with.
inline constexpr std::uintptr_t promise_offset = 2 * sizeof(void*);
}  // namespace detail

/// Someone who awaits but is not a coroutine: a branch of a combinator, or the root
/// of a strand. It gets its news through these hooks instead of being resumed.
struct branch_ops;
struct branch {
    context* scope;  // first, as in every coroutine's promise
    const branch_ops* ops;
};

/// All three are called by the strand that the branch belongs to.
struct branch_ops {
    /// The awaited thing has its result. Returns what to run next.
    std::coroutine_handle<> (*completed)(branch&) noexcept;
    /// The awaited thing was stopped and is gone. Returns what to run next; to go on
    /// unwinding it calls `strand::unwind(parent)` and returns a no-op.
    std::coroutine_handle<> (*stopped)(branch&) noexcept;
    /// Who awaits the combinator: the next line of a backtrace.
    continuation (*parent)(const branch&) noexcept;
    const char* what;
};

/// Who is told how an await ends: a suspended coil coroutine, or a branch.
///
/// It holds the frame's address, which is what resuming it takes; a branch is seen as
/// if it were a frame's promise, so that `scope()` need not ask which of them it is.
class continuation {
public:
    continuation() = default;
    explicit continuation(detail::promise_base& frame) noexcept
        : bits_(reinterpret_cast<std::uintptr_t>(&frame) - detail::promise_offset) {}
    template <class Promise>
    explicit continuation(std::coroutine_handle<Promise> frame) noexcept
        : bits_(reinterpret_cast<std::uintptr_t>(frame.address())) {}
    explicit continuation(branch& of) noexcept
        : bits_((reinterpret_cast<std::uintptr_t>(&of) - detail::promise_offset) |
                branch_bit) {}

    explicit operator bool() const noexcept { return bits_ != 0; }
    [[nodiscard]] bool is_branch() const noexcept { return (bits_ & branch_bit) != 0; }

    /// The context that the awaited thing runs in.
    [[nodiscard]] context& scope() const noexcept {
        return **reinterpret_cast<context**>((bits_ & ~branch_bit) +
                                             detail::promise_offset);
    }
    [[nodiscard]] branch& as_branch() const noexcept {
        return *reinterpret_cast<branch*>(bits_ +
                                          (detail::promise_offset - branch_bit));
    }
    [[nodiscard]] detail::promise_base& as_frame() const noexcept {
        return *reinterpret_cast<detail::promise_base*>(bits_ + detail::promise_offset);
    }

    /// Says that the awaited thing has its result. Returns what to run next.
    [[nodiscard]] std::coroutine_handle<> complete() const noexcept {
        if (is_branch()) [[unlikely]]
            return as_branch().ops->completed(as_branch());
        return std::coroutine_handle<>::from_address(reinterpret_cast<void*>(bits_));
    }

private:
    static constexpr std::uintptr_t branch_bit = 1;
    std::uintptr_t bits_ = 0;
};

}  // namespace coil
