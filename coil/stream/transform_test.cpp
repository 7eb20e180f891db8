// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/transform.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::count_to;
using coil::testing::words;

namespace {

using number = std::optional<int>;
using rows = std::vector<std::vector<int>>;

//! [numbered lines]
coil::task<words> numbered(const words& lines) {
    words all;
    co_await (lines | coil::enumerate() | coil::for_each([&](const auto& line) {
                  const auto& [index, text] = line;
                  all.push_back(std::to_string(index) + ": " + text);
              }));
    co_return all;
}
//! [numbered lines]

//! [what was read]
coil::task<int> total(coil::channel<int>& readings, words& log) {
    const auto write = [&](int reading) { log.push_back(std::to_string(reading)); };
    co_return co_await (readings | coil::inspect(write) |
                        coil::fold_left(0, std::plus<int>()));
}
//! [what was read]

//! [the numbers among words]
std::optional<int> number_in(const std::string& word) {
    if (word.empty() || word.find_first_not_of("0123456789") != word.npos) return {};
    return std::stoi(word);
}
coil::task<std::vector<int>> numbers_among(const words& all) {
    co_return co_await (all | coil::filter_map(number_in) |
                        coil::collect<std::vector>());
}
//! [the numbers among words]

//! [until the purse is empty]
coil::task<std::vector<int>> left_after(std::vector<int> prices) {
    const auto pay = [](int& purse, int price) -> std::optional<int> {
        purse -= price;
        if (purse < 0) return std::nullopt;
        return purse;
    };
    co_return co_await (std::move(prices) | coil::scan(10, pay) |
                        coil::collect<std::vector>());
}
//! [until the purse is empty]

//! [the lines of all files]
coil::generator<std::string> lines_of(std::string file) {
    co_await coil::sleep(1ms);  // open it
    co_yield file + " 1";
    co_yield file + " 2";
}
coil::task<words> lines_of_all(const words& files) {
    co_return co_await (files | coil::map(lines_of) | coil::flatten() |
                        coil::collect<std::vector>());
}
//! [the lines of all files]

//! [rows by the hundred]
coil::task<std::vector<std::size_t>> insert_all(coil::generator<int> numbers) {
    std::vector<std::size_t> inserted;
    co_await (std::move(numbers) | coil::chunk(100) |
              coil::for_each([&](std::vector<int> some) -> coil::task<> {
                  co_await coil::sleep(1ms);  // the database takes many at once
                  inserted.push_back(some.size());
              }));
    co_return inserted;
}
//! [rows by the hundred]

coil::task<number> half_later(int i) {
    co_await coil::sleep(1ms);
    if (i % 2 == 1) co_return std::nullopt;
    co_return i / 2;
}

}  // namespace

COIL_TEST("enumerate: numbers the items, borrowed or not") {
    const words lines = {"a", "b"};
    const words all = co_await numbered(lines);
    CHECK(all == words{"0: a", "1: b"});
    auto owned = count_to(2) | coil::enumerate();
    auto first = co_await owned.next();
    CHECK((first.has_value() && first->first == 0 && first->second == 0));
    auto borrowed = lines | coil::enumerate();
    auto line = co_await borrowed.next();
    CHECK((line.has_value() && &line->second == &lines[0]));
}

COIL_TEST("inspect: sees each item, and changes none") {
    coil::channel<int> readings(3);
    for (const int reading : {1, 5, 2}) (void)readings.try_send(int{reading});
    readings.close();
    words log;
    CHECK(co_await total(readings, log) == 8);
    CHECK(log == words{"1", "5", "2"});
    const auto wait = [](int) { return coil::sleep(1ms); };
    const auto all =
        co_await (count_to(2) | coil::inspect(wait) | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 1});
}

