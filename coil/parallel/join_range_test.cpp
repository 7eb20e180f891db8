// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/race.hpp>
#include <coil/parallel/join_range.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <array>
#include <deque>
#include <ranges>
#include <stdexcept>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::join;
using coil::task;

namespace {

task<std::size_t> load(std::string page) {
    co_await coil::sleep(10ms * page.size());
    co_return page.size();
}

//! [the sizes of all pages]
task<std::vector<std::size_t>> sizes_of(const words& pages) {
    std::vector<task<std::size_t>> loads;
    for (const auto& page : pages) loads.push_back(load(page));
    co_return co_await join(std::move(loads));
}
//! [the sizes of all pages]

task<int> later(int turns) {
    co_await give_way(turns);
    co_return turns;
}
task<> hang(words& log, std::string name) {
    const trace end(log, std::move(name));
    co_await never();
}
task<resource> open(words& log, std::string name) {
    co_await coil::yield_now();
    co_return resource(log, std::move(name));
}

#if COIL_EXCEPTIONS
task<int> fail_after(int turns, const char* what) {
    co_await give_way(turns);
    throw std::runtime_error(what);
}
task<resource> fail_to_open(int turns) {
    co_await give_way(turns);
    throw std::runtime_error("no door");
}

//! [those that failed]
task<int> failures_of(std::vector<task<int>> work) {
    int failures = 0;
    for (auto& ended : co_await coil::join_outcomes(std::move(work)))
        if (ended.has_error()) ++failures;
    co_return failures;
}
//! [those that failed]
#endif

}  // namespace

COIL_TEST("join: of a range gives all results, in its order") {
    const words pages = {"abc", "a", "ab"};
    const auto start = coil::now();
    const auto sizes = co_await sizes_of(pages);
    CHECK(sizes == std::vector<std::size_t>{3, 1, 2});
    CHECK(coil::now() - start == 30ms);  // not 60
}

COIL_TEST("join: of an empty range ends at once, and void parts give nothing") {
    const auto none = co_await join(std::vector<task<int>>());
    CHECK(none.empty());
    std::array<task<>, 2> both = {give_way(1), give_way(2)};
    static_assert(
        std::is_void_v<coil::await_result_t<decltype(join(std::move(both)))>>);
    co_await join(std::move(both));
}

COIL_TEST("join: of a range whose parts are made on the way, and of leaves") {
    const auto made = std::views::iota(0, 3) | std::views::transform(&later);
    const auto turns = co_await join(made);
    CHECK(turns == std::vector<int>{0, 1, 2});
    signal first;
    signal second;
    first.set(1);
    second.set(2);
    std::deque<signal::waiting> waits;
    waits.push_back(first.wait());
    waits.push_back(second.wait());
    const auto both = co_await join(std::move(waits));
    CHECK(both == std::vector<int>{1, 2});
}

COIL_TEST("join: a stop reaches every part of a range") {
    words log;
    std::vector<task<>> parts;
    for (const auto* name : {"a", "b"}) parts.push_back(hang(log, name));
    const auto won = co_await coil::race(join(std::move(parts)), give_way(2));
    CHECK(won.index() == 1);
    CHECK(log.size() == 2);
}

COIL_TEST("join: a part of a range that stops itself stops the others") {
    words log;
    std::vector<task<>> parts;
    parts.push_back(hang(log, "a"));
    parts.push_back([]() -> task<> {
        co_await coil::yield_now();
        co_await coil::stop_here();
    }());
    const auto ended = co_await coil::as_outcome(join(std::move(parts)));
    CHECK(ended.is_stopped());
    CHECK(log == words{"~a"});
}

COIL_TEST("join: what a stopped range of parts gave is dropped") {
    words log;
    std::vector<task<resource>> parts;
    for (const auto* name : {"a", "b"}) parts.push_back(open(log, name));
    parts.push_back([]() -> task<resource> {
        co_await never();
        coil::fatal("not reached");
    }());
    const auto won = co_await coil::race(join(std::move(parts)), give_way(4));
    CHECK(won.index() == 1);
    CHECK(log == words{"drop b", "dropped b", "drop a", "dropped a"});
}

#if COIL_EXCEPTIONS
COIL_TEST("join: the first error in a range stops the others, and is thrown") {
    words log;
    const auto fail = []() -> task<> { (void)co_await fail_after(1, "first"); };
    std::vector<task<>> parts;
    parts.push_back(hang(log, "a"));
    parts.push_back(fail());
    parts.push_back(hang(log, "b"));
    auto ended = co_await coil::as_outcome(join(std::move(parts)));
    CHECK(ended.has_error());
    CHECK(log.size() == 2);
    std::vector<task<int>> failing;
    failing.push_back(fail_after(2, "second"));
    failing.push_back(fail_after(1, "first"));
    try {
        (void)co_await join(std::move(failing));
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log.back() == "first");
}

COIL_TEST("join: what a range gave beside an error is dropped before it is thrown") {
    words log;
    std::vector<task<resource>> parts;
    parts.push_back(open(log, "a"));
    parts.push_back(fail_to_open(3));
    try {
        (void)co_await join(std::move(parts));
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"drop a", "dropped a", "no door"});
}

COIL_TEST("join_outcomes: of a range leaves the others alone") {
    std::vector<task<int>> work;
    work.push_back(fail_after(1, "first"));
    work.push_back(later(3));
    work.push_back(fail_after(2, "second"));
    CHECK(co_await failures_of(std::move(work)) == 2);
}
#endif

COIL_TEST("join: a range of many ready parts uses no stack") {
    std::vector<task<int>> parts;
    for (int i = 0; i < 100'000; ++i) parts.push_back(later(0));
    const auto all = co_await join(std::move(parts));
    CHECK(all.size() == 100'000);
}
