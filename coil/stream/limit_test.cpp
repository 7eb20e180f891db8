// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/limit.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

bool is_small(int i) {
    return i < 2;
}
coil::task<bool> is_small_later(int i) {
    co_await coil::sleep(1ms);
    co_return i < 2;
}

//! [the second page]
coil::task<words> second_page(const words& lines) {
    co_return co_await (lines | coil::skip(2) | coil::collect<std::vector>());
}
//! [the second page]

//! [the body of a letter]
coil::task<words> body_of(const words& letter) {
    const auto is_header = [](const std::string& line) { return !line.empty(); };
    const auto is_body = [](const std::string& line) { return line != "-- "; };
    co_return co_await (letter | coil::skip_while(is_header) | coil::skip(1) |
                        coil::take_while(is_body) | coil::collect<std::vector>());
}
//! [the body of a letter]

}  // namespace

COIL_TEST("skip: leaves the first items out, or all if there are fewer") {
    const words lines = {"a", "b", "c"};
    const words page = co_await second_page(lines);
    CHECK(page == words{"c"});
    const words none = co_await (lines | coil::skip(4) | coil::collect<std::vector>());
    CHECK(none.empty());
}

COIL_TEST("limit: what is cut off by conditions") {
    const words letter = {"to: bob", "", "dear", "", "bob", "-- ", "ann"};
    const words body = co_await body_of(letter);
    CHECK(body == words{"dear", "", "bob"});
}

COIL_TEST("limit: async functions choose") {
    const std::vector<int> numbers = {0, 1, 2, 1};
    const auto small = co_await (numbers | coil::take_while(is_small_later) |
                                 coil::collect<std::vector>());
    CHECK(small == std::vector<int>{0, 1});
    const auto rest = co_await (numbers | coil::skip_while(is_small_later) |
                                coil::collect<std::vector>());
    CHECK(rest == std::vector<int>{2, 1});
}

COIL_TEST("take_while: leaves what follows in the source, and stays at its end") {
    coil::channel<int, 4> queue;
    for (const int number : {0, 2, 1}) (void)queue.try_send(int{number});
    auto small = queue | coil::take_while(is_small);
    (void)co_await small.next();
    auto end = co_await small.next();
    CHECK_FALSE(end.has_value());
    auto again = co_await small.next();
    CHECK_FALSE(again.has_value());
    CHECK(queue.stats().size == 1);
}

COIL_TEST("limit: with sync functions nothing is lost when stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        auto cut = queue | coil::skip(1) | coil::skip_while(is_small) |
                   coil::take_while([](int i) { return i < 5; });
        static_assert(coil::resumable_stream<decltype(cut)>);
        const auto seen = co_await coil::testing::read_in_two(queue, cut, 6, turns);
        CHECK(seen == std::vector<int>{2, 3, 4});
    }
}

COIL_TEST("limit: one that is stopped inside an async function has ended") {
    coil::channel<int, 4> queue;
    for (int i = 0; i < 4; ++i) (void)queue.try_send(int{i});
    coil::event never;
    const auto wait = [&](int) -> coil::task<bool> {
        co_await never.wait();
        co_return true;
    };
    auto taking = queue | coil::take_while(wait);
    static_assert(!coil::resumable_stream<decltype(taking)>);
    auto late = co_await coil::with_timeout(1s, taking.next());
    CHECK_FALSE(late.has_value());
    auto end = co_await taking.next();
    CHECK_FALSE(end.has_value());
    auto skipping = queue | coil::skip_while(wait);
    late = co_await coil::with_timeout(1s, skipping.next());
    CHECK_FALSE(late.has_value());
    end = co_await skipping.next();
    CHECK_FALSE(end.has_value());
    CHECK(queue.stats().size == 2);
}

#if COIL_EXCEPTIONS
COIL_TEST("limit: an error of a function loses that item only") {
    const std::vector<int> numbers = {0, 1, 2};
    const auto fail_at_one = [](int i) {
        if (i == 1) throw std::runtime_error("function");
        return true;
    };
    auto taking = numbers | coil::take_while(fail_at_one);
    const words taken = co_await coil::testing::log_of(taking);
    CHECK(taken == words{"0", "function", "2"});
    auto skipping = numbers | coil::skip_while(fail_at_one);
    const words skipped = co_await coil::testing::log_of(skipping);
    CHECK(skipped == words{"function"});
}
COIL_TEST("limit: an error of the source is passed on") {
    auto cut = coil::testing::failing_after(2) | coil::skip(1) |
               coil::skip_while([](int i) { return i < 1; }) |
               coil::take_while(is_small);
    const words seen = co_await coil::testing::log_of(cut);
    CHECK(seen == words{"1", "source"});
}
#endif

COIL_TEST("limit: a source that was given away is dropped") {
    words log;
    co_await (coil::testing::dropping(log, 4) | coil::skip(1) |
              coil::skip_while([](int i) { return i < 1; }) |
              coil::take_while(is_small) |
              coil::for_each([&](int i) { log.push_back(std::to_string(i)); }));
    CHECK(log == words{"1", "drop"});
}

COIL_TEST("limit: a million items that are left out use no stack") {
    const auto is_any = [](int) -> coil::task<bool> { co_return true; };
    long sum = 0;
    co_await (coil::testing::count_to(1'000'000) | coil::skip(400'000) |
              coil::skip_while([](int i) { return i < 999'000; }) |
              coil::take_while(is_any) | coil::for_each([&](int i) { sum += i; }));
    CHECK(sum == 999'499'500);
}
