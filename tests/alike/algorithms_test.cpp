// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops, algorithms and views against adaptors of streams, with the same functions.
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take.hpp>

#include "traced.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <ranges>
#include <set>
#include <vector>

using namespace alike;
using coil::collect;
using coil::filter;
using coil::for_each;
using coil::loop;
using coil::map;
using coil::take;

namespace {

const std::vector<int> numbers = {1, 2, 3, 4, 5, 6};

// The same in both halves, since it does not wait.
auto is_even(journal& log) {
    return [&log](int n) {
        log("even?", n);
        return n % 2 == 0;
    };
}
auto doubled(journal& log) {
    return [&log](int n) {
        log("double", n);
        return n * 2;
    };
}

void all_in_order(sync_log& log) {
    std::ranges::for_each(numbers, [&](int n) { log("is", get(log, n)); });
}
task<> all_in_order(async_log& log) {
    co_await (numbers |
              for_each([&](int n) -> task<> { log("is", co_await get(log, n)); }));
}
COIL_ALIKE("algorithm: for_each", all_in_order)

void views(sync_log& log) {
    namespace views = std::views;
    for (const int n :
         numbers | views::filter(is_even(log)) | views::transform(doubled(log))) {
        log("is", get(log, n));
    }
}
task<> views(async_log& log) {
    COIL_FOR(const int n, numbers | filter(is_even(log)) | map(doubled(log))) {
        log("is", co_await get(log, n));
    }
}
COIL_ALIKE("algorithm: views are as lazy as adaptors", views)

void waiting_functions(sync_log& log) {
    std::vector<int> kept;
    for (const int n : numbers) {
        if (get(log, n) % 3 != 0) continue;
        kept.push_back(get(log, n * 10));
    }
    log("are", kept.size(), kept.front(), kept.back());
}
task<> waiting_functions(async_log& log) {
    const auto is_third = [&](int n) -> task<bool> {
        co_return co_await get(log, n) % 3 == 0;
    };
    const auto tenfold = [&](int n) { return get(log, n * 10); };
    const auto kept =
        co_await (numbers | filter(is_third) | map(tenfold) | collect<std::vector>());
    log("are", kept.size(), kept.front(), kept.back());
}
COIL_ALIKE("algorithm: filter and map whose functions wait", waiting_functions)

void first_few(sync_log& log) {
    int left = 2;
    for (const int n : numbers) {
        if (left == 0) break;
        if (!is_even(log)(n)) continue;
        --left;
        log("is", get(log, n));
        if (left == 0) break;  // the next one is not even looked at
    }
    log("end");
}
task<> first_few(async_log& log) {
    co_await (numbers | filter(is_even(log)) | take(2) |
              for_each([&](int n) -> task<> { log("is", co_await get(log, n)); }));
    log("end");
}
COIL_ALIKE("algorithm: take asks no more than it gives", first_few)

int find_above(sync_log& log, int limit) {
    const auto found =
        std::ranges::find_if(numbers, [&](int n) { return get(log, n) > limit; });
    return found == numbers.end() ? -1 : *found;
}
task<int> find_above(async_log& log, int limit) {
    int found = -1;
    const auto look = [&](int n) -> task<loop> {
        if (co_await get(log, n) <= limit) co_return loop::go_on;
        found = n;
        co_return loop::leave;
    };
    co_await (numbers | for_each(look));
    co_return found;
}
void finds(sync_log& log) {
    log("found", find_above(log, 2));
    log("found", find_above(log, 9));
}
task<> finds(async_log& log) {
    log("found", co_await find_above(log, 2));
    log("found", co_await find_above(log, 9));
}
COIL_ALIKE("algorithm: find_if leaves early", finds)

void accumulates(sync_log& log) {
    const int sum =
        std::accumulate(numbers.begin(), numbers.end(), 0,
                        [&](int before, int n) { return before + get(log, n); });
    const auto odd =
        std::ranges::count_if(numbers, [&](int n) { return get(log, n) % 2 == 1; });
    log("are", sum, odd);
}
task<> accumulates(async_log& log) {
    int sum = 0;
    int odd = 0;
    COIL_FOR(const int n, numbers) sum += co_await get(log, n);
    COIL_FOR(const int n, numbers) odd += co_await get(log, n) % 2 == 1 ? 1 : 0;
    log("are", sum, odd);
}
COIL_ALIKE("algorithm: accumulate and count_if", accumulates)

struct person {
    std::string name;
    int age;
};
int age_of(sync_log& log, const person& asked) {
    return get(log, asked.age);
}
task<int> age_of(async_log& log, const person& asked) {
    return get(log, asked.age);
}
const std::vector<person> people = {{"ann", 30}, {"bob", 20}, {"cid", 25}};

void sorts_by_fetched_keys(sync_log& log) {
    std::vector<std::pair<int, const person*>> keyed;
    for (const person& each : people) keyed.emplace_back(age_of(log, each), &each);
    std::ranges::sort(keyed);
    for (const auto& [age, who] : keyed) log(who->name, age);
}
task<> sorts_by_fetched_keys(async_log& log) {
    std::vector<std::pair<int, const person*>> keyed;
    for (const person& each : people)
        keyed.emplace_back(co_await age_of(log, each), &each);
    std::ranges::sort(keyed);
    for (const auto& [age, who] : keyed) log(who->name, age);
}
COIL_ALIKE("algorithm: sorts by keys that were fetched", sorts_by_fetched_keys)

void sorts_by_asking(sync_log& log) {
    auto line = people;
    for (auto end = line.begin(); end != line.end(); ++end) {
        auto at = end;
        for (; at != line.begin(); --at) {
            const int mine = age_of(log, *at);
            if (mine >= age_of(log, *(at - 1))) break;
            std::iter_swap(at, at - 1);
        }
        log("put", at - line.begin());
    }
    for (const person& each : line) log(each.name);
}
task<> sorts_by_asking(async_log& log) {
    auto line = people;
    for (auto end = line.begin(); end != line.end(); ++end) {
        auto at = end;
        for (; at != line.begin(); --at) {
            const int mine = co_await age_of(log, *at);
            if (mine >= co_await age_of(log, *(at - 1))) break;
            std::iter_swap(at, at - 1);
        }
        log("put", at - line.begin());
    }
    for (const person& each : line) log(each.name);
}
COIL_ALIKE("algorithm: sorts with a comparison that waits", sorts_by_asking)

void collects(sync_log& log) {
    std::map<std::string, int> ages;
    for (const person& each : people) ages.emplace(each.name, age_of(log, each));
    std::set<int> remainders;
    for (const int n : numbers) remainders.insert(get(log, n) % 3);
    log("are", ages.size(), ages.at("bob"), remainders.size());
}
task<> collects(async_log& log) {
    const auto with_age = [&](const person& p) -> task<std::pair<std::string, int>> {
        co_return {p.name, co_await age_of(log, p)};
    };
    const auto remainder = [&](int n) -> task<int> {
        co_return co_await get(log, n) % 3;
    };
    const auto ages =
        co_await (people | map(with_age) | collect<std::map<std::string, int>>());
    const auto remainders = co_await (numbers | map(remainder) | collect<std::set>());
    log("are", ages.size(), ages.at("bob"), remainders.size());
}
COIL_ALIKE("algorithm: collects into maps and sets", collects)

void fails_half_way(sync_log& log) {
    try {
        std::ranges::for_each(numbers, [&](int n) {
            const traced local(log, "item " + std::to_string(n));
            if (n == 3) fail(log, "the third");
            step(log, "good");
        });
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> fails_half_way(async_log& log) {
    try {
        co_await (numbers | for_each([&](int n) -> task<> {
                      const traced local(log, "item " + std::to_string(n));
                      if (n == 3) co_await fail(log, "the third");
                      co_await step(log, "good");
                  }));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("algorithm: an error of the function ends the loop", fails_half_way)

void copies_items(sync_log& log) {
    const traced x(log, "x");
    const std::vector<traced> all(1, x);
    for (const traced& each : all) step(log, each.name().c_str());
    std::ranges::for_each(all, [&](traced mine) { step(log, mine.name().c_str()); });
    const std::vector<traced> copied = all;
    log("are", copied.size());
}
task<> copies_items(async_log& log) {
    const traced x(log, "x");
    const std::vector<traced> all(1, x);
    const auto look = [&](const traced& each) {
        return step(log, each.name().c_str());
    };
    co_await (all | for_each(look));
    co_await (all | for_each([&](traced mine) -> task<> {
                  co_await step(log, mine.name().c_str());
              }));
    const auto copied = co_await (all | collect<std::vector>());
    log("are", copied.size());
}
COIL_ALIKE("algorithm: an item is copied where it is taken by value", copies_items)

void moves_items(sync_log& log) {
    std::vector<traced> all;
    all.reserve(2);
    for (const char* name : {"x", "y"}) all.push_back(make(log, name));
    for (traced& each : all) {
        const traced mine = std::move(each);
        step(log, mine.name().c_str());
    }
    log("end");
}
task<> moves_items(async_log& log) {
    std::vector<traced> all;
    all.reserve(2);
    for (const char* name : {"x", "y"}) all.push_back(co_await make(log, name));
    co_await (std::move(all) | for_each([&](traced mine) -> task<> {
                  co_await step(log, mine.name().c_str());
              }));
    log("end");
}
COIL_ALIKE("algorithm: items of a container that is given away are moved", moves_items)

}  // namespace
