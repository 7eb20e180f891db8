// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/combine.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/sources.hpp>
#include <coil/stream/take.hpp>
#include <coil/stream/transform.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

using maybe = std::optional<int>;

//! [a header before the rows]
coil::task<std::string> title() {
    co_await coil::sleep(1ms);  // ask the database
    co_return "name";
}
coil::task<words> page(const words& rows) {
    auto body = coil::zip(coil::repeat(std::string("- ")), rows) |
                coil::map([](const auto& line) {
                    const auto& [mark, row] = line;
                    return mark + row;
                });
    co_return co_await (coil::chain(coil::single(title()), std::move(body)) |
                        coil::collect<std::vector>());
}
//! [a header before the rows]

//! [the pages of a list]
struct page_of_list {
    std::vector<int> numbers;
    int next = 0;  // 0 on the last
};
coil::task<page_of_list> load_page(int number) {
    co_await coil::sleep(1ms);  // ask the server
    co_return page_of_list{{10 * number, 10 * number + 1}, number < 2 ? number + 1 : 0};
}
coil::task<std::vector<int>> load_all() {
    const auto load = [](int& next) -> coil::task<std::optional<std::vector<int>>> {
        if (next == 0) co_return std::nullopt;
        auto page = co_await load_page(next);
        next = page.next;
        co_return std::move(page.numbers);
    };
    co_return co_await (coil::unfold(1, load) | coil::flatten() |
                        coil::collect<std::vector>());
}
//! [the pages of a list]

}  // namespace

COIL_TEST("sources: a single item, of a value or of a task, and copies of one") {
    const words rows = {"ann", "bob"};
    const words lines = co_await page(rows);
    CHECK(lines == words{"name", "- ann", "- bob"});
    auto boxed = coil::single(std::make_unique<int>(1));
    auto box = co_await boxed.next();
    CHECK((box.has_value() && **box == 1));
    auto end = co_await boxed.next();
    CHECK_FALSE(end.has_value());
    auto later = coil::single(title());
    (void)co_await later.next();
    auto done = co_await later.next();
    CHECK_FALSE(done.has_value());
}

COIL_TEST("empty_stream: has ended") {
    CHECK(co_await (coil::empty_stream<std::unique_ptr<int>>() | coil::count()) == 0);
}

COIL_TEST("single: the stream that a task gives is read as if it were there") {
    const auto open = []() -> coil::task<coil::generator<int>> {
        co_await coil::sleep(1ms);
        co_return coil::testing::count_to(2);
    };
    const auto all = co_await (coil::single(open()) | coil::flatten() |
                               coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 1});
}

COIL_TEST("repeat: a range begins again and again") {
    const std::vector<int> numbers = {1, 2};
    auto round = coil::repeat(std::span(numbers)) | coil::flatten() | coil::take(5);
    const auto all = co_await (round | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{1, 2, 1, 2, 1});
}

COIL_TEST("unfold: an async function changes the state until it gives nothing") {
    const auto all = co_await load_all();
    CHECK(all == std::vector<int>{10, 11, 20, 21});
}

COIL_TEST("generate: calls its function for each item, and not behind the end") {
    int calls = 0;
    const auto next = [&] { return ++calls <= 3 ? maybe(calls) : maybe(); };
    auto all = coil::generate(next);
    static_assert(coil::resumable_stream<decltype(all)>);
    const auto numbers = co_await (all | coil::collect<std::vector>());
    CHECK(numbers == std::vector<int>{1, 2, 3});
    auto end = co_await all.next();
    CHECK_FALSE(end.has_value());
    CHECK(calls == 4);
}

COIL_TEST("sources: one that is stopped inside an async function has ended") {
    coil::event never;
    const auto wait = [&]() -> coil::task<maybe> {
        co_await never.wait();
        co_return 1;
    };
    auto calls = coil::generate(wait);
    static_assert(!coil::resumable_stream<decltype(calls)>);
    auto late = co_await coil::with_timeout(1s, calls.next());
    CHECK_FALSE(late.has_value());
    auto end = co_await calls.next();
    CHECK_FALSE(end.has_value());
    auto one = coil::single(wait());
    auto stuck = co_await coil::with_timeout(1s, one.next());
    CHECK_FALSE(stuck.has_value());
    auto none = co_await one.next();
    CHECK_FALSE(none.has_value());
}

COIL_TEST("sources: those that are always ready give way, and hear a stop") {
    long seen = 0;
    const auto see = coil::for_each([&](int) { ++seen; });
    const auto won = co_await coil::race(coil::repeat(1) | see,
                                         coil::generate([] { return maybe(1); }) | see,
                                         coil::testing::give_way(3));
    CHECK(won.index() == 2);
    CHECK(seen > 0);
    CHECK(co_await (coil::repeat(1) | coil::take(3) | coil::count()) == 3);
}

#if COIL_EXCEPTIONS
COIL_TEST("sources: an error of a function, and what comes then") {
    const auto next = [calls = 0]() mutable -> maybe {
        ++calls;
        if (calls == 2) throw std::runtime_error("function");
        return calls < 4 ? maybe(calls) : maybe();
    };
    auto all = coil::generate(next);
    const words log = co_await coil::testing::log_of(all);
    CHECK(log == words{"1", "function", "3"});
    const auto fail = []() -> coil::task<int> {
        throw std::runtime_error("task");
        co_return 1;
    };
    auto one = coil::single(fail());
    const words failed = co_await coil::testing::log_of(one);
    CHECK(failed == words{"task"});
}
#endif

COIL_TEST("sources: a million items use no stack") {
    const auto count = [](int& n) -> coil::task<maybe> {
        if (n == 1'000'000) co_return std::nullopt;
        co_return n++;
    };
    CHECK(co_await (coil::unfold(0, count) | coil::count()) == 1'000'000);
    CHECK(co_await (coil::repeat(1) | coil::take(1'000'000) | coil::count()) ==
          1'000'000);
}
