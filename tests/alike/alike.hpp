// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>

#include "logs.hpp"
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Programs written twice, once with ordinary functions and once with tasks. Whatever
/// their awaits do, both must log the same, byte for byte.
namespace alike {

using coil::task;

using sync_half = void(sync_log&);
using async_half = task<>(async_log&);

/// One program, written twice.
class pair {
public:
    pair(const char* name, sync_half* sync, async_half* async)
        : name_(name),
          sync_(sync),
          async_(async) {}

    /// What stands before the colon.
    [[nodiscard]] std::string_view topic() const noexcept;
    [[nodiscard]] std::string_view name() const noexcept { return name_; }

    /// How the halves differ, if they do. One that logs nothing, or never waits, has
    /// compared nothing: that is a difference, too.
    [[nodiscard]] std::optional<std::string> difference() const;

private:
    const char* name_;
    sync_half* sync_;
    async_half* async_;
};

/// All that COIL_ALIKE has made.
[[nodiscard]] std::vector<const pair*>& all_pairs();

/// A pair that is counted.
struct listed_pair : pair {
    listed_pair(const char* name, sync_half* sync, async_half* async)
        : pair(name, sync, async) {
        all_pairs().push_back(this);
    }
};

}  // namespace alike

/// A test case that compares the two functions that are called `program`: one takes a
/// `sync_log&`, the other an `async_log&`.
#define COIL_ALIKE(name, program) \
    COIL_ALIKE_NAMED(DOCTEST_ANONYMOUS(coil_pair_), name, program)
#define COIL_ALIKE_NAMED(listed, name, program)                          \
    static const alike::listed_pair listed(name, &program, &program);    \
    TEST_CASE(name) {                                                    \
        const auto difference = listed.difference();                     \
        CHECK_MESSAGE(!difference.has_value(), difference.value_or("")); \
    }

/// One that GCC 14 translates in another way, without a word: it leaves the order of
/// arguments open, evaluates the awaits of an expression before its other parts,
/// forgets what a braced list had made when a later member fails, and asks no awaited
/// condition of a do-while after `continue`. Named locals and plain loops avoid it.
#if COIL_CLANG
#define COIL_ALIKE_ON_CLANG(name, program) COIL_ALIKE(name, program)
#else
#define COIL_ALIKE_ON_CLANG(name, program)                                          \
    TEST_CASE(name* doctest::skip()) {                                              \
        const auto difference = alike::pair(name, &program, &program).difference(); \
        CHECK_MESSAGE(!difference.has_value(), difference.value_or(""));            \
    }
#endif
