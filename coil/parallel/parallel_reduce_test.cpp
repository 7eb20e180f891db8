// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/parallel/parallel_reduce.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using coil::parallel_reduce;
using coil::task;

COIL_TEST("parallel_reduce: combines what the elements give") {
    const std::vector<int> numbers = {1, 2, 3, 4};
    //! [the sum of all squares]
    auto square = [](int number) { return number * number; };
    const int sum = co_await parallel_reduce(numbers, 2, 0, square, std::plus());
    //! [the sum of all squares]
    CHECK(sum == 30);
}

COIL_TEST("parallel_reduce: keeps the order of the elements") {
    const std::string letters = "abcdefghijk";
    auto text_of = [](char letter) { return std::string(1, letter); };
    for (const std::size_t grain : {1U, 2U, 3U, 20U}) {
        const auto text = co_await parallel_reduce(letters, grain, std::string("<"),
                                                   text_of, std::plus());
        CHECK(text == "<abcdefghijk");
    }
}

COIL_TEST("parallel_reduce: of no elements gives what it began with") {
    const std::vector<int> none;
    const int given =
        co_await parallel_reduce(none, 1, 7, std::identity(), std::plus());
    CHECK(given == 7);
}

COIL_TEST("parallel_reduce: the map may be async, and the parts overlap") {
    const auto start = coil::now();
    auto slowly = [](int number) -> task<long> {
        co_await coil::sleep(1s);
        co_return number;
    };
    const std::vector<int> numbers = {1, 2, 3, 4};
    const long sum = co_await parallel_reduce(numbers, 2, 0L, slowly, std::plus());
    CHECK(sum == 10);
    CHECK(coil::now() == start + 2s);
}
