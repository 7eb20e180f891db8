// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which order the parts of an expression take effect.
#include "traced.hpp"

#include <array>
#include <vector>

using namespace alike;

namespace {

int sum(sync_log& log, int a, int b, int c) {
    log("sum", a, b, c);
    return a + b + c;
}
task<int> sum(async_log& log, int a, int b, int c) {
    log("sum", a, b, c);
    co_await log.pause();
    co_return a + b + c;
}

void arguments(sync_log& log) {
    log("is", sum(log, get(log, 1), get(log, 2), get(log, 3)));
}
task<> arguments(async_log& log) {
    log("is", co_await sum(log, co_await get(log, 1), co_await get(log, 2),
                           co_await get(log, 3)));
}
COIL_ALIKE_ON_CLANG("order: arguments are evaluated before the call, in order",
                    arguments)

void nested_calls(sync_log& log) {
    log("is", sum(log, 1, sum(log, 2, 3, get(log, 4)), sum(log, get(log, 5), 6, 7)));
}
task<> nested_calls(async_log& log) {
    log("is", co_await sum(log, 1, co_await sum(log, 2, 3, co_await get(log, 4)),
                           co_await sum(log, co_await get(log, 5), 6, 7)));
}
COIL_ALIKE_ON_CLANG("order: inner calls come before outer ones", nested_calls)

struct triple {
    int a, b, c;
};

void braces(sync_log& log) {
    const triple t{get(log, 1), get(log, 2), get(log, 3)};
    const std::array<int, 2> two{get(log, 4), get(log, 5)};
    const std::vector<int> more{get(log, 6), get(log, 7), get(log, 8)};
    log("are", t.a, t.b, t.c, two[0], two[1], more.size(), more.back());
}
task<> braces(async_log& log) {
    const triple t{co_await get(log, 1), co_await get(log, 2), co_await get(log, 3)};
    const std::array<int, 2> two{co_await get(log, 4), co_await get(log, 5)};
    const std::vector<int> more{co_await get(log, 6), co_await get(log, 7),
                                co_await get(log, 8)};
    log("are", t.a, t.b, t.c, two[0], two[1], more.size(), more.back());
}
COIL_ALIKE("order: a braced list is evaluated from left to right", braces)

void designated(sync_log& log) {
    const triple t{.a = get(log, 1), .b = 2, .c = get(log, 3)};
    log("are", t.a, t.b, t.c);
}
task<> designated(async_log& log) {
    const triple t{.a = co_await get(log, 1), .b = 2, .c = co_await get(log, 3)};
    log("are", t.a, t.b, t.c);
}
COIL_ALIKE("order: so are designated members", designated)

void short_circuit(sync_log& log) {
    const bool both = get(log, false) && get(log, true);
    const bool either = get(log, true) || get(log, false);
    const bool all = get(log, true) && (get(log, false) || get(log, true));
    log("are", both, either, all);
}
task<> short_circuit(async_log& log) {
    const bool both = co_await get(log, false) && co_await get(log, true);
    const bool either = co_await get(log, true) || co_await get(log, false);
    const bool all = co_await get(log, true) &&
                     (co_await get(log, false) || co_await get(log, true));
    log("are", both, either, all);
}
COIL_ALIKE("order: && and || evaluate no more than they need", short_circuit)

void conditional(sync_log& log) {
    int left = 0;
    int right = 0;
    const int chosen = get(log, true) ? get(log, 1) : get(log, 2);
    (get(log, false) ? left : right) = chosen;
    log("are", left, right);
}
task<> conditional(async_log& log) {
    int left = 0;
    int right = 0;
    const int chosen =
        co_await get(log, true) ? co_await get(log, 1) : co_await get(log, 2);
    (co_await get(log, false) ? left : right) = chosen;
    log("are", left, right);
}
COIL_ALIKE("order: ?: evaluates one arm, which may be assigned to", conditional)

void comma(sync_log& log) {
    const int last = (step(log, "first"), step(log, "second"), get(log, 3));
    log("is", last);
}
task<> comma(async_log& log) {
    const int last = (co_await step(log, "first"), co_await step(log, "second"),
                      co_await get(log, 3));
    log("is", last);
}
COIL_ALIKE("order: a comma gives what stands behind it", comma)

int raise(sync_log& log, int& value) {
    log("raise", value);
    value += 100;
    return 1;
}
task<int> raise(async_log& log, int& value) {
    log("raise", value);
    co_await log.pause();
    value += 100;
    co_return 1;
}

void compound(sync_log& log) {
    int total = 5;
    total += raise(log, total);
    log("is", total);
    total -= raise(log, total) + raise(log, total);
    log("is", total);
    std::string text = "a";
    text += std::to_string(raise(log, total));
    log("is", text);
}
task<> compound(async_log& log) {
    int total = 5;
    total += co_await raise(log, total);
    log("is", total);
    total -= co_await raise(log, total) + co_await raise(log, total);
    log("is", total);
    std::string text = "a";
    text += std::to_string(co_await raise(log, total));
    log("is", text);
}
COIL_ALIKE("order: += reads its target after its right side was evaluated", compound)

void assigned_element(sync_log& log) {
    std::vector<int> numbers{0, 0, 0};
    numbers[get(log, 1U)] = get(log, 7);
    numbers.at(get(log, 2U)) = numbers[get(log, 1U)] + get(log, 1);
    log("are", numbers[0], numbers[1], numbers[2]);
}
task<> assigned_element(async_log& log) {
    std::vector<int> numbers{0, 0, 0};
    numbers[co_await get(log, 1U)] = co_await get(log, 7);
    numbers.at(co_await get(log, 2U)) =
        numbers[co_await get(log, 1U)] + co_await get(log, 1);
    log("are", numbers[0], numbers[1], numbers[2]);
}
COIL_ALIKE_ON_CLANG("order: an assignment evaluates its right side first",
                    assigned_element)

int& count_in(sync_log& log, int& counter) {
    log("count", counter);
    return counter;
}
task<int&> count_in(async_log& log, int& counter) {
    log("count", counter);
    co_await log.pause();
    co_return counter;
}

void increments(sync_log& log) {
    int counter = 1;
    const int before = count_in(log, counter)++;
    const int after = ++count_in(log, counter);
    log("are", before, after, counter);
}
task<> increments(async_log& log) {
    int counter = 1;
    const int before = (co_await count_in(log, counter))++;
    const int after = ++co_await count_in(log, counter);
    log("are", before, after, counter);
}
COIL_ALIKE("order: ++ before and after what a call gives", increments)

/// Adds to a log what is shifted into it.
struct line {
    journal& log;
    line& operator<<(int value) {
        log("shift", value);
        return *this;
    }
};

void shifts(sync_log& log) {
    line(log) << get(log, 1) << get(log, 2) << get(log, 3);
}
task<> shifts(async_log& log) {
    line(log) << co_await get(log, 1) << co_await get(log, 2) << co_await get(log, 3);
}
COIL_ALIKE_ON_CLANG("order: operands of << are evaluated from left to right", shifts)

/// A number whose operators take their time.
struct number {
    int value;
    number plus(sync_log& log, number other) const {
        log("plus", value, other.value);
        return {value + other.value};
    }
    task<number> plus(async_log& log, number other) const {
        log("plus", value, other.value);
        co_await log.pause();
        co_return {value + other.value};
    }
};

void chains(sync_log& log) {
    const number three = number{get(log, 1)}.plus(log, {get(log, 2)});
    log("is", three.plus(log, {get(log, 3)}).plus(log, {get(log, 4)}).value);
}
task<> chains(async_log& log) {
    const number three =
        co_await number{co_await get(log, 1)}.plus(log, {co_await get(log, 2)});
    log("is", (co_await (co_await three.plus(log, {co_await get(log, 3)}))
                   .plus(log, {co_await get(log, 4)}))
                  .value);
}
COIL_ALIKE("order: an object is evaluated before its member's arguments", chains)

}  // namespace
