// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

struct connection {
    words* log;
    std::string name;

    coil::task<> async_drop(coil::exit_reason) {
        co_await coil::sleep(1ms);
        log->push_back("drop " + name);
    }
};
struct trace {
    words& log;
    ~trace() { log.push_back("destroyed"); }
};

//! [rows of a query]
coil::resource_generator<int> rows(coil::owned<connection> database, words& log) {
    connection& query = co_await coil::own(connection{database->log, "query"});
    query.log->push_back("begin");
    const trace local{log};
    for (int row = 1;; ++row) {
        co_await coil::sleep(1ms);
        co_yield row;
    }
}
coil::task<> read_two(words& log) {
    co_await (rows(connection{&log, "database"}, log) | coil::for_each([&](int row) {
                  log.push_back(std::to_string(row));
                  return row < 2 ? coil::loop::go_on : coil::loop::leave;
              }));
    log.push_back("done");
}
//! [rows of a query]

coil::resource_generator<int> finite(words& log, int count) {
    co_await coil::own(connection{&log, "own"});
    for (int i = 0; i < count; ++i) co_yield i;
}
coil::resource_generator<int> stuck(words& log, coil::event& never) {
    co_await coil::own(connection{&log, "own"});
    const trace local{log};
    co_yield 1;
    co_await never.wait();
}
const words all_dropped = {"begin",         "1",   "2", "destroyed", "drop query",
                           "drop database", "done"};

}  // namespace

COIL_TEST("resource_generator: leaving early awaits its drops, in scope order") {
    words log;
    co_await read_two(log);
    CHECK(log == all_dropped);
}

COIL_TEST("resource_generator: drops when it ends by itself") {
    words log;
    const auto all = co_await (finite(log, 3) | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 1, 2});
    CHECK(log == words{"drop own"});
}

COIL_TEST("resource_generator: with keeps one for a body that reads it") {
    words log;
    const int second =
        co_await coil::with(finite(log, 9), [](auto& items) -> coil::task<int> {
            (void)co_await items.next();
            auto item = co_await items.next();
            co_return *item;
        });
    CHECK(second == 1);
    CHECK(log == words{"drop own"});
}

COIL_TEST("resource_generator: one that was never begun drops its parameters") {
    words log;
    {
        auto unread = rows(connection{&log, "database"}, log);
        co_await coil::drop(unread);
        CHECK(log == words{"drop database"});
        co_await coil::drop(unread);
        auto end = co_await unread.next();
        CHECK_FALSE(end.has_value());
    }
    CHECK(log == words{"drop database"});
}

COIL_TEST("resource_generator: a stop inside it unwinds it and awaits its drops") {
    words log;
    coil::event never;
    auto items = stuck(log, never);
    auto first = co_await coil::with_timeout(1s, items.next());
    CHECK(first.has_value());
    auto late = co_await coil::with_timeout(1s, items.next());
    CHECK_FALSE(late.has_value());
    CHECK(log == words{"destroyed", "drop own"});
    auto end = co_await items.next();
    CHECK_FALSE(end.has_value());
    co_await coil::drop(items);
    CHECK(log == words{"destroyed", "drop own"});
}

COIL_TEST("resource_generator: a stop in the body of for_each drops it") {
    words log;
    coil::event never;
    const auto wait = [&](int) { return never.wait(); };
    const bool in_time = co_await coil::with_timeout(
        1s, finite(log, 3) | coil::map([](int i) { return i; }) | coil::for_each(wait));
    CHECK_FALSE(in_time);
    CHECK(log == words{"drop own"});
}

COIL_TEST("resource_generator: an item in spite of a stop does not stop it for good") {
    words log;
    coil::event ready;
    auto slow = [](words& to, coil::event& wait) -> coil::resource_generator<int> {
        co_await coil::own(connection{&to, "own"});
        co_await coil::shield(wait.wait());
        co_yield 1;
        co_await coil::sleep(1ms);
        co_yield 2;
    };
    auto items = slow(log, ready);
    auto set_late = [&]() -> coil::task<> {
        co_await coil::sleep(2s);
        ready.set();
    };
    auto [first, unused] =
        co_await coil::join(coil::with_timeout(1s, items.next()), set_late());
    (void)unused;
    CHECK(first.has_value());
    auto second = co_await items.next();
    CHECK(second == 2);
    co_await coil::drop(items);
    CHECK(log == words{"drop own"});
}

namespace {
[[gsl::suppress("coil-async-drop")]] coil::task<> read_on(
    std::optional<int> first, coil::resource_generator<int> rest) {
    CHECK_FALSE(first.has_value());
    auto more = co_await rest.next();
    CHECK_FALSE(more.has_value());
    co_await coil::drop(rest);
}
}  // namespace

COIL_TEST("resource_generator: one that has ended is moved while its next() goes on") {
    words log;
    auto items = finite(log, 0);
    co_await read_on(co_await items.next(), std::move(items));
    CHECK(log == words{"drop own"});
}

COIL_TEST("resource_generator: one that has ended is gone before its next() is") {
    words log;
    auto items = std::make_unique<coil::resource_generator<int>>(finite(log, 0));
    bool has_ended = false;
    [[gsl::suppress("coil-async-drop")]] (
        has_ended = !(co_await items->next()).has_value(), items.reset());
    CHECK(has_ended);
    CHECK(log == words{"drop own"});
}

namespace {
[[gsl::suppress("coil-async-drop")]] coil::local_task<> lose_a_generator() {
    words log;
    auto items = finite(log, 3);
    (void)co_await items.next();
}
}  // namespace

TEST_CASE("resource_generator: one that is destroyed undropped ends the program") {
    const std::string said = coil::testing::last_words_of(&lose_a_generator);
    CHECK(coil::testing::says(said, "destroyed without its async drop"));
}

#if COIL_EXCEPTIONS
COIL_TEST("resource_generator: an error inside it is thrown after its drops") {
    words log;
    auto failing = [](words& to) -> coil::resource_generator<int> {
        co_await coil::own(connection{&to, "own"});
        co_yield 1;
        throw std::runtime_error("failed");
    };
    [[gsl::suppress("coil-async-drop")]] auto items = failing(log);
    (void)co_await items.next();
    try {
        (void)co_await items.next();
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"drop own", "failed"});
    auto end = co_await items.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("resource_generator: an error in the body of for_each drops it") {
    words log;
    try {
        co_await (finite(log, 3) |
                  coil::for_each([](int) { throw std::runtime_error("failed"); }));
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"drop own", "failed"});
}
#endif
