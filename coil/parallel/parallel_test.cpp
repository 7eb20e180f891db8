// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/parallel/parallel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::parallel;
using coil::task;
using coil::yield_now;

namespace {

task<long> sum_of(std::span<const int> numbers) {
    co_return std::accumulate(numbers.begin(), numbers.end(), 0L);
}
task<> hang(words& log, std::string name) {
    const trace end(log, name);
    co_await never();
}
task<resource> give(words& log, std::string name) {
    co_return resource(log, std::move(name));
}
#if COIL_EXCEPTIONS
task<int> fail_after(int turns, const char* what) {
    co_await give_way(turns);
    throw std::runtime_error(what);
}
#endif

}  // namespace

COIL_TEST("parallel: gives the results of all") {
    const std::vector<int> numbers(1000, 3);
    //! [the two halves of a sum]
    const std::span<const int> all(numbers);
    auto [left, right] =
        co_await parallel(sum_of(all.first(500)), sum_of(all.last(500)));
    //! [the two halves of a sum]
    CHECK(left + right == 3000);
}

COIL_TEST("parallel: a part that gives nothing has a unit") {
    auto give_it = []() -> task<std::unique_ptr<int>> {
        co_return std::make_unique<int>(2);
    };
    auto results = co_await parallel(yield_now(), give_it());
    CHECK(*std::get<1>(results) == 2);
    co_await parallel(yield_now(), give_way(3), coil::sleep(1s));
}

COIL_TEST("parallel: one part is awaited as it is") {
    auto [one] = co_await parallel([]() -> task<int> { co_return 1; }());
    CHECK(one == 1);
}

COIL_TEST("parallel: on one thread all parts run in this strand") {
    auto strand_here = []() -> task<const void*> { co_return coil::strand::current(); };
    const void* const here = coil::strand::current();
    auto [first, second, third] =
        co_await parallel(strand_here(), strand_here(), strand_here());
    CHECK(first == here);
    CHECK(second == here);
    CHECK(third == here);
}

COIL_TEST("parallel: takes no memory but the frames of its coroutines") {
    auto nothing = []() -> task<> { co_return; };
    const auto before = coil::count_frames().from_heap;
    for (int i = 0; i < 3; ++i)
        co_await parallel(yield_now(), yield_now(), coil::sleep(1s));
    CHECK(coil::count_frames().from_heap == before);
    co_await nothing();
}

COIL_TEST("parallel: parts may be local where there is one thread") {
    auto here = [](int& to) -> coil::local_task<int&> { co_return to; };
    int a = 1;
    int b = 2;
    auto [first, second] = co_await parallel(here(a), here(b));
    CHECK(&first == &a);
    CHECK(&second == &b);
}

COIL_TEST("parallel: a stop reaches all of them") {
    words log;
    auto whole = parallel(hang(log, "first"), hang(log, "second"), hang(log, "third"));
    co_await coil::race(std::move(whole), coil::sleep(1ms));
    CHECK(log.size() == 3);
}

COIL_TEST("parallel: a stop that came first reaches strands before they begin") {
    words log;
    auto late = [&]() -> task<> {
        (void)co_await as_outcome(never());
        co_await parallel(hang(log, "first"), hang(log, "second"));
    };
    co_await coil::race(late(), yield_now());
    CHECK(log == words{"~first", "~second"});
}

COIL_TEST("parallel: a part that stops by itself stops the others and the whole") {
    for (const bool is_first : {true, false}) {
        words log;
        auto stops = [](bool does, words& l) -> task<> {
            co_await give_way(2);
            if (does) co_await coil::stop_here();
            co_await hang(l, "other");
        };
        const auto ended =
            co_await as_outcome(parallel(stops(is_first, log), stops(!is_first, log)));
        CHECK(ended.is_stopped());
        CHECK(log == words{"~other"});
    }
}

COIL_TEST("parallel: values that nobody gets are dropped") {
    words log;
    auto whole = parallel(give(log, "a"), hang(log, "b"), give(log, "c"));
    co_await coil::race(std::move(whole), coil::sleep(1ms));
    CHECK(log == words{"~b", "drop c", "dropped c", "drop a", "dropped a"});
}

COIL_TEST("parallel: nests") {
    words log;
    auto inner = [](words& l) -> task<> {
        co_await parallel(hang(l, "a"), hang(l, "b"));
    };
    CHECK_FALSE(co_await coil::with_timeout(1s, parallel(inner(log), inner(log))));
    CHECK(log.size() == 4);
}

#if COIL_EXCEPTIONS
COIL_TEST("parallel: the first error stops the others") {
    words log;
    auto last = co_await as_outcome(parallel(hang(log, "a"), fail_after(2, "failed")));
    CHECK_THROWS_WITH(last.take(), "failed");
    auto first = co_await as_outcome(parallel(fail_after(2, "failed"), hang(log, "b")));
    CHECK_THROWS_WITH(first.take(), "failed");
    CHECK(log == words{"~a", "~b"});
}

COIL_TEST("parallel: of several errors the first counts") {
    auto ended = co_await as_outcome(
        parallel(fail_after(3, "third"), fail_after(1, "first"), never()));
    CHECK_THROWS_WITH(ended.take(), "first");
}
#endif
