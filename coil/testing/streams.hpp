// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/core.hpp>
#include <coil/core/own.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace coil::testing {

/// 0, 1, 2 and so on.
inline generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

#if COIL_EXCEPTIONS
/// The same, but instead of the end there is an error.
inline generator<int> failing_after(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
    throw std::runtime_error("source");
}

/// What a stream gives until it ends: items and errors.
template <class S>
local_task<words> log_of(S& all) {
    words log;
    for (;;) {
        try {
            auto item = co_await all.next();
            if (!item) break;
            log.push_back(std::to_string(*item));
        } catch (const std::runtime_error& error) {
            log.push_back(error.what());
        }
    }
    co_return log;
}
#endif

struct logging_drop {
    words* log;
    task<> async_drop() {
        co_await sleep(std::chrono::milliseconds(1));
        log->push_back("drop");
    }
};

inline resource_generator<int> count_while_held(owned<logging_drop>, int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}
/// Writes when it is dropped, whether it was begun or not.
inline resource_generator<int> dropping(words& log, int count) {
    return count_while_held(logging_drop{&log}, count);
}

/// What `all`, made of `queue`, gives to who reads it twice: is stopped after so many
/// turns, and then reads on. Meanwhile numbers are sent, one in each turn.
template <class Queue, class S>
local_task<std::vector<stream_value_t<S>>> read_in_two(Queue& queue, S& all, int count,
                                                       int turns) {
    std::vector<stream_value_t<S>> seen;
    const auto send = [&]() -> local_task<> {
        for (int i = 0; i < count; ++i) {
            co_await yield_now();
            (void)queue.try_send(int{i});
        }
        queue.close();
    };
    const auto read = [&]() -> local_task<> {
        while (auto item = co_await all.next()) seen.push_back(std::move(*item));
    };
    co_await join(send(), race(read(), give_way(turns)));
    co_await read();
    co_return seen;
}

}  // namespace coil::testing
