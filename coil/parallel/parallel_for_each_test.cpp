// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/parallel/parallel_for_each.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::parallel_for_each;
using coil::task;

COIL_TEST("parallel_for_each: calls a function with each element") {
    std::vector<int> numbers = {1, 2, 3, 4, 5};
    //! [square all]
    co_await parallel_for_each(numbers, 2, [](int& number) { number *= number; });
    //! [square all]
    CHECK(numbers == std::vector{1, 4, 9, 16, 25});
}

COIL_TEST("parallel_for_each: every element is visited once, whatever the grain") {
    for (const std::size_t size : {0U, 1U, 2U, 7U, 64U}) {
        for (const std::size_t grain : {1U, 2U, 3U, 100U}) {
            std::vector<int> visits(size);
            co_await parallel_for_each(visits, grain, [](int& count) { ++count; });
            CHECK(std::count(visits.begin(), visits.end(), 1) ==
                  static_cast<long>(size));
        }
    }
}

COIL_TEST("parallel_for_each: the function may be async, and the parts overlap") {
    const auto start = coil::now();
    std::vector<int> numbers(8, 1);
    co_await parallel_for_each(numbers, 1, [](int& number) -> task<> {
        co_await coil::sleep(1s);
        ++number;
    });
    CHECK(numbers == std::vector(8, 2));
    CHECK(coil::now() == start + 1s);
}

COIL_TEST("parallel_for_each: owns a range that is given away") {
    int sum = 0;
    auto work = parallel_for_each(std::vector{1, 2, 3}, 1,
                                  [&sum](int number) { sum += number; });
    co_await std::move(work);
    CHECK(sum == 6);
}

COIL_TEST("parallel_for_each: the function may be local where there is one thread") {
    std::vector<int> numbers = {1, 2, 3};
    auto add = [](int& number) -> coil::local_task<> {
        ++number;
        co_return;
    };
    co_await parallel_for_each(numbers, 1, add);
    CHECK(numbers == std::vector{2, 3, 4});
}

COIL_TEST("parallel_for_each: a stop ends all parts, also those that compute") {
    std::vector<int> numbers(100'000);
    std::size_t visited = 0;
    auto visit = [&](int&) -> task<> {
        ++visited;
        co_await coil::sleep(1ms);
    };
    CHECK_FALSE(
        co_await coil::with_timeout(10ms, parallel_for_each(numbers, 1000, visit)));
    CHECK(visited == 128 * 11);  // parts, each eleven times
}

#if COIL_EXCEPTIONS
COIL_TEST("parallel_for_each: an error ends all parts") {
    std::vector<int> numbers(100);
    int ended = 0;
    auto visit = [&](int& number) -> task<> {
        struct counts {
            ~counts() { ++count; }
            int& count;
        } const here{ended};
        if (&number == &numbers[50]) throw std::runtime_error("at 50");
        co_await never();
    };
    auto whole = co_await as_outcome(parallel_for_each(numbers, 10, visit));
    CHECK_THROWS_WITH(whole.take(), "at 50");
    CHECK(ended >= 1);
}
#endif
