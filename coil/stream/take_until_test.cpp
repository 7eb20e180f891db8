// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take_until.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/clock.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::count_to;
using coil::testing::words;

namespace {

struct trace {
    words& log;
    ~trace() { log.push_back("work ended"); }
};
coil::task<> wait_for_ever(words& log) {
    const trace local{log};
    co_await coil::testing::never();
}
coil::generator<int> every_second() {
    for (int i = 0;; ++i) {
        co_await coil::sleep(1s);
        co_yield i;
    }
}

//! [what comes in a second]
coil::task<std::vector<int>> in_a_second(coil::channel<int>& readings) {
    co_return co_await (readings | coil::take_until(coil::sleep(1s)) |
                        coil::collect<std::vector>());
}
//! [what comes in a second]

}  // namespace

COIL_TEST("take_until: ends while it waits for an item, which stays in the source") {
    coil::channel<int> readings(2);
    (void)readings.try_send(1);
    const auto start = coil::now();
    const auto all = co_await in_a_second(readings);
    CHECK(all == std::vector<int>{1});
    CHECK(coil::now() == start + 1s);
    (void)readings.try_send(2);
    auto next = co_await readings.next();
    CHECK(next == 2);
}

COIL_TEST("take_until: the work goes on between two items") {
    auto body = [](auto& all) -> coil::task<> {
        auto first = co_await all.next();
        CHECK(first == 0);
        co_await coil::sleep(5s);
        auto end = co_await all.next();
        CHECK_FALSE(end.has_value());
        end = co_await all.next();
        CHECK_FALSE(end.has_value());
    };
    co_await coil::with(every_second() | coil::take_until(coil::sleep(3s)), body);
}

COIL_TEST("take_until: work that a child does goes on, and may be joined afterwards") {
    auto work = []() -> coil::task<int> {
        co_await coil::sleep(5s);
        co_return 7;
    };
    auto body = [&](coil::group& children) -> coil::task<int> {
        auto child = coil::spawn_with_handle(children, work());
        CHECK(co_await (count_to(3) | coil::take_until(child.join()) | coil::count()) ==
              3);
        co_return co_await child.join();
    };
    const auto start = coil::now();
    CHECK(co_await coil::with_group(body) == 7);
    CHECK(coil::now() == start + 5s);
}

COIL_TEST("take_until: work that has ended at once leaves nothing") {
    coil::event quit;
    quit.set();
    auto source = count_to(3);
    auto nothing = []() -> coil::task<> { co_return; };
    CHECK(co_await (source | coil::take_until(quit.wait()) | coil::count()) == 0);
    CHECK(co_await (source | coil::take_until(nothing()) | coil::count()) == 0);
    auto first = co_await source.next();
    CHECK(first == 0);
}

COIL_TEST("take_until: work that is not over is stopped and joined by the drop") {
    words log;
    auto work = wait_for_ever(log);
    co_await (coil::testing::dropping(log, 9) | coil::take_until(std::move(work)) |
              coil::for_each([&](int i) {
                  log.push_back(std::to_string(i));
                  return i < 1 ? coil::loop::go_on : coil::loop::leave;
              }));
    CHECK(log == words{"0", "1", "work ended", "drop"});
    log.clear();
    co_await (count_to(9) | coil::take_until(wait_for_ever(log)) |
              coil::map([](int i) { return i; }) |
              coil::for_each([](int) { return coil::loop::leave; }));
    CHECK(log == words{"work ended"});
}

COIL_TEST("take_until: one that was never read begins no work") {
    words log;
    auto work = wait_for_ever(log);
    auto body = [](auto&) -> coil::task<> { co_return; };
    co_await coil::with(
        coil::testing::dropping(log, 2) | coil::take_until(std::move(work)), body);
    CHECK(log == words{"drop"});
}

COIL_TEST("take_until: a stop reaches the source, and the drop the work") {
    words log;
    coil::channel<int> queue(1);
    const auto late =
        co_await coil::with_timeout(1s, queue | coil::take_until(wait_for_ever(log)) |
                                            coil::collect<std::vector>());
    CHECK_FALSE(late.has_value());
    CHECK(log == words{"work ended"});
}

COIL_TEST("take_until: a stopped next() loses nothing, and the work goes on") {
    for (int turns = 0; turns < 12; ++turns) {
        words log;
        coil::channel<int, 8> queue;
        auto body = [&](auto& all) -> coil::local_task<> {
            const auto seen = co_await coil::testing::read_in_two(queue, all, 4, turns);
            CHECK(seen == std::vector<int>{0, 1, 2, 3});
            CHECK(log.empty());
        };
        auto all = [&] { return queue | coil::take_until(wait_for_ever(log)); };
        static_assert(coil::resumable_stream<decltype(all())>);
        co_await coil::with(all(), body);
        CHECK(log == words{"work ended"});
    }
}

COIL_TEST("take_until: whenever the work ends, what was not given is in the source") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        std::vector<int> seen;
        const auto send = [&]() -> coil::task<> {
            for (int i = 0; i < 4; ++i) {
                co_await coil::yield_now();
                (void)queue.try_send(int{i});
            }
            queue.close();
        };
        const auto see = coil::for_each([&](int i) { seen.push_back(i); });
        co_await coil::join(
            send(), queue | coil::take_until(coil::testing::give_way(turns)) | see);
        co_await (queue | see);
        CHECK(seen == std::vector<int>{0, 1, 2, 3});
    }
}

#if COIL_EXCEPTIONS
COIL_TEST("take_until: an error of the work is told once, instead of the end") {
    words log;
    auto fail = []() -> coil::task<> {
        co_await coil::sleep(1500ms);
        throw std::runtime_error("work");
    };
    auto body = [&](auto& all) -> coil::local_task<> {
        log = co_await coil::testing::log_of(all);
    };
    co_await coil::with(every_second() | coil::take_until(fail()), body);
    CHECK(log == words{"0", "work"});
    co_await coil::with(coil::testing::failing_after(1) | coil::take_until(fail()),
                        body);
    CHECK(log == words{"0", "source"});
}

COIL_TEST("take_until: an error of the work behind the end of the source is not told") {
    auto fail = []() -> coil::task<> {
        co_await coil::sleep(1s);
        throw std::runtime_error("work");
    };
    auto body = [](auto& all) -> coil::task<> {
        (void)co_await all.next();
        auto end = co_await all.next();
        CHECK_FALSE(end.has_value());
        co_await coil::sleep(2s);
        end = co_await all.next();
        CHECK_FALSE(end.has_value());
    };
    co_await coil::with(count_to(1) | coil::take_until(fail()), body);
}
#endif

namespace {
[[gsl::suppress("coil-async-drop")]] coil::local_task<> lose_the_work() {
    auto all = count_to(2) | coil::take_until(coil::sleep(1h));
    (void)co_await all.next();
}
}  // namespace

TEST_CASE("take_until: destroyed while its work waits it ends the program") {
    const std::string said = coil::testing::last_words_of(&lose_the_work);
    CHECK(coil::testing::says(said, "without its async drop"));
}

COIL_TEST("take_until: a million items use no stack") {
    CHECK(co_await (count_to(1'000'000) | coil::take_until(coil::sleep(1h)) |
                    coil::count()) == 1'000'000);
}