COIL_TEST("filter_map: leaves out what its function makes nothing of") {
    const words all = {"1", "one", "22", ""};
    const auto found = co_await numbers_among(all);
    CHECK(found == std::vector<int>{1, 22});
    const auto halves = co_await (count_to(5) | coil::filter_map(half_later) |
                                  coil::collect<std::vector>());
    CHECK(halves == std::vector<int>{0, 1, 2});
}

COIL_TEST("scan: carries a state along, and ends the stream") {
    std::vector<int> prices = {3, 4, 3, 1, 0};
    const auto left = co_await left_after(std::move(prices));
    CHECK(left == std::vector<int>{7, 3, 0});
    auto source = count_to(9);
    const auto add = [](int& sum, int i) -> coil::task<number> {
        co_await coil::sleep(1ms);
        sum += i;
        co_return sum < 5 ? number(sum) : number();
    };
    auto sums = source | coil::scan(0, add);
    const auto all = co_await (sums | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 1, 3});
    auto end = co_await sums.next();
    CHECK_FALSE(end.has_value());
    auto next = co_await source.next();
    CHECK(next == 4);
}

COIL_TEST("flatten: streams and ranges, one after the other") {
    const words files = {"a", "b"};
    const words lines = co_await lines_of_all(files);
    CHECK(lines == words{"a 1", "a 2", "b 1", "b 2"});
    rows numbers = {{}, {1, 2}, {}, {3}};
    auto borrowed = numbers | coil::flatten();
    int* const first = co_await borrowed.next();
    CHECK(first == &numbers[1][0]);
    const auto all =
        co_await (std::move(numbers) | coil::flatten() | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{1, 2, 3});
}

COIL_TEST("chunk: full ones, and the rest at the end") {
    const auto sizes = co_await insert_all(count_to(250));
    CHECK(sizes == std::vector<std::size_t>{100, 100, 50});
    const auto two =
        co_await (count_to(4) | coil::chunk(2) | coil::collect<std::vector>());
    CHECK(two == rows{{0, 1}, {2, 3}});
    auto none = count_to(0) | coil::chunk(2);
    auto end = co_await none.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("transform: with sync functions nothing is lost when stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        const auto add = [](int& sum, int i) { return number(sum += i); };
        auto sums =
            queue | coil::inspect([](int) {}) |
            coil::filter_map([](int i) { return i > 1 ? number(i) : number(); }) |
            coil::scan(0, add) | coil::chunk(2) | coil::flatten();
        static_assert(coil::resumable_stream<decltype(sums)>);
        const auto seen = co_await coil::testing::read_in_two(queue, sums, 6, turns);
        CHECK(seen == std::vector<int>{2, 5, 9, 14});
    }
}

COIL_TEST("chunk: what was read before a stop is in the next chunk") {
    coil::channel<int, 4> queue;
    auto pairs = queue | coil::chunk(2);
    (void)queue.try_send(0);
    auto late = co_await coil::with_timeout(1s, pairs.next());
    CHECK_FALSE(late.has_value());
    (void)queue.try_send(1);
    auto pair = co_await pairs.next();
    CHECK(pair == std::vector<int>{0, 1});
}

COIL_TEST("flatten: stopped in a stream that it reads it goes on there") {
    coil::channel<int, 4> queue;
    std::vector<coil::channel<int, 4>*> queues = {&queue};
    auto all = queues |
               coil::map([](auto* each) { return *each | coil::enumerate(); }) |
               coil::flatten();
    static_assert(coil::resumable_stream<decltype(all)>);
    auto late = co_await coil::with_timeout(1s, all.next());
    CHECK_FALSE(late.has_value());
    (void)queue.try_send(7);
    auto found = co_await all.next();
    CHECK((found.has_value() && found->second == 7));
}

