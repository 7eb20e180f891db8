// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/buffered.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/clock.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::count_to;
using coil::testing::give_way;
using coil::testing::trace;
using coil::testing::words;

namespace {

coil::task<std::string> load(const std::string& page) {
    co_await coil::sleep(10ms * page.size());
    co_return page + "!";
}

//! [four pages at a time]
coil::task<words> load_all(const words& pages) {
    co_return co_await (pages | coil::buffered(4, load) | coil::collect<std::vector>());
}
//! [four pages at a time]

//! [answers as they come]
coil::task<std::string> first_answer(const words& mirrors) {
    std::string answer;
    co_await (mirrors | coil::buffered_unordered(8, load) |
              coil::for_each([&](std::string came) {
                  answer = std::move(came);
                  return coil::loop::leave;  // the others are stopped
              }));
    co_return answer;
}
//! [answers as they come]

coil::task<int> in_a_second(int i) {
    co_await coil::sleep(1s);
    co_return i;
}
coil::task<int> hang(words& log, int i) {
    const trace end(log, std::to_string(i));
    co_await coil::never();
    co_return i;
}

}  // namespace

COIL_TEST("buffered: gives the results in the order of the items") {
    const words pages = {"aaa", "a", "aa"};
    const auto start = coil::now();
    const words all = co_await load_all(pages);
    CHECK(all == words{"aaa!", "a!", "aa!"});
    CHECK(coil::now() == start + 30ms);  // not 60
}

COIL_TEST("buffered_unordered: gives each result as soon as it is there") {
    const words mirrors = {"aaa", "a", "aa"};
    const auto start = coil::now();
    const std::string first = co_await first_answer(mirrors);
    CHECK(first == "a!");
    CHECK(coil::now() == start + 10ms);
    const words all = co_await (mirrors | coil::buffered_unordered(3, load) |
                                coil::collect<std::vector>());
    CHECK(all == words{"a!", "aa!", "aaa!"});
}

COIL_TEST("buffered: never works on more than its limit, and reads no further") {
    int running = 0;
    int most = 0;
    int read = 0;
    const auto work = [&](int i) -> coil::task<int> {
        most = std::max(most, ++running);
        co_await coil::sleep(1s * (i % 3));
        --running;
        co_return i;
    };
    const auto look = [&](int i) {
        ++read;
        return i;
    };
    auto body = [&](auto& all) -> coil::task<> {
        auto first = co_await all.next();
        CHECK(first == 0);
        co_await coil::sleep(1h);
        CHECK(read <= 4);
        while (co_await all.next()) CHECK(running <= 3);
    };
    co_await coil::with(count_to(20) | coil::map(look) | coil::buffered(3, work), body);
    CHECK(most == 3);
    CHECK(read == 20);
    most = 0;
    CHECK(co_await (count_to(20) | coil::buffered_unordered(5, work) | coil::count()) ==
          20);
    CHECK(most == 5);
}

COIL_TEST("buffered: the work goes on while its reader does something else") {
    auto body = [](auto& all) -> coil::task<> {
        const auto start = coil::now();
        auto item = co_await all.next();
        CHECK(item == 0);
        CHECK(coil::now() == start + 1s);
        co_await coil::sleep(10s);
        for (const int ready : {1, 2}) {
            item = co_await all.next();
            CHECK(item == ready);
        }
        CHECK(coil::now() == start + 11s);
    };
    co_await coil::with(count_to(9) | coil::buffered(2, in_a_second), body);
}

COIL_TEST("buffered: a stopped next() loses nothing, and the work goes on") {
    const auto work = [](int i) -> coil::task<int> {
        co_await give_way(2 - (i % 3));
        co_return i;
    };
    for (int turns = 0; turns < 14; ++turns) {
        coil::channel<int, 8> queue;
        auto ordered = [&](auto& all) -> coil::local_task<> {
            const auto seen = co_await coil::testing::read_in_two(queue, all, 5, turns);
            CHECK(seen == std::vector<int>{0, 1, 2, 3, 4});
        };
        co_await coil::with(queue | coil::buffered(2, work), ordered);
        coil::channel<int, 8> other;
        auto unordered = [&](auto& all) -> coil::local_task<> {
            auto seen = co_await coil::testing::read_in_two(other, all, 5, turns);
            std::sort(seen.begin(), seen.end());
            CHECK(seen == std::vector<int>{0, 1, 2, 3, 4});
        };
        co_await coil::with(other | coil::buffered_unordered(3, work), unordered);
    }
}

