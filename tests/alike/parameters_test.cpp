// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How arguments become parameters.
#include "traced.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

using namespace alike;

namespace {

void by_value(sync_log& log, traced mine) {
    step(log, mine.name().c_str());
}
task<> by_value(async_log& log, traced mine) {
    co_await step(log, mine.name().c_str());
}
void copies(sync_log& log) {
    traced kept(log, "kept");
    by_value(log, kept);
    by_value(log, traced(log, "temporary"));
    by_value(log, make(log, "made"));
    by_value(log, std::move(kept));
    log("end");
}
task<> copies(async_log& log) {
    traced kept(log, "kept");
    co_await by_value(log, kept);
    co_await by_value(log, traced(log, "temporary"));
    co_await by_value(log, co_await make(log, "made"));
    co_await by_value(log, std::move(kept));
    log("end");
}
COIL_ALIKE("parameter: only a named object is copied", copies)

int both_sizes(sync_log& log, traced a, traced b) {
    step(log, "both");
    return a.size() + b.size();
}
task<int> both_sizes(async_log& log, traced a, traced b) {
    co_await step(log, "both");
    co_return a.size() + b.size();
}
void two_by_value(sync_log& log) {
    const traced kept(log, "kept");
    const int made = both_sizes(log, traced(log, "a"), make(log, "b"));
    const int copied = both_sizes(log, kept, kept);
    log("are", made, copied);
}
task<> two_by_value(async_log& log) {
    const traced kept(log, "kept");
    const int made =
        co_await both_sizes(log, traced(log, "a"), co_await make(log, "b"));
    const int copied = co_await both_sizes(log, kept, kept);
    log("are", made, copied);
}
COIL_ALIKE_ON_CLANG("parameter: several by value end in reverse order", two_by_value)

int own_copy(sync_log& log, int number, std::vector<int> list) {
    number += get(log, 1);
    list.push_back(number);
    return static_cast<int>(list.size()) + list.back();
}
task<int> own_copy(async_log& log, int number, std::vector<int> list) {
    number += co_await get(log, 1);
    list.push_back(number);
    co_return static_cast<int>(list.size()) + list.back();
}
void callers_stay(sync_log& log) {
    const int number = 5;
    const std::vector<int> list(3);
    log("gave", own_copy(log, number, list));
    log("kept", number, list.size());
}
task<> callers_stay(async_log& log) {
    const int number = 5;
    const std::vector<int> list(3);
    log("gave", co_await own_copy(log, number, list));
    log("kept", number, list.size());
}
COIL_ALIKE("parameter: one by value is the function's own", callers_stay)

void swap_after(sync_log& log, int& a, int& b) {
    const int old = a;
    a = get(log, b);
    b = get(log, old);
}
task<> swap_after(async_log& log, int& a, int& b) {
    const int old = a;
    a = co_await get(log, b);
    b = co_await get(log, old);
}
void by_reference(sync_log& log) {
    int a = 1;
    int b = 2;
    swap_after(log, a, b);
    log("are", a, b);
    swap_after(log, a, a);
    log("is", a);
}
task<> by_reference(async_log& log) {
    int a = 1;
    int b = 2;
    co_await swap_after(log, a, b);
    log("are", a, b);
    co_await swap_after(log, a, a);
    log("is", a);
}
COIL_ALIKE("parameter: one by reference is the caller's", by_reference)

using pointer = std::unique_ptr<traced>;

pointer pass_on(sync_log& log, pointer given, bool keeps) {
    step(log, given->name().c_str());
    if (keeps) return nullptr;
    return given;
}
task<pointer> pass_on(async_log& log, pointer given, bool keeps) {
    co_await step(log, given->name().c_str());
    if (keeps) co_return nullptr;
    co_return given;
}
void move_only(sync_log& log) {
    pointer held = std::make_unique<traced>(log, "one");
    held = pass_on(log, std::move(held), false);
    log("back", held->name());
    held = pass_on(log, std::move(held), true);
    log("kept", held == nullptr);
}
task<> move_only(async_log& log) {
    pointer held = std::make_unique<traced>(log, "one");
    held = co_await pass_on(log, std::move(held), false);
    log("back", held->name());
    held = co_await pass_on(log, std::move(held), true);
    log("kept", held == nullptr);
}
COIL_ALIKE("parameter: what can only be moved is handed on and back", move_only)

/// Can be neither copied nor moved, so it is lent.
struct fixed {
    explicit fixed(journal& log) : inside(log, "fixed") {}
    fixed(fixed&&) = delete;
    traced inside;
    int uses = 0;
};
fixed& use(sync_log& log, fixed& lent) {
    step(log, "use");
    ++lent.uses;
    return lent;
}
task<fixed&> use(async_log& log, fixed& lent) {
    co_await step(log, "use");
    ++lent.uses;
    co_return lent;
}
int count(sync_log& log, const fixed& lent) {
    return get(log, lent.uses);
}
task<int> count(async_log& log, const fixed& lent) {
    co_return co_await get(log, lent.uses);
}
void immovable(sync_log& log) {
    fixed lent(log);
    log("used", use(log, use(log, lent)).uses);
    log("unused", count(log, fixed(log)));
}
task<> immovable(async_log& log) {
    fixed lent(log);
    log("used", (co_await use(log, co_await use(log, lent))).uses);
    log("unused", co_await count(log, fixed(log)));
}
COIL_ALIKE("parameter: what cannot be moved is lent, also a temporary", immovable)

/// What a default argument makes, anew in each call.
struct ticket {
    static inline int made = 0;
    int number = ++made;
    ~ticket() { made += 10; }
};
int show(sync_log& log, int added, const ticket& mine = {}, const char* unit = "cm") {
    const int first = mine.number;
    step(log, unit);
    return mine.number + added - first;
}
task<int> show(async_log& log, int added, const ticket& mine = {},
               const char* unit = "cm") {
    const int first = mine.number;
    co_await step(log, unit);
    co_return mine.number + added - first;
}
void defaults(sync_log& log) {
    const int before = ticket::made;
    log("gave", show(log, 1), ticket::made - before);
    log("gave", show(log, 2, {}, "m"), ticket::made - before);
    log("made", ticket::made - before);
}
task<> defaults(async_log& log) {
    const int before = ticket::made;
    log("gave", co_await show(log, 1), ticket::made - before);
    log("gave", co_await show(log, 2, {}, "m"), ticket::made - before);
    log("made", ticket::made - before);
}
COIL_ALIKE_ON_CLANG("parameter: default arguments live as long as given ones", defaults)

template <class... T>
int total(sync_log& log, T... values) {
    return (0 + ... + get(log, values));
}
template <class... T>
task<int> total(async_log& log, T... values) {
    co_return (0 + ... + co_await get(log, values));
}
template <class... T>
void step_all(sync_log& log, const T&... names) {
    (step(log, names), ...);
}
template <class... T>
task<> step_all(async_log& log, const T&... names) {
    (co_await step(log, names), ...);
}
void packs(sync_log& log) {
    log("is", total(log, 1, 2, 3));
    log("is", total(log));
    step_all(log, "x", "y", "z");
}
task<> packs(async_log& log) {
    log("is", co_await total(log, 1, 2, 3));
    log("is", co_await total(log));
    co_await step_all(log, "x", "y", "z");
}
COIL_ALIKE("parameter: packs are expanded in order", packs)

template <class F, class... A>
decltype(auto) forward_to(sync_log& log, F&& f, A&&... args) {
    log("forward", sizeof...(args));
    return std::invoke(std::forward<F>(f), log, std::forward<A>(args)...);
}
template <class F, class... A>
decltype(auto) forward_to(async_log& log, F&& f, A&&... args) {
    log("forward", sizeof...(args));
    return std::invoke(std::forward<F>(f), log, std::forward<A>(args)...);
}
void forwarded(sync_log& log) {
    const auto take = [](sync_log& to, traced mine, const traced& lent, int& changed) {
        step(to, mine.name().c_str());
        changed += lent.size();
    };
    const traced kept(log, "kept");
    int changed = 1;
    forward_to(log, take, traced(log, "given"), kept, changed);
    forward_to(log, take, kept, kept, changed);
    log("is", changed);
}
task<> forwarded(async_log& log) {
    const auto take = [](async_log& to, traced mine, const traced& lent,
                         int& changed) -> task<> {
        co_await step(to, mine.name().c_str());
        changed += lent.size();
    };
    const traced kept(log, "kept");
    int changed = 1;
    co_await forward_to(log, take, traced(log, "given"), kept, changed);
    co_await forward_to(log, take, kept, kept, changed);
    log("is", changed);
}
COIL_ALIKE("parameter: a forwarder hands on what it was given", forwarded)

int letters(sync_log& log, std::string_view text) {
    step(log, "view");
    return static_cast<int>(text.size());
}
task<int> letters(async_log& log, std::string_view text) {
    co_await step(log, "view");
    co_return static_cast<int>(text.size());
}
void fill(sync_log& log, std::span<int> all) {
    for (int& each : all) each = get(log, static_cast<int>(all.size()));
}
task<> fill(async_log& log, std::span<int> all) {
    for (int& each : all) each = co_await get(log, static_cast<int>(all.size()));
}
void views(sync_log& log) {
    int numbers[3] = {};
    fill(log, std::span(numbers).first(2));
    log("are", numbers[0], numbers[1], numbers[2]);
    log("is", letters(log, std::string("a text longer than a small string has room")));
}
task<> views(async_log& log) {
    int numbers[3] = {};
    co_await fill(log, std::span(numbers).first(2));
    log("are", numbers[0], numbers[1], numbers[2]);
    log("is", co_await letters(
                  log, std::string("a text longer than a small string has room")));
}
COIL_ALIKE("parameter: views see what they were made of", views)

}  // namespace
