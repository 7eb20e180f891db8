// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops, and how they end.
#include "traced.hpp"

#include <list>
#include <map>
#include <optional>
#include <vector>

using namespace alike;

namespace {

void for_parts(sync_log& log) {
    for (int i = get(log, 0); i < get(log, 2); i += get(log, 1)) {
        const traced round(log, "round");
        step(log, "body");
    }
}
task<> for_parts(async_log& log) {
    for (int i = co_await get(log, 0); i < co_await get(log, 2);
         i += co_await get(log, 1)) {
        const traced round(log, "round");
        co_await step(log, "body");
    }
}
COIL_ALIKE("loop: begin, condition and step of a for", for_parts)

struct pages {
    int left;
    std::optional<traced> next(sync_log& log) {
        step(log, "next");
        if (left-- == 0) return std::nullopt;
        return traced(log, "page");
    }
    task<std::optional<traced>> next(async_log& log) {
        co_await step(log, "next");
        if (left-- == 0) co_return std::nullopt;
        co_return traced(log, "page");
    }
};
void declared_condition(sync_log& log) {
    pages book{3};
    while (const auto page = book.next(log)) {
        if (book.left == 1) continue;
        step(log, "read");
    }
    log("read all");
}
task<> declared_condition(async_log& log) {
    pages book{3};
    while (const auto page = co_await book.next(log)) {
        if (book.left == 1) continue;
        co_await step(log, "read");
    }
    log("read all");
}
COIL_ALIKE("loop: what a condition declares ends in each round", declared_condition)

void do_while(sync_log& log) {
    int n = 0;
    do {
        const traced round(log, "round");
        if (++n == 2) continue;
        step(log, "body");
    } while (get(log, n) < 3);
}
task<> do_while(async_log& log) {
    int n = 0;
    do {
        const traced round(log, "round");
        if (++n == 2) continue;
        co_await step(log, "body");
    } while (co_await get(log, n) < 3);
}
COIL_ALIKE_ON_CLANG("loop: continue in a do-while asks its condition", do_while)

std::list<traced> three(sync_log& log) {
    std::list<traced> all;
    for (const char* name : {"x", "y", "z"}) all.push_back(make(log, name));
    return all;
}
task<std::list<traced>> three(async_log& log) {
    std::list<traced> all;
    for (const char* name : {"x", "y", "z"}) all.push_back(co_await make(log, name));
    co_return all;
}
void over_a_result(sync_log& log) {
    for (const traced& each : three(log)) step(log, each.name().c_str());
    log("behind");
}
task<> over_a_result(async_log& log) {
    for (const traced& each : co_await three(log))
        co_await step(log, each.name().c_str());
    log("behind");
}
COIL_ALIKE("loop: a range that a call gives lives as long as the loop", over_a_result)

std::vector<int>& same(sync_log& log, std::vector<int>& numbers) {
    step(log, "same");
    return numbers;
}
task<std::vector<int>&> same(async_log& log, std::vector<int>& numbers) {
    co_await step(log, "same");
    co_return numbers;
}
void over_a_reference(sync_log& log) {
    std::vector<int> numbers{1, 2, 3};
    for (int& n : same(log, numbers)) n *= get(log, n);
    log("are", numbers[0], numbers[1], numbers[2]);
}
task<> over_a_reference(async_log& log) {
    std::vector<int> numbers{1, 2, 3};
    for (int& n : co_await same(log, numbers)) n *= co_await get(log, n);
    log("are", numbers[0], numbers[1], numbers[2]);
}
COIL_ALIKE("loop: a range that a call refers to is changed", over_a_reference)

void over_a_map(sync_log& log) {
    std::map<std::string, int> ages{{"ann", 30}, {"bob", 20}};
    for (auto& [name, age] : ages) age += get(log, static_cast<int>(name.size()));
    for (const auto& [name, age] : ages) log(name, age);
}
task<> over_a_map(async_log& log) {
    std::map<std::string, int> ages{{"ann", 30}, {"bob", 20}};
    for (auto& [name, age] : ages)
        age += co_await get(log, static_cast<int>(name.size()));
    for (const auto& [name, age] : ages) log(name, age);
}
COIL_ALIKE("loop: structured bindings stay valid in a round", over_a_map)

void nested(sync_log& log) {
    for (int i = 0; i < 3; ++i) {
        const traced outer(log, "outer");
        bool is_found = false;
        for (int j = 0; j < 3; ++j) {
            const traced inner(log, "inner");
            if (j < i) continue;
            is_found = get(log, i + j) == 2;
            if (is_found) break;
        }
        if (is_found && i == 1) break;
        log("next");
    }
}
task<> nested(async_log& log) {
    for (int i = 0; i < 3; ++i) {
        const traced outer(log, "outer");
        bool is_found = false;
        for (int j = 0; j < 3; ++j) {
            const traced inner(log, "inner");
            if (j < i) continue;
            is_found = co_await get(log, i + j) == 2;
            if (is_found) break;
        }
        if (is_found && i == 1) break;
        log("next");
    }
}
COIL_ALIKE("loop: break and continue end the round's locals", nested)

void switches(sync_log& log) {
    for (int i = 0; i < 4; ++i) {
        switch (const int kind = get(log, i); kind) {
            case 0: step(log, "zero"); [[fallthrough]];
            case 1: step(log, "one"); break;
            case 2: {
                const traced inside(log, "inside");
                step(log, "two");
                break;
            }
            default: step(log, "many");
        }
    }
}
task<> switches(async_log& log) {
    for (int i = 0; i < 4; ++i) {
        switch (const int kind = co_await get(log, i); kind) {
            case 0: co_await step(log, "zero"); [[fallthrough]];
            case 1: co_await step(log, "one"); break;
            case 2: {
                const traced inside(log, "inside");
                co_await step(log, "two");
                break;
            }
            default: co_await step(log, "many");
        }
    }
}
COIL_ALIKE("loop: cases fall through, break, and have scopes", switches)

void work_off(sync_log& log, std::vector<int>& queue, bool& is_done) {
    const int next = get(log, queue.back());
    queue.pop_back();
    if (next > 1) queue.push_back(next / 2);
    is_done = queue.empty();
}
task<> work_off(async_log& log, std::vector<int>& queue, bool& is_done) {
    const int next = co_await get(log, queue.back());
    queue.pop_back();
    if (next > 1) queue.push_back(next / 2);
    is_done = queue.empty();
}
void until_a_flag(sync_log& log) {
    std::vector<int> queue{2, 5};
    bool is_done = false;
    int rounds = 0;
    for (; !is_done; ++rounds) work_off(log, queue, is_done);
    log("rounds", rounds);
}
task<> until_a_flag(async_log& log) {
    std::vector<int> queue{2, 5};
    bool is_done = false;
    int rounds = 0;
    for (; !is_done; ++rounds) co_await work_off(log, queue, is_done);
    log("rounds", rounds);
}
COIL_ALIKE("loop: ends when a callee sets its flag", until_a_flag)

void erases(sync_log& log) {
    std::list<traced> all = three(log);
    for (auto at = all.begin(); at != all.end();) {
        const bool goes = get(log, at->name() != "y");
        at = goes ? all.erase(at) : std::next(at);
    }
    log("left", all.size());
}
task<> erases(async_log& log) {
    std::list<traced> all = co_await three(log);
    for (auto at = all.begin(); at != all.end();) {
        const bool goes = co_await get(log, at->name() != "y");
        at = goes ? all.erase(at) : std::next(at);
    }
    log("left", all.size());
}
COIL_ALIKE("loop: erases what it walks over", erases)

}  // namespace
