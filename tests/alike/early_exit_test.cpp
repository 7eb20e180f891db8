// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Leaving a function before its end.
#include "traced.hpp"

#include <optional>
#include <vector>

using namespace alike;

namespace {

int leave_scopes(sync_log& log, int depth) {
    const traced a(log, "a");
    if (get(log, depth) == 1) return 1;
    {
        const traced b(log, "b");
        if (get(log, depth) == 2) return 2;
        const traced c(log, "c");
        if (get(log, depth) == 3) return 3;
    }
    return 4;
}
task<int> leave_scopes(async_log& log, int depth) {
    const traced a(log, "a");
    if (co_await get(log, depth) == 1) co_return 1;
    {
        const traced b(log, "b");
        if (co_await get(log, depth) == 2) co_return 2;
        const traced c(log, "c");
        if (co_await get(log, depth) == 3) co_return 3;
    }
    co_return 4;
}
void leaves_scopes(sync_log& log) {
    for (int depth = 1; depth <= 4; ++depth) log("left", leave_scopes(log, depth));
}
task<> leaves_scopes(async_log& log) {
    for (int depth = 1; depth <= 4; ++depth)
        log("left", co_await leave_scopes(log, depth));
}
COIL_ALIKE("early exit: locals end innermost first, wherever it happens", leaves_scopes)

using table = std::vector<std::vector<int>>;
int find(sync_log& log, const table& rows, int wanted) {
    const traced all(log, "all");
    for (const auto& row : rows) {
        const traced one(log, "row");
        for (const int x : row) {
            if (get(log, x) == wanted) return x;
        }
    }
    return -1;
}
task<int> find(async_log& log, const table& rows, int wanted) {
    const traced all(log, "all");
    for (const auto& row : rows) {
        const traced one(log, "row");
        for (const int x : row) {
            if (co_await get(log, x) == wanted) co_return x;
        }
    }
    co_return -1;
}
void leaves_loops(sync_log& log) {
    const table rows{{1, 2}, {3, 4}, {5}};
    log("found", find(log, rows, 3));
    log("found", find(log, rows, 6));
}
task<> leaves_loops(async_log& log) {
    const table rows{{1, 2}, {3, 4}, {5}};
    log("found", co_await find(log, rows, 3));
    log("found", co_await find(log, rows, 6));
}
COIL_ALIKE("early exit: a return leaves all loops", leaves_loops)

const char* name_of(sync_log& log, int kind) {
    for (int round = 0;; ++round) {
        const traced each(log, "round");
        switch (get(log, kind + round)) {
            case 0: return "zero";
            case 1: continue;
            case 2: break;
            default: return "many";
        }
        step(log, "behind the switch");
    }
}
task<const char*> name_of(async_log& log, int kind) {
    for (int round = 0;; ++round) {
        const traced each(log, "round");
        switch (co_await get(log, kind + round)) {
            case 0: co_return "zero";
            case 1: continue;
            case 2: break;
            default: co_return "many";
        }
        co_await step(log, "behind the switch");
    }
}
void leaves_a_switch(sync_log& log) {
    log(name_of(log, 0));
    log(name_of(log, 1));
}
task<> leaves_a_switch(async_log& log) {
    log(co_await name_of(log, 0));
    log(co_await name_of(log, 1));
}
COIL_ALIKE("early exit: return, continue and break in a switch", leaves_a_switch)

int leave_a_try(sync_log& log, bool is_early) {
    try {
        const traced inside(log, "inside");
        if (get(log, is_early)) return get(log, 1);
        fail(log, "late");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
        return 2;
    }
    return 3;
}
task<int> leave_a_try(async_log& log, bool is_early) {
    try {
        const traced inside(log, "inside");
        if (co_await get(log, is_early)) co_return co_await get(log, 1);
        co_await fail(log, "late");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
        co_return 2;
    }
    co_return 3;
}
void leaves_a_try(sync_log& log) {
    log("left", leave_a_try(log, true));
    log("left", leave_a_try(log, false));
}
task<> leaves_a_try(async_log& log) {
    log("left", co_await leave_a_try(log, true));
    log("left", co_await leave_a_try(log, false));
}
COIL_ALIKE("early exit: a return out of a try, and out of its handler", leaves_a_try)

std::optional<int> half(sync_log& log, int n) {
    if (const int rest = get(log, n % 2); rest != 0) return std::nullopt;
    return n / 2;
}
task<std::optional<int>> half(async_log& log, int n) {
    if (const int rest = co_await get(log, n % 2); rest != 0) co_return std::nullopt;
    co_return n / 2;
}
std::optional<int> eighth(sync_log& log, int n) {
    const auto once = half(log, n);
    if (!once) return {};
    const auto twice = half(log, *once);
    if (!twice) return {};
    return half(log, *twice);
}
task<std::optional<int>> eighth(async_log& log, int n) {
    const auto once = co_await half(log, n);
    if (!once) co_return {};
    const auto twice = co_await half(log, *once);
    if (!twice) co_return {};
    co_return co_await half(log, *twice);
}
void passes_nothing_on(sync_log& log) {
    for (const int n : {24, 12, 7}) log(n, "gives", eighth(log, n).value_or(-1));
}
task<> passes_nothing_on(async_log& log) {
    for (const int n : {24, 12, 7})
        log(n, "gives", (co_await eighth(log, n)).value_or(-1));
}
COIL_ALIKE("early exit: an empty optional is passed on", passes_nothing_on)

traced result_before_locals(sync_log& log) {
    const traced local(log, "local");
    step(log, "work");
    return traced(log, "result");
}
task<traced> result_before_locals(async_log& log) {
    const traced local(log, "local");
    co_await step(log, "work");
    co_return traced(log, "result");
}
void makes_the_result_first(sync_log& log) {
    const traced got = result_before_locals(log);
    log("have", got.name());
}
task<> makes_the_result_first(async_log& log) {
    const traced got = co_await result_before_locals(log);
    log("have", got.name());
}
COIL_ALIKE("early exit: the result is made before locals end", makes_the_result_first)

void leave_when_told(sync_log& log, int after) {
    const traced whole(log, "whole");
    if (after == 0) return;
    step(log, "first");
    if (after == 1) return;
    step(log, "second");
}
task<> leave_when_told(async_log& log, int after) {
    const traced whole(log, "whole");
    if (after == 0) co_return;  // before it waited for anything
    co_await step(log, "first");
    if (after == 1) co_return;
    co_await step(log, "second");
}
void leaves_when_told(sync_log& log) {
    for (const int after : {0, 1, 2}) leave_when_told(log, after);
}
task<> leaves_when_told(async_log& log) {
    for (const int after : {0, 1, 2}) co_await leave_when_told(log, after);
}
COIL_ALIKE("early exit: a return without a value", leaves_when_told)

}  // namespace
