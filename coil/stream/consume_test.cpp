// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::count_to;
using coil::testing::words;

namespace {

coil::task<bool> is_two(int i) {
    co_await coil::sleep(1ms);
    co_return i == 2;
}

//! [what an order costs]
coil::task<int> price_of(const std::string& item) {
    co_await coil::sleep(1ms);  // ask the shop
    co_return item == "tea" ? 3 : 5;
}
coil::task<int> cost(const words& order) {
    const auto add = [](int sum, const std::string& item) -> coil::task<int> {
        const int price = co_await price_of(item);
        co_return sum + price;
    };
    co_return co_await (order | coil::fold_left(0, add));
}
//! [what an order costs]

//! [how many are late]
coil::task<std::size_t> late_ones(const std::vector<int>& minutes) {
    const auto is_late = [](int each) { return each > 5; };
    co_return co_await (minutes | coil::filter(is_late) | coil::count());
}
//! [how many are late]

//! [are all parts there]
coil::task<bool> has_all(const words& parts) {
    const auto is_there = [](const std::string& part) -> coil::task<bool> {
        co_await coil::sleep(1ms);  // ask the store
        co_return part != "lamp";
    };
    co_return co_await (parts | coil::all_of(is_there));
}
//! [are all parts there]

//! [the newest reading]
coil::task<std::optional<int>> newest(coil::channel<int>& readings) {
    co_return co_await (readings | coil::last());
}
//! [the newest reading]

//! [is a mirror up to date]
coil::task<bool> has_newest(const words& mirrors) {
    const auto is_newest = [](const std::string& mirror) -> coil::task<bool> {
        co_await coil::sleep(1ms);  // ask it
        co_return mirror != "old";
    };
    co_return co_await (mirrors | coil::any_of(is_newest));
}
//! [is a mirror up to date]

//! [the first free table]
struct table {
    int number;
    bool is_free() const { return number > 1; }
};
coil::task<int> free_table(const std::vector<table>& tables) {
    const table* found = co_await (tables | coil::find_if(&table::is_free));
    co_return found != nullptr ? found->number : 0;
}
//! [the first free table]

}  // namespace

COIL_TEST("fold_left: an async function makes one value of all items") {
    const words order = {"tea", "cake"};
    CHECK(co_await cost(order) == 8);
    const words nothing;
    CHECK(co_await cost(nothing) == 0);
}

COIL_TEST("fold_left: the state may be one that can only be moved") {
    auto boxed =
        co_await (count_to(4) | coil::fold_left(std::make_unique<int>(0),
                                                [](std::unique_ptr<int> sum, int i) {
                                                    *sum += i;
                                                    return sum;
                                                }));
    CHECK(*boxed == 6);
}

COIL_TEST("count: of a stream, and of none") {
    CHECK(co_await (count_to(3) | coil::count()) == 3);
    CHECK(co_await (count_to(0) | coil::count()) == 0);
    const std::vector<int> minutes = {1, 7, 9};
    CHECK(co_await late_ones(minutes) == 2);
}

COIL_TEST("last: the last item, or none") {
    coil::channel<int> readings(3);
    for (const int reading : {1, 5, 2}) (void)readings.try_send(int{reading});
    readings.close();
    auto found = co_await newest(readings);
    CHECK(found == 2);
    found = co_await newest(readings);
    CHECK_FALSE(found.has_value());
    const words lines = {"a", "b"};
    const std::string* line = co_await (lines | coil::last());
    CHECK(line == &lines.back());
}

COIL_TEST("any_of: reads no further than it has to") {
    const words mirrors = {"old", "new"};
    CHECK(co_await has_newest(mirrors));
    const words old = {"old"};
    CHECK_FALSE(co_await has_newest(old));
    auto numbers = count_to(5);
    CHECK(co_await (numbers | coil::any_of(is_two)));
    auto next = co_await numbers.next();
    CHECK(next == 3);
}

