// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <vector>

using namespace std::chrono_literals;

//! [the first two]
COIL_TEST("take: gives the first items and leaves the rest in the source") {
    coil::channel<int, 4> queue;
    for (int i = 0; i < 4; ++i) (void)queue.try_send(int{i});
    const auto first = co_await (queue | coil::take(2) | coil::collect<std::vector>());
    CHECK(first == std::vector<int>{0, 1});
    CHECK(queue.stats().size == 2);
}
//! [the first two]

COIL_TEST("take: ends with its source") {
    const std::vector<int> one = {1};
    const auto all = co_await (one | coil::take(2) | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{1});
    const auto none = co_await (one | coil::take(0) | coil::collect<std::vector>());
    CHECK(none.empty());
}

COIL_TEST("take: a next() that was stopped does not count") {
    coil::channel<int, 4> queue;
    auto two = queue | coil::take(2);
    CHECK(coil::resumable_stream<decltype(two)>);
    auto late = co_await coil::with_timeout(1s, two.next());
    CHECK_FALSE(late.has_value());
    for (int i = 0; i < 3; ++i) (void)queue.try_send(int{i});
    const auto all = co_await (two | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 1});
}
