// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ranges that many threads share.
#include <coil/core/as_outcome.hpp>
#include <coil/core/yield.hpp>
#include <coil/parallel/parallel_reduce.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::as_outcome;
using coil::parallel_for_each;
using coil::parallel_reduce;
using coil::task;

namespace {

constexpr unsigned counts_of_workers[] = {1, 2, 4};

std::vector<int> a_million() {
    std::vector<int> numbers(1'000'000);
    std::iota(numbers.begin(), numbers.end(), -3);
    return numbers;
}
long widen(int number) {
    return number;
}
/// Fails in the middle.
long fail_at_half(int number) {
    if (number == 500'000) throw std::runtime_error("half");
    return number;
}
task<> visit_slowly(int& number) {
    ++number;
    co_await coil::yield_now();
}

task<long> sum_of(const std::vector<int>& numbers, std::size_t grain) {
    co_return co_await parallel_reduce(numbers, grain, 0L, widen, std::plus());
}
task<> increment_all(std::vector<int>& numbers) {
    co_await parallel_for_each(numbers, 1000, [](int& number) { ++number; });
}
task<bool> visit_in_time(std::vector<int>& numbers) {
    co_return co_await coil::with_timeout(
        2ms, parallel_for_each(numbers, 1000, visit_slowly));
}

}  // namespace

TEST_CASE("parallel_reduce: a sum over a million is what it is on one thread") {
    const std::vector<int> numbers = a_million();
    const long sum = std::accumulate(numbers.begin(), numbers.end(), 0L);
    for (const unsigned workers : counts_of_workers) {
        coil::multi_thread_runtime runtime({.workers = workers});
        for (const std::size_t grain : {100U, 10'000U, 2'000'000U})
            CHECK(runtime.run(sum_of(numbers, grain)).take() == sum);
    }
}

TEST_CASE("parallel_for_each: reaches each of a million once") {
    for (const unsigned workers : counts_of_workers) {
        coil::multi_thread_runtime runtime({.workers = workers});
        std::vector<int> numbers = a_million();
        REQUIRE(runtime.run(increment_all(numbers)).has_value());
        bool is_each = true;
        for (int i = 0; i < 1'000'000; ++i)
            is_each = is_each && numbers[static_cast<std::size_t>(i)] == i - 2;
        CHECK(is_each);
    }
}

TEST_CASE("parallel_reduce: an error in the middle is thrown") {
    const std::vector<int> numbers = a_million();
    for (const unsigned workers : counts_of_workers) {
        coil::multi_thread_runtime runtime({.workers = workers});
        auto ended =
            runtime.run(parallel_reduce(numbers, 1000, 0L, fail_at_half, std::plus()));
        CHECK_THROWS_WITH(ended.take(), "half");
    }
}

TEST_CASE("parallel_for_each: a stop in the middle ends it") {
    for (const unsigned workers : counts_of_workers) {
        coil::multi_thread_runtime runtime({.workers = workers});
        std::vector<int> numbers(10'000'000);
        CHECK_FALSE(runtime.run(visit_in_time(numbers)).take());
        const auto visited = std::accumulate(numbers.begin(), numbers.end(), 0L);
        CHECK(visited > 0);
        CHECK(visited < 10'000'000);
    }
}
