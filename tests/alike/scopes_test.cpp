// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resources whose end waits: a class with a destructor against `with` and `own`.
#include <coil/core/discard.hpp>
#include <coil/core/own.hpp>
#include <coil/core/with.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/resource_generator.hpp>

#include "connection.hpp"

#include <optional>

using namespace alike;
using coil::own;
using coil::with;

namespace {

void one(sync_log& log) {
    {
        auto a = open(log, "a");
        const traced local(log, "local");
        log("gave", a.use("hello"));
    }
    log("behind");
}
task<> one(async_log& log) {
    co_await with(open(log, "a"), [&](async_connection& a) -> task<> {
        const traced local(log, "local");
        log("gave", co_await a.use("hello"));
    });
    log("behind");
}
COIL_ALIKE("scope: a resource is closed after the locals of its body", one)

int several_in_one(sync_log& log) {
    auto a = open(log, "a");
    auto b = open(log, "bb");
    auto c = open(log, "ccc");
    return a.use("use a") + c.use("use c") + b.use("use b");
}
task<int> several_in_one(async_log& log) {
    co_return co_await with(
        [&] { return open(log, "a"); }, [&](auto&) { return open(log, "bb"); },
        [&](auto&, auto&) { return open(log, "ccc"); },
        [](auto& a, auto& b, auto& c) -> task<int> {
            const int sum = co_await a.use("use a") + co_await c.use("use c");
            co_return sum + co_await b.use("use b");
        });
}
void several(sync_log& log) {
    log("gave", several_in_one(log));
}
task<> several(async_log& log) {
    log("gave", co_await several_in_one(log));
}
COIL_ALIKE("scope: several resources are closed in reverse order", several)

int leave_nested(sync_log& log, int depth) {
    auto outer = open(log, "outer");
    if (outer.use("outside") > depth) return 1;
    {
        auto inner = open(log, "inner");
        if (depth == 5) return inner.use("early");
        inner.use("late");
    }
    return 3;
}
task<int> leave_nested(async_log& log, int depth) {
    co_return co_await with(open(log, "outer"), [&](auto& outer) -> task<int> {
        if (co_await outer.use("outside") > depth) co_return 1;
        const auto early = co_await with(open(log, "inner"),
                                         [&](auto& inner) -> task<std::optional<int>> {
                                             if (depth == 5)
                                                 co_return co_await inner.use("early");
                                             co_await inner.use("late");
                                             co_return std::nullopt;
                                         });
        co_return early.value_or(3);
    });
}
void leaves_nested(sync_log& log) {
    for (const int depth : {4, 5, 6}) log("left", leave_nested(log, depth));
}
task<> leaves_nested(async_log& log) {
    for (const int depth : {4, 5, 6}) log("left", co_await leave_nested(log, depth));
}
COIL_ALIKE("scope: an early return closes what is open, innermost first", leaves_nested)

void fails_inside(sync_log& log) {
    try {
        auto outer = open(log, "outer");
        try {
            auto inner = open(log, "inner");
            inner.use("work");
            fail(log, "broken");
        } catch (const std::runtime_error& error) {
            log("caught", error.what());
        }
        outer.use("go on");
        fail(log, "broken again");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> fails_inside(async_log& log) {
    const auto work = [&](auto& inner) -> task<> {
        co_await inner.use("work");
        co_await fail(log, "broken");
    };
    try {
        co_await with(open(log, "outer"), [&](auto& outer) -> task<> {
            try {
                co_await with(open(log, "inner"), work);
            } catch (const std::runtime_error& error) {
                log("caught", error.what());
            }
            co_await outer.use("go on");
            co_await fail(log, "broken again");
        });
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("scope: an error closes, and is told to what it closes", fails_inside)

sync_connection refuse(sync_log& log) {
    fail(log, "refused");
    return {log, "nobody"};
}
task<async_connection> refuse(async_log& log) {
    co_await fail(log, "refused");
    co_return async_connection(log, "nobody");
}
void second_fails(sync_log& log) {
    try {
        auto first = open(log, "first");
        auto second = refuse(log);
        second.use("not here");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> second_fails(async_log& log) {
    try {
        co_await with([&] { return open(log, "first"); }, [&] { return refuse(log); },
                      [](auto&, auto& second) { return second.use("not here"); });
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("scope: what was opened is closed if the next cannot be", second_fails)

int straight_line(sync_log& log, bool fails) {
    auto first = open(log, "first");
    auto second = open(log, "second");
    const traced local(log, "local");
    if (fails) fail(log, "half way");
    return first.use("one") + second.use("two");
}
task<int> straight_line(async_log& log, bool fails) {
    auto& first = co_await own(co_await open(log, "first"));
    auto& second = co_await own(co_await open(log, "second"));
    const traced local(log, "local");
    if (fails) co_await fail(log, "half way");
    co_return co_await first.use("one") + co_await second.use("two");
}
void owned(sync_log& log) {
    log("gave", straight_line(log, false));
    try {
        log("gave", straight_line(log, true));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> owned(async_log& log) {
    log("gave", co_await straight_line(log, false));
    try {
        log("gave", co_await straight_line(log, true));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("scope: own at the beginning is a local at the beginning", owned)

void in_a_loop(sync_log& log) {
    for (int i = 0; i < 4; ++i) {
        auto each = open(log, std::to_string(i));
        if (i == 1) continue;
        if (i == 2) break;
        each.use("work");
    }
    log("behind");
}
task<> in_a_loop(async_log& log) {
    for (int i = 0; i < 4; ++i) {
        const bool goes_on =
            co_await with(open(log, std::to_string(i)), [&](auto& each) -> task<bool> {
                if (i == 1) co_return true;
                if (i == 2) co_return false;
                co_await each.use("work");
                co_return true;
            });
        if (!goes_on) break;
    }
    log("behind");
}
COIL_ALIKE("scope: a loop opens and closes in each round", in_a_loop)

template <class F>
void rows(sync_log& log, const F& give) {
    auto cursor = open(log, "cursor");
    for (int i = 1;; ++i) {
        if (!give(cursor.use("row") + i)) return;
    }
}
coil::resource_generator<int> rows(async_log& log) {
    auto& cursor = co_await own(co_await open(log, "cursor"));
    for (int i = 1;; ++i) {
        const int row = co_await cursor.use("row") + i;
        co_yield row;
    }
}
void reads_rows(sync_log& log) {
    rows(log, [&](int row) { return get(log, row) < 8; });
    log("behind");
}
task<> reads_rows(async_log& log) {
    COIL_FOR(const int row, rows(log)) {
        if (co_await get(log, row) >= 8) break;
    }
    log("behind");
}
COIL_ALIKE("scope: a loop that is left closes what its source holds", reads_rows)

void by_hand(sync_log& log) {
    std::optional<sync_connection> maybe = open(log, "maybe");
    maybe->use("once");
    maybe.reset();
    log("closed early");
}
[[gsl::suppress("coil-async-drop")]] task<> by_hand(async_log& log) {
    std::optional<async_connection> maybe = co_await open(log, "maybe");
    co_await maybe->use("once");
    co_await coil::drop(maybe);
    maybe.reset();
    log("closed early");
}
COIL_ALIKE("scope: a resource is closed early, by hand", by_hand)

}  // namespace
