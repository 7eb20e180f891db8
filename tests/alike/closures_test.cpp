// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lambdas: what they capture, and how long they keep it.
#include <coil/core/closure.hpp>

#include "traced.hpp"

#include <functional>
#include <memory>
#include <vector>

using namespace alike;
using coil::call_once;

namespace {

void captures(sync_log& log) {
    int by_reference = 1;
    int by_value = 10;
    const auto add = [&log, &by_reference, by_value](int n) {
        by_reference += get(log, n);
        return by_reference + by_value;
    };
    by_value = 100;
    log("gave", add(1));
    log("gave", add(2));
    log("are", by_reference, by_value);
}
task<> captures(async_log& log) {
    int by_reference = 1;
    int by_value = 10;
    const auto add = [&log, &by_reference, by_value](int n) -> task<int> {
        by_reference += co_await get(log, n);
        co_return by_reference + by_value;
    };
    by_value = 100;
    log("gave", co_await add(1));
    log("gave", co_await add(2));
    log("are", by_reference, by_value);
}
COIL_ALIKE("closure: captures by reference and by value", captures)

void captured_objects(sync_log& log) {
    const traced outer(log, "outer");
    {
        const auto show = [&log, outer, mine = traced(log, "mine")] {
            step(log, outer.name().c_str());
            step(log, mine.name().c_str());
        };
        show();
        const auto copied = show;
        copied();
    }
    log("end");
}
task<> captured_objects(async_log& log) {
    const traced outer(log, "outer");
    {
        const auto show = [&log, outer, mine = traced(log, "mine")]() -> task<> {
            co_await step(log, outer.name().c_str());
            co_await step(log, mine.name().c_str());
        };
        co_await show();
        const auto copied = show;
        co_await copied();
    }
    log("end");
}
COIL_ALIKE("closure: is copied and ends with what it captured", captured_objects)

void called_at_once(sync_log& log) {
    const int size = [&log, kept = traced(log, "kept")] {
        step(log, "inside");
        return kept.size();
    }();
    log("is", size);
}
task<> called_at_once(async_log& log) {
    const int size = co_await [&log, kept = traced(log, "kept")]() -> task<int> {
        co_await step(log, "inside");
        co_return kept.size();
    }();
    log("is", size);
}
COIL_ALIKE("closure: one that is called at once lives as long as its call",
           called_at_once)

void changing(sync_log& log) {
    auto count = [&log, n = 0]() mutable {
        step(log, "count");
        return ++n;
    };
    count();
    auto copied = count;
    log("gave", count());
    log("gave", copied(), copied());
    log("gave", count());
}
task<> changing(async_log& log) {
    auto count = [&log, n = 0]() mutable -> task<int> {
        co_await step(log, "count");
        co_return ++n;
    };
    (void)co_await count();
    auto copied = count;
    log("gave", co_await count());
    log("gave", co_await copied(), co_await copied());
    log("gave", co_await count());
}
COIL_ALIKE_ON_CLANG("closure: a mutable one has a state of its own", changing)

void consumed(sync_log& log) {
    auto held = std::make_unique<traced>(log, "held");
    auto consume = [&log, mine = std::move(held)]() mutable {
        const auto taken = std::move(mine);
        step(log, taken->name().c_str());
        return taken->size();
    };
    log("was given", held == nullptr);
    log("gave", std::move(consume)());
    log("end");
}
task<> consumed(async_log& log) {
    auto held = std::make_unique<traced>(log, "held");
    auto consume = [&log, mine = std::move(held)]() mutable -> task<int> {
        const auto taken = std::move(mine);
        co_await step(log, taken->name().c_str());
        co_return taken->size();
    };
    log("was given", held == nullptr);
    log("gave", co_await call_once(std::move(consume)));
    log("end");
}
COIL_ALIKE("closure: one that is called once may use up what it holds", consumed)

// A function gives a call to be made later: a sync one as a closure without arguments,
// an async one as a future that owns the closure.
auto greet_later(sync_log& log, std::string name) {
    log("asked for", name);
    return [&log, greeting = "hello " + name, kept = traced(log, name)] {
        step(log, greeting.c_str());
        return kept.size();
    };
}
auto greet_later(async_log& log, std::string name) {
    log("asked for", name);
    return call_once(
        [&log, greeting = "hello " + name, kept = traced(log, name)]() -> task<int> {
            co_await step(log, greeting.c_str());
            co_return kept.size();
        });
}
void called_later(sync_log& log) {
    {
        const auto later = greet_later(log, "ann");
        step(log, "meanwhile");
        log("gave", later());
        log("still there");
    }
    greet_later(log, "never called");
    log("end");
}
task<> called_later(async_log& log) {
    {
        auto later = greet_later(log, "ann");
        co_await step(log, "meanwhile");
        log("gave", co_await std::move(later));
        log("still there");
    }
    { [[maybe_unused]] auto later = greet_later(log, "never called"); }
    log("end");
}
COIL_ALIKE("closure: a call that is made later owns what it needs", called_later)

void with_arguments(sync_log& log) {
    const traced kept(log, "kept");
    int sum = 1;
    [&log](traced mine, const traced& lent, int& changed) {
        step(log, mine.name().c_str());
        changed += lent.size();
    }(kept, kept, sum);
    log("is", sum);
}
task<> with_arguments(async_log& log) {
    const traced kept(log, "kept");
    int sum = 1;
    co_await call_once(
        [&log](traced mine, const traced& lent, int& changed) -> task<> {
            co_await step(log, mine.name().c_str());
            changed += lent.size();
        },
        kept, kept, sum);
    log("is", sum);
}
COIL_ALIKE("closure: is called once with what it is given", with_arguments)

template <class F>
auto twice(sync_log& log, const F& f) {
    step(log, "twice");
    return f(f(1));
}
template <class F>
task<int> twice(async_log& log, const F& f) {
    co_await step(log, "twice");
    co_return co_await f(co_await f(1));
}
void generic(sync_log& log) {
    const auto any = [&log](auto value) {
        using type = decltype(value);
        return get(log, static_cast<type>(value + value));
    };
    log("gave", any(1), any(1.5));
    log("gave", twice(log, any));
}
task<> generic(async_log& log) {
    const auto any = [&log](auto value) -> task<decltype(value)> {
        using type = decltype(value);
        co_return co_await get(log, static_cast<type>(value + value));
    };
    log("gave", co_await any(1), co_await any(1.5));
    log("gave", co_await twice(log, any));
}
COIL_ALIKE_ON_CLANG("closure: a generic one is called with several types", generic)

void in_a_list(sync_log& log) {
    std::vector<std::function<int(int)>> stages;
    for (int i = 1; i <= 3; ++i) {
        stages.emplace_back([&log, i](int n) { return get(log, n * 10 + i); });
    }
    int n = 0;
    for (const auto& stage : stages) n = stage(n);
    log("is", n);
}
task<> in_a_list(async_log& log) {
    std::vector<std::function<task<int>(int)>> stages;
    for (int i = 1; i <= 3; ++i) {
        stages.emplace_back([&log, i](int n) { return get(log, n * 10 + i); });
    }
    int n = 0;
    for (const auto& stage : stages) n = co_await stage(n);
    log("is", n);
}
COIL_ALIKE("closure: several of one signature are called in a loop", in_a_list)

struct robot {
    std::string name;
    auto walk(sync_log& log) {
        return [this, &log](const char* where) {
            step(log, where);
            name += where;
        };
    }
    auto walk(async_log& log) {
        return [this, &log](const char* where) -> task<> {
            co_await step(log, where);
            name += where;
        };
    }
};
void captured_this(sync_log& log) {
    robot r2{"r2"};
    const auto walk = r2.walk(log);
    walk("north");
    walk("south");
    log("is", r2.name);
}
task<> captured_this(async_log& log) {
    robot r2{"r2"};
    const auto walk = r2.walk(log);
    co_await walk("north");
    co_await walk("south");
    log("is", r2.name);
}
COIL_ALIKE("closure: captures its object", captured_this)

void captured_results(sync_log& log) {
    const auto sum = [a = get(log, 1), b = get(log, 2)] { return a + b; };
    log("captured");
    log("gave", sum());
}
task<> captured_results(async_log& log) {
    const auto sum = [a = co_await get(log, 1), b = co_await get(log, 2)] {
        return a + b;
    };
    log("captured");
    log("gave", sum());
}
COIL_ALIKE("closure: captures what calls give, in order", captured_results)

}  // namespace
