// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/thread_hooks.hpp>

#include <pthread.h>

#include <cstdio>

namespace coil::detail {

/// The life of this thread: its name, as debuggers and `top` show it, and who is told.
class thread_life {
public:
    /// What is too long for the system is cut.
    thread_life(const char* name, unsigned index, thread_kind kind,
                thread_hooks* told) noexcept
        : told_(told),
          kind_(kind) {
        constexpr int longest = 15;
        char whole[longest + 1] = "";
        char end[longest + 1] = "";
        const char* const shape = kind == thread_kind::worker ? "-%u" : "-b%u";
        const int taken = std::snprintf(end, sizeof end, shape, index);
        std::snprintf(whole, sizeof whole, "%.*s%s", longest - taken, name, end);
        ::pthread_setname_np(::pthread_self(), whole);
        if (told_ != nullptr) told_->starts(kind_);
    }
    thread_life(const thread_life&) = delete;
    thread_life& operator=(const thread_life&) = delete;
    ~thread_life() {
        if (told_ != nullptr) told_->ends(kind_);
    }

private:
    thread_hooks* const told_;
    const thread_kind kind_;
};

}  // namespace coil::detail
