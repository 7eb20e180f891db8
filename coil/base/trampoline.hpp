// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coroutine>

namespace coil::detail {

/// For a loop whose steps may end at once: keeps the native stack flat, however many of
/// them do.
///
/// The loop begins each step through `ends_at_once` and goes on while that is true. The
/// hook that is told of a step's end goes on with the loop only if `must_go_on`.
class trampoline {
public:
    /// Begins a step. True: it has ended already; else `next` is what to run.
    template <class Begin>
    [[nodiscard]] bool ends_at_once(std::coroutine_handle<>& next,
                                    Begin&& begin) noexcept {
        is_beginning_ = true;
        has_ended_ = false;
        next = begin();
        is_beginning_ = false;
        return has_ended_;
    }
    /// False: the loop that began the step has yet to return, and goes on by itself.
    [[nodiscard]] bool must_go_on() noexcept {
        has_ended_ = true;
        return !is_beginning_;
    }

private:
    bool is_beginning_ = false;
    bool has_ended_ = false;
};

}  // namespace coil::detail
