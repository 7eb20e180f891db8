// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/testing/test.hpp>

#include <memory>
#include <ranges>
#include <vector>

using coil::testing::words;

//! [a range is a stream]
COIL_TEST("range_stream: a range is a stream, and its items are not copied") {
    const words names = {"ann", "bob"};
    auto items = coil::range_stream(names);
    auto first = co_await items.next();
    CHECK(&*first == &names[0]);
    auto second = co_await items.next();
    CHECK(*second == "bob");
    auto end = co_await items.next();
    CHECK_FALSE(end);
}
//! [a range is a stream]

COIL_TEST("range_stream: an owned range gives its elements away") {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(7));
    const auto moved = co_await (std::move(boxes) | coil::collect<std::vector>());
    CHECK(*moved.at(0) == 7);
}

COIL_TEST("range_stream: takes views") {
    const auto squares = co_await (
        std::views::iota(0, 4) | std::views::filter([](int i) { return i > 1; }) |
        coil::map([](int i) { return i * i; }) | coil::collect<std::vector>());
    CHECK(squares == std::vector<int>{4, 9});
}

COIL_TEST("range_stream: an endless one gives way and hears a stop") {
    long count = 0;
    auto winner = co_await coil::race(
        std::views::iota(0L) | coil::for_each([&](long) { ++count; }),
        coil::yield_now());
    CHECK(winner.index() == 1);
    CHECK(count > 0);
}