COIL_TEST("all_of: reads no further than it has to") {
    auto numbers = count_to(5);
    CHECK_FALSE(co_await (numbers | coil::all_of([](int i) { return i < 2; })));
    auto next = co_await numbers.next();
    CHECK(next == 3);
    CHECK(co_await (count_to(0) | coil::all_of(is_two)));
    const words parts = {"desk", "lamp"};
    CHECK_FALSE(co_await has_all(parts));
}

COIL_TEST("find_if: gives the item as it is, or none") {
    const std::vector<table> tables = {{1}, {2}, {3}};
    CHECK(co_await free_table(tables) == 2);
    CHECK_FALSE((co_await (count_to(2) | coil::find_if(is_two))).has_value());
    auto boxes =
        count_to(4) | coil::map([](int i) { return std::make_unique<int>(i); });
    auto found = co_await (boxes | coil::find_if([](const std::unique_ptr<int>& box) {
                               return *box == 2;
                           }));
    CHECK(found.has_value());
    if (found.has_value()) CHECK(**found == 2);
}

COIL_TEST("find_if: may change what it looks at, if that is borrowed") {
    std::vector<int> numbers = {1, 2};
    int* const found =
        co_await (numbers | coil::find_if([](int& i) { return ++i > 2; }));
    CHECK(found == &numbers[1]);
    CHECK(numbers == std::vector<int>{2, 3});
}

COIL_TEST("consume: a stop reaches the source and the function, and nothing is given") {
    coil::channel<int> queue(2);
    coil::event never;
    const auto counted = co_await coil::with_timeout(1s, queue | coil::count());
    CHECK_FALSE(counted.has_value());
    (void)queue.try_send(1);
    const auto wait = [&](int sum, int) -> coil::task<int> {
        co_await never.wait();
        co_return sum;
    };
    const auto sum = co_await coil::with_timeout(1s, queue | coil::fold_left(0, wait));
    CHECK_FALSE(sum.has_value());
    CHECK(queue.stats().size == 0);
}

COIL_TEST("find_if: a search that was stopped at any turn goes on in the rest") {
    for (int turns = 0; turns < 8; ++turns) {
        coil::channel<int, 8> queue;
        const auto find = coil::find_if([](int i) { return i == 3; });
        const auto send = [&]() -> coil::task<> {
            for (int i = 0; i < 5; ++i) {
                co_await coil::yield_now();
                (void)queue.try_send(int{i});
            }
            queue.close();
        };
        auto [sent, won] = co_await coil::join(
            send(), coil::race(queue | find, coil::testing::give_way(turns)));
        (void)sent;
        std::optional<int> found;
        if (won.index() == 0) {
            found = won.get<0>();
        } else {
            found = co_await (queue | find);
        }
        CHECK(found == 3);
        auto next = co_await queue.next();
        CHECK(next == 4);
    }
}

COIL_TEST("consume: a source that was given away is dropped, also when left early") {
    words log;
    CHECK(co_await (coil::testing::dropping(log, 3) | coil::count()) == 3);
    CHECK(log == words{"drop"});
    CHECK(co_await (coil::testing::dropping(log, 3) | coil::any_of(is_two)));
    CHECK(log == words{"drop", "drop"});
    auto found = co_await (coil::testing::dropping(log, 3) | coil::find_if(is_two));
    CHECK(found == 2);
    CHECK(log == words{"drop", "drop", "drop"});
}

#if COIL_EXCEPTIONS
COIL_TEST("consume: the first error is what comes of it") {
    words log;
    const auto fail = [](int) -> bool { throw std::runtime_error("function"); };
    try {
        (void)co_await (coil::testing::dropping(log, 3) | coil::all_of(fail));
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    try {
        (void)co_await (coil::testing::failing_after(2) | coil::last());
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"drop", "function", "source"});
}
#endif

COIL_TEST("consume: a million items use no stack") {
    const auto add = [](long sum, int i) -> coil::task<long> { co_return sum + i; };
    CHECK(co_await (count_to(1'000'000) | coil::fold_left(0L, add)) == 499'999'500'000);
    CHECK(co_await (count_to(1'000'000) | coil::count()) == 1'000'000);
    CHECK(co_await (count_to(1'000'000) | coil::all_of([](int i) { return i >= 0; })));
}