COIL_TEST("buffered: its drop stops the work, joins it, and drops the source") {
    words log;
    const auto work = [&](int i) { return hang(log, i); };
    const auto late = co_await coil::with_timeout(
        1s, coil::testing::dropping(log, 9) | coil::buffered(2, work) | coil::count());
    CHECK_FALSE(late.has_value());
    CHECK(log.size() == 3);
    CHECK(log.back() == "drop");
    log.clear();
    coil::channel<int> empty(1);
    const auto none = co_await coil::with_timeout(
        1s, empty | coil::buffered(2, work) | coil::count());
    CHECK_FALSE(none.has_value());
    (void)empty.try_send(1);
    auto kept = co_await empty.next();
    CHECK(kept == 1);
}

COIL_TEST("buffered: one that was never read begins nothing") {
    words log;
    auto body = [](auto&) -> coil::task<> { co_return; };
    co_await coil::with(
        coil::testing::dropping(log, 2) | coil::buffered(2, in_a_second), body);
    CHECK(log == words{"drop"});
}

COIL_TEST("buffered: takes sync functions, and gives units for nothing") {
    int calls = 0;
    const auto call = [&](int) { ++calls; };
    CHECK(co_await (count_to(3) | coil::buffered(2, call) | coil::count()) == 3);
    CHECK(calls == 3);
    const auto all = co_await (
        count_to(3) | coil::buffered_unordered(2, [](int i) { return 2 * i; }) |
        coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 2, 4});
}

COIL_TEST("buffered: work that stops itself stops who reads, as if it were called") {
    const auto work = [](int i) -> coil::task<int> {
        if (i == 1) co_await coil::stop_here();
        co_return i;
    };
    int seen = 0;
    const auto ended = co_await coil::as_outcome(count_to(3) | coil::buffered(2, work) |
                                                 coil::for_each([&](int) { ++seen; }));
    CHECK(ended.is_stopped());
    CHECK(seen == 1);
}

#if COIL_EXCEPTIONS
COIL_TEST("buffered: the first error of the work stops the rest of it") {
    words log;
    const auto work = [&](int i) -> coil::task<int> {
        if (i != 1) co_return co_await hang(log, i);
        co_await coil::sleep(1s);
        throw std::runtime_error("work");
    };
    try {
        co_await (count_to(9) | coil::buffered_unordered(3, work) |
                  coil::for_each([](int) {}));
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log.size() == 3);
    CHECK(log.back() == "work");
}

COIL_TEST("buffered: an error loses its item only, for who reads by hand") {
    words log;
    const auto work = [](int i) -> coil::task<int> {
        co_await give_way(3 - i);
        if (i == 1) throw std::runtime_error("work");
        co_return i;
    };
    auto body = [&](auto& all) -> coil::local_task<> {
        log = co_await coil::testing::log_of(all);
    };
    co_await coil::with(count_to(3) | coil::buffered(3, work), body);
    CHECK(log == words{"0", "work", "2"});
}

COIL_TEST("buffered: an error of the source comes behind what it gave before") {
    words log;
    auto body = [&](auto& all) -> coil::local_task<> {
        log = co_await coil::testing::log_of(all);
    };
    co_await coil::with(
        coil::testing::failing_after(2) | coil::buffered(4, in_a_second), body);
    CHECK(log == words{"0", "1", "source"});
    co_await coil::with(
        coil::testing::failing_after(2) | coil::buffered_unordered(4, in_a_second),
        body);
    CHECK(log == words{"0", "1", "source"});
}
#endif

namespace {
[[gsl::suppress("coil-async-drop")]] coil::local_task<> lose_the_work() {
    auto all = count_to(2) | coil::buffered(2, in_a_second);
    (void)co_await all.next();
}
}  // namespace

TEST_CASE("buffered: destroyed while its work waits it ends the program") {
    const std::string said = coil::testing::last_words_of(&lose_the_work);
    CHECK(coil::testing::says(said, "without its async drop"));
}

COIL_TEST("buffered: a million items use no stack") {
    const auto work = [](int i) -> coil::task<int> { co_return i; };
    CHECK(co_await (count_to(1'000'000) | coil::buffered(8, work) | coil::count()) ==
          1'000'000);
    CHECK(co_await (count_to(100'000) | coil::buffered_unordered(50'000, work) |
                    coil::count()) == 100'000);
}
