// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>
#include <coil/runtime/multi_thread.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <initializer_list>
#include <thread>

/// Runs cases of coil-check where they would fail if it accepted too much: on many
/// threads, each strand on another one after every await. TSan looks on.
namespace moved {

// Never inlined: the compiler may take a thread's own for the same after an await.
COIL_NOINLINE inline std::thread::id this_thread() {
    return std::this_thread::get_id();
}
COIL_NOINLINE inline void touch(int& count) {
    ++count;
}
COIL_NOINLINE inline int& counted_here() {
    thread_local int counted = 0;
    return counted;
}

/// Not at once, so that another thread may use it meanwhile.
inline void count_up(int& count) {
    for (int i = 0; i < 1000; ++i) touch(count);
}

/// How often a thread used what belongs to another.
inline std::atomic<int>& uses_elsewhere() {
    static std::atomic<int> count = 0;
    return count;
}

/// Belongs to the thread that made it: it counts there, and nothing guards that.
class window {
public:
    window() : counted_(&counted_here()) { count_up(*counted_); }
    [[nodiscard]] int title() const {
        count_up(*counted_);
        // relaxed: it must not order what the cases do.
        if (counted_ != &counted_here())
            uses_elsewhere().fetch_add(1, std::memory_order_relaxed);
        return *counted_;
    }

private:
    int* counted_;
};

/// Takes no notice; doctest would order the threads by its counts.
COIL_NOINLINE inline void use(int) {}

}  // namespace moved

template <>
inline constexpr bool coil::enable_sendable<moved::window> = false;

namespace moved {

inline coil::multi_thread_runtime*& workers() {
    static coil::multi_thread_runtime* of_the_test = nullptr;
    return of_the_test;
}

/// Waits until this strand is on another thread.
inline coil::task<> move_on() {
    static std::atomic<unsigned> next = 0;
    const auto from = this_thread();
    while (this_thread() == from) {
        // relaxed: it must not order what the cases do.
        const unsigned worker = next.fetch_add(1, std::memory_order_relaxed);
        co_await coil::on(workers()->pinned(worker % workers()->workers()),
                          [] { use(window().title()); });
    }
}
inline coil::task<int> number() {
    co_await move_on();
    co_return 1;
}
inline coil::task<bool> is_true() {
    co_await move_on();
    co_return true;
}

using test_case = coil::task<> (*)();

inline coil::task<> repeat(test_case each, int times) {
    for (; times > 0; --times) co_await each();
}

/// Runs each case so many times, in several strands, beside the others.
inline void run(std::initializer_list<test_case> cases, int times = 25) {
    coil::multi_thread_runtime runtime({.workers = 3});
    workers() = &runtime;
    auto all = coil::with_group([&](coil::group& g) {
        constexpr int strands = 4;
        for (const test_case each : cases) {
            for (int i = 0; i < strands; ++i) g.spawn(repeat(each, times));
        }
    });
    CHECK(runtime.run(std::move(all)).has_value());
    CHECK(uses_elsewhere() == 0);
}

}  // namespace moved
