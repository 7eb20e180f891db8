// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>

#include <string>

namespace coil {

/// The chain of awaits, as text, from what `piece` waits for up to its strand:
///
///     waits for sleep
///       in answer()           main.cpp:12
///       in join
///       in serve()            main.cpp:20
///
/// \snippet coil/core/backtrace_test.cpp  where a strand waits
[[nodiscard]] std::string backtrace(const piece& waiting);

/// The backtraces of everything that waits in `from`, and in the strands that its
/// groups wait for.
[[nodiscard]] std::string backtrace(strand& from);

/// `co_await backtrace_here()` gives the chain of awaits that leads here.
class backtrace_here {
public:
    using is_coil_leaf = void;
    backtrace_here& attach(continuation parent) noexcept {
        parent_ = parent;
        return *this;
    }
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void begin() const noexcept {}
    [[nodiscard]] std::string await_resume() const;

private:
    continuation parent_;
};

}  // namespace coil