COIL_TEST("transform: one that is stopped inside an async function has ended") {
    coil::channel<int, 4> queue;
    for (int i = 0; i < 4; ++i) (void)queue.try_send(int{i});
    coil::event never;
    const auto wait = [&](int i) -> coil::task<number> {
        co_await never.wait();
        co_return i;
    };
    auto mapping = queue | coil::filter_map(wait);
    static_assert(!coil::resumable_stream<decltype(mapping)>);
    auto late = co_await coil::with_timeout(1s, mapping.next());
    CHECK_FALSE(late.has_value());
    auto end = co_await mapping.next();
    CHECK_FALSE(end.has_value());
    auto stuck = [](coil::event& forever) -> coil::generator<int> {
        co_await forever.wait();
        co_yield 1;
    };
    auto flat = queue | coil::map([&](int) { return stuck(never); }) | coil::flatten();
    static_assert(!coil::resumable_stream<decltype(flat)>);
    late = co_await coil::with_timeout(1s, flat.next());
    CHECK_FALSE(late.has_value());
    end = co_await flat.next();
    CHECK_FALSE(end.has_value());
    CHECK(queue.stats().size == 2);
}

#if COIL_EXCEPTIONS
COIL_TEST("transform: an error of a function loses that item, of the source ends it") {
    const auto fail_at_one = [](int i) -> number {
        if (i == 1) throw std::runtime_error("function");
        return i;
    };
    auto mapped = coil::testing::failing_after(3) | coil::filter_map(fail_at_one);
    const words first = co_await coil::testing::log_of(mapped);
    CHECK(first == words{"0", "function", "2", "source"});
    auto seen = coil::testing::failing_after(3) |
                coil::inspect([&](int i) { (void)fail_at_one(i); });
    const words second = co_await coil::testing::log_of(seen);
    CHECK(second == words{"0", "function", "2", "source"});
    const auto keep = [&](int&, int i) { return fail_at_one(i); };
    auto scanned = coil::testing::failing_after(3) | coil::scan(0, keep);
    const words third = co_await coil::testing::log_of(scanned);
    CHECK(third == words{"0", "function", "2", "source"});
}

COIL_TEST("flatten: goes on behind a stream that failed") {
    auto all = count_to(2) | coil::map(&coil::testing::failing_after) | coil::flatten();
    const words log = co_await coil::testing::log_of(all);
    CHECK(log == words{"source", "0", "source"});
}

COIL_TEST("chunk: what was read before an error is in the next chunk") {
    auto chunks = coil::testing::failing_after(3) | coil::chunk(2) |
                  coil::map([](const auto& some) { return some.size(); });
    const words log = co_await coil::testing::log_of(chunks);
    CHECK(log == words{"2", "source", "1"});
}
#endif

COIL_TEST("transform: a source that was given away is dropped") {
    words log;
    const auto add = [](int& sum, int i) { return number(sum += i); };
    co_await (coil::testing::dropping(log, 4) | coil::inspect([](int) {}) |
              coil::filter_map([](int i) { return number(i); }) | coil::scan(0, add) |
              coil::chunk(3) | coil::flatten() | coil::enumerate() |
              coil::for_each([&](auto item) {
                  log.push_back(std::to_string(item.second));
                  return item.first < 2 ? coil::loop::go_on : coil::loop::leave;
              }));
    CHECK(log == words{"0", "1", "3", "drop"});
}

COIL_TEST("transform: a million items use no stack") {
    const auto none = [](int) -> coil::task<number> { co_return std::nullopt; };
    CHECK(co_await (count_to(1'000'000) | coil::filter_map(none) | coil::count()) == 0);
    CHECK(co_await (count_to(1'000'000) | coil::chunk(300'000) | coil::count()) == 4);
    const auto nothing = [](int) { return std::vector<int>(); };
    CHECK(co_await (count_to(1'000'000) | coil::map(nothing) | coil::flatten() |
                    coil::count()) == 0);
    const auto one = [](int) { return count_to(1); };
    CHECK(co_await (count_to(100'000) | coil::map(one) | coil::flatten() |
                    coil::count()) == 100'000);
}
