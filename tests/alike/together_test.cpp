// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Combinators where they change nothing: one call after the other gives the same.
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/time/timeout.hpp>

#include "traced.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <tuple>
#include <vector>

using namespace alike;
using namespace std::chrono_literals;
using coil::join;
using coil::with_group;

namespace {

/// Writes to a place of its own, for others run at the same time.
int work(sync_log&, std::string& notes, int number) {
    for (int i = 0; i < number; ++i) notes += std::to_string(number);
    return number;
}
task<int> work(async_log& log, std::string& notes, int number) {
    for (int i = 0; i < number; ++i) {
        co_await log.pause();
        notes += std::to_string(number);
    }
    co_return number;
}

void all_results(sync_log& log) {
    std::array<std::string, 3> notes;
    const auto [a, b, c] = std::tuple{work(log, notes[0], 1), work(log, notes[1], 2),
                                      work(log, notes[2], 3)};
    log("gave", a, b, c, notes[0] + notes[1] + notes[2]);
}
task<> all_results(async_log& log) {
    std::array<std::string, 3> notes;
    const auto [a, b, c] = co_await join(work(log, notes[0], 1), work(log, notes[1], 2),
                                         work(log, notes[2], 3));
    log("gave", a, b, c, notes[0] + notes[1] + notes[2]);
}
COIL_ALIKE("together: join gives the results in the order of its parts", all_results)

std::unique_ptr<int> box(sync_log& log, int value) {
    return std::make_unique<int>(get(log, value));
}
task<std::unique_ptr<int>> box(async_log& log, int value) {
    co_return std::make_unique<int>(co_await get(log, value));
}
int& at(sync_log& log, std::vector<int>& all, std::size_t index) {
    step(log, "at");
    return all[index];
}
task<int&> at(async_log& log, std::vector<int>& all, std::size_t index) {
    co_await step(log, "at");
    co_return all[index];
}
void one_part(sync_log& log) {
    std::vector<int> all{1, 2};
    const std::tuple boxed{box(log, 1)};
    std::tuple<int&> referred{at(log, all, 1)};
    std::get<0>(referred) = 7;
    log("are", *std::get<0>(boxed), all[1]);
}
task<> one_part(async_log& log) {
    std::vector<int> all{1, 2};
    const auto boxed = co_await join(box(log, 1));
    auto referred = co_await join(at(log, all, 1));
    std::get<0>(referred) = 7;
    log("are", *std::get<0>(boxed), all[1]);
}
COIL_ALIKE("together: join of one is that call, whatever it gives", one_part)

void nested(sync_log& log) {
    std::array<std::string, 3> notes;
    const int outer = work(log, notes[0], 1);
    const std::tuple inner{work(log, notes[1], 2), work(log, notes[2], 2)};
    log("gave", outer, std::get<0>(inner) + std::get<1>(inner), notes[1] == notes[2]);
}
task<> nested(async_log& log) {
    std::array<std::string, 3> notes;
    const auto [outer, inner] = co_await join(
        work(log, notes[0], 1), join(work(log, notes[1], 2), work(log, notes[2], 2)));
    log("gave", outer, std::get<0>(inner) + std::get<1>(inner), notes[1] == notes[2]);
}
COIL_ALIKE("together: joins nest as tuples do", nested)

void in_order(sync_log& log) {
    const traced outer(log, "outer");
    std::vector<std::function<void()>> calls;
    for (const char* name : {"a", "b", "c"})
        calls.emplace_back([&log, name] { step(log, name); });
    for (const auto& call : calls) call();
    log("all done");
}
task<> in_order(async_log& log) {
    const traced outer(log, "outer");
    co_await with_group({.limit = 1}, [&](coil::group& calls) {
        for (const char* name : {"a", "b", "c"}) calls.spawn(step(log, name));
    });
    log("all done");
}
COIL_ALIKE("together: a group of limit 1 is a list of calls", in_order)

/// Waits before it says anything.
void step_later(sync_log& log, const char* name) {
    step(log, name);
}
task<> step_later(async_log& log, const char* name) {
    co_await log.pause();
    co_await step(log, name);
}
task<> fail_once(async_log& log, const char* why) {
    co_await fail(log, why);
}

void stops_at_an_error(sync_log& log) {
    try {
        const traced outer(log, "outer");
        step(log, "first");
        fail(log, "second");
        step_later(log, "third");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> stops_at_an_error(async_log& log) {
    try {
        const traced outer(log, "outer");
        co_await with_group({.limit = 1}, [&](coil::group& calls) {
            calls.spawn(step(log, "first"));
            calls.spawn(fail_once(log, "second"));
            calls.spawn(step_later(log, "third"));
        });
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("together: an error ends what waits for its turn", stops_at_an_error)

void body_and_children(sync_log& log) {
    int sum = 0;
    const auto add = [&sum](int n) { sum += n; };
    const int mine = get(log, 5);
    add(10);
    add(20);
    log("gave", mine, sum);
}
task<> body_and_children(async_log& log) {
    int sum = 0;
    const auto add = [&](int n) -> task<> {
        co_await log.pause();
        sum += n;
    };
    const int mine = co_await with_group([&](coil::group& children) -> task<int> {
        children.spawn(add(10));
        children.spawn(add(20));
        co_return co_await get(log, 5);
    });
    log("gave", mine, sum);
}
COIL_ALIKE("together: a group gives its body's value when all have ended",
           body_and_children)

void unhurried(sync_log& log) {
    log("is", get(log, 1));
    log("is", get(log, 2));
    log("is", get(log, 3));
    try {
        fail(log, "inside");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> unhurried(async_log& log) {
    log("is", (co_await coil::with_timeout(1h, get(log, 1))).value());
    log("is", co_await coil::shield(get(log, 2)));
    auto first = co_await coil::race(coil::testing::never(), get(log, 3));
    log("is", first.get<1>());
    try {
        (void)co_await coil::with_timeout(1h, coil::shield(fail(log, "inside")));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("together: limits, shields and races that change nothing", unhurried)

void errors_as_values(sync_log& log) {
    for (const bool fails : {false, true}) {
        std::exception_ptr error;
        int value = 0;
        try {
            value = fails ? fail(log, "kept") : get(log, 1);
        } catch (const std::runtime_error&) {
            error = std::current_exception();
        }
        log(value, error != nullptr);
        try {
            if (error) std::rethrow_exception(error);
        } catch (const std::runtime_error& kept) {
            log("later", kept.what());
        }
    }
}
task<> errors_as_values(async_log& log) {
    for (const bool fails : {false, true}) {
        auto ended = co_await coil::as_outcome(fails ? fail(log, "kept") : get(log, 1));
        log(ended.has_value() ? ended.value() : 0, ended.has_error());
        try {
            (void)ended.take();
        } catch (const std::runtime_error& kept) {
            log("later", kept.what());
        }
    }
}
COIL_ALIKE("together: an outcome keeps an error until it is taken", errors_as_values)

void queue(sync_log& log) {
    std::deque<std::unique_ptr<traced>> items;
    items.push_back(std::make_unique<traced>(log, "a"));
    items.push_back(std::make_unique<traced>(log, "b"));
    while (!items.empty()) {
        const auto item = std::move(items.front());
        items.pop_front();
        step(log, item->name().c_str());
    }
    log("empty");
}
task<> queue(async_log& log) {
    coil::channel<std::unique_ptr<traced>, 2> items;
    (void)co_await items.send(std::make_unique<traced>(log, "a"));
    (void)co_await items.send(std::make_unique<traced>(log, "b"));
    items.close();
    while (const auto item = co_await items.receive()) {
        co_await step(log, (*item)->name().c_str());
    }
    log("empty");
}
COIL_ALIKE("together: a channel that has room is a queue", queue)

void produce_and_consume(sync_log& log) {
    for (int i = 1; i <= 3; ++i) log("received", i * i);
    log("closed");
}
task<> produce_and_consume(async_log& log) {
    coil::channel<int, 1> items;
    const auto produce = [&]() -> task<> {
        for (int i = 1; i <= 3; ++i) {
            co_await log.pause();
            (void)co_await items.send(i * i);
        }
        items.close();
    };
    const auto consume = [&]() -> task<> {
        while (const auto item = co_await items.receive()) {
            log("received", *item);
            co_await log.pause();
        }
        log("closed");
    };
    co_await join(produce(), consume());
}
COIL_ALIKE("together: what is sent arrives in order", produce_and_consume)

}  // namespace
