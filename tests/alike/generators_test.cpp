// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generators against functions that call back, and against vectors made at once.
#include <coil/stream/collect.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take.hpp>

#include "traced.hpp"

#include <functional>
#include <memory>
#include <vector>

using namespace alike;
using coil::elements_of;
using coil::generator;

namespace {

/// Takes an item; says whether it wants more.
using taker = std::function<bool(int)>;

void count(sync_log& log, int last, const taker& give) {
    const traced local(log, "counting");
    for (int i = 1; i <= last; ++i) {
        step(log, "next");
        if (!give(i)) return;
    }
    log("counted");
}
generator<int> count(async_log& log, int last) {
    const traced local(log, "counting");
    for (int i = 1; i <= last; ++i) {
        co_await step(log, "next");
        co_yield i;
    }
    log("counted");
}

void takes_turns(sync_log& log) {
    int sum = 0;
    count(log, 3, [&](int i) {
        sum += get(log, i);
        return true;
    });
    log("is", sum);
}
task<> takes_turns(async_log& log) {
    int sum = 0;
    auto items = count(log, 3);
    while (const auto item = co_await items.next()) sum += co_await get(log, *item);
    log("is", sum);
}
COIL_ALIKE("generator: takes turns with its consumer", takes_turns)

void is_left_early(sync_log& log) {
    count(log, 9, [&](int i) { return get(log, i) < 2; });
    log("behind");
}
task<> is_left_early(async_log& log) {
    {
        auto items = count(log, 9);
        while (const auto item = co_await items.next()) {
            if (co_await get(log, *item) >= 2) break;
        }
    }
    log("behind");
}
COIL_ALIKE("generator: ends its locals when it is left early", is_left_early)

std::vector<int> count_all(sync_log& log, int last) {
    std::vector<int> all;
    count(log, last, [&](int i) {
        all.push_back(i);
        return true;
    });
    return all;
}
void makes_a_vector(sync_log& log) {
    const auto all = count_all(log, 3);
    for (const int i : all) step(log, std::to_string(i).c_str());
}
task<> makes_a_vector(async_log& log) {
    const auto all = co_await (count(log, 3) | coil::collect<std::vector>());
    for (const int i : all) co_await step(log, std::to_string(i).c_str());
}
COIL_ALIKE("generator: collected, it is a vector that was made at once", makes_a_vector)

void count_badly(sync_log& log, const taker& give) {
    const traced local(log, "counting");
    if (!give(get(log, 1))) return;
    fail(log, "cannot count");
}
generator<int> count_badly(async_log& log) {
    const traced local(log, "counting");
    const int one = co_await get(log, 1);
    co_yield one;
    co_await fail(log, "cannot count");
}
void fails(sync_log& log) {
    try {
        const traced outer(log, "outer");
        count_badly(log, [&](int i) {
            log("got", i);
            return true;
        });
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> fails(async_log& log) {
    try {
        const traced outer(log, "outer");
        auto items = count_badly(log);
        while (const auto item = co_await items.next()) log("got", *item);
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("generator: its error reaches its consumer", fails)

void consumer_fails(sync_log& log) {
    try {
        const traced outer(log, "outer");
        count(log, 3, [&](int i) {
            const traced round(log, "round");
            if (i == 2) fail(log, "enough");
            return true;
        });
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> consumer_fails(async_log& log) {
    try {
        const traced outer(log, "outer");
        auto items = count(log, 3);
        while (const auto item = co_await items.next()) {
            const traced round(log, "round");
            if (*item == 2) co_await fail(log, "enough");
        }
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("generator: ends when its consumer fails, before what is around it",
           consumer_fails)

struct tree {
    int value;
    std::unique_ptr<tree> left, right;
};
std::unique_ptr<tree> grow(int from, int to) {
    if (from > to) return nullptr;
    const int middle = (from + to) / 2;
    return std::make_unique<tree>(middle, grow(from, middle - 1), grow(middle + 1, to));
}
bool walk(sync_log& log, const tree* at, const taker& give) {
    if (at == nullptr) return true;
    const traced local(log, "at " + std::to_string(at->value));
    if (!walk(log, at->left.get(), give)) return false;
    if (!give(get(log, at->value))) return false;
    return walk(log, at->right.get(), give);
}
generator<int> walk(async_log& log, const tree* at) {
    if (at == nullptr) co_return;
    const traced local(log, "at " + std::to_string(at->value));
    co_yield elements_of(walk(log, at->left.get()));
    const int value = co_await get(log, at->value);
    co_yield value;
    co_yield elements_of(walk(log, at->right.get()));
}
void recursive(sync_log& log) {
    const auto root = grow(1, 5);
    walk(log, root.get(), [&](int value) {
        log("visit", value);
        return true;
    });
}
task<> recursive(async_log& log) {
    const auto root = grow(1, 5);
    auto items = walk(log, root.get());
    while (const auto item = co_await items.next()) log("visit", *item);
}
COIL_ALIKE("generator: delegates to itself as a function calls itself", recursive)

void left_in_recursion(sync_log& log) {
    const auto root = grow(1, 5);
    walk(log, root.get(), [&](int value) {
        log("visit", value);
        return value < 2;
    });
    log("behind");
}
task<> left_in_recursion(async_log& log) {
    const auto root = grow(1, 5);
    co_await (walk(log, root.get()) | coil::for_each([&](int value) {
                  log("visit", value);
                  return value < 2 ? coil::loop::go_on : coil::loop::leave;
              }));
    log("behind");
}
COIL_ALIKE("generator: left while it delegates, the innermost ends first",
           left_in_recursion)

void endless(sync_log& log, const taker& give) {
    for (int a = 0, b = 1;; b = std::exchange(a, b) + b) {
        if (!give(get(log, a))) return;
    }
}
generator<int> endless(async_log& log) {
    for (int a = 0, b = 1;; b = std::exchange(a, b) + b) {
        const int next = co_await get(log, a);
        co_yield next;
    }
}
void of_an_endless_one(sync_log& log) {
    int left = 6;
    endless(log, [&](int i) {
        log("squared", i * i);
        return --left > 0;
    });
}
task<> of_an_endless_one(async_log& log) {
    auto squares =
        endless(log) | coil::map([](int i) { return i * i; }) | coil::take(6);
    while (const auto item = co_await squares.next()) log("squared", *item);
}
COIL_ALIKE("generator: one without end gives as many as are taken", of_an_endless_one)

void yield_objects(sync_log& log, const std::function<void(traced)>& give) {
    const traced kept(log, "kept");
    give(kept);
    step(log, "between");
    give(traced(log, "made"));
}
generator<traced> yield_objects(async_log& log) {
    const traced kept(log, "kept");
    co_yield kept;
    co_await step(log, "between");
    co_yield traced(log, "made");
}
void of_objects(sync_log& log) {
    yield_objects(log, [&log](traced item) { step(log, item.name().c_str()); });
}
task<> of_objects(async_log& log) {
    auto items = yield_objects(log);
    while (const auto item = co_await items.next())
        co_await step(log, item->name().c_str());
}
COIL_ALIKE("generator: copies what it keeps, gives away what it makes", of_objects)

void two_at_once(sync_log& log) {
    int next = 0;
    count(log, 3, [&](int i) {
        step(log, "other");
        log("pair", i, ++next * 10);
        return true;
    });
}
generator<int> tens(async_log& log) {
    for (int i = 10;; i += 10) {
        co_await step(log, "other");
        co_yield i;
    }
}
task<> two_at_once(async_log& log) {
    auto ones = count(log, 3);
    auto others = tens(log);
    while (const auto one = co_await ones.next()) {
        const auto other = co_await others.next();
        log("pair", *one, *other);
    }
}
COIL_ALIKE("generator: two are read in turn", two_at_once)

}  // namespace
