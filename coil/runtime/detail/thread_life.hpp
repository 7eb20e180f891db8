// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/thread_hooks.hpp>

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace coil::detail {

/// The life of this thread: its name, as debuggers and `top` show it, and who is told.
class thread_life {
public:
    /// What is too long for the system is cut.
    thread_life(const char* name, unsigned index, thread_kind kind,
                thread_hooks* told) noexcept
        : told_(told),
          kind_(kind) {
        constexpr std::size_t longest = 15;
        char end[longest + 1] = "";
        const char* const shape = kind == thread_kind::worker ? "-%u" : "-b%u";
        std::snprintf(end, sizeof end, shape, index);
        const std::string_view start =
            std::string_view(name).substr(0, longest - std::strlen(end));
        char whole[longest + 1] = "";
        std::strcpy(std::copy(start.begin(), start.end(), whole), end);
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
