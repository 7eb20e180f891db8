// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <map>
#include <set>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

coil::generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

//! [all names, sorted]
coil::task<std::set<std::string>> sorted(coil::generator<std::string> names) {
    co_return co_await (std::move(names) | coil::collect<std::set>());
}
//! [all names, sorted]

}  // namespace

COIL_TEST("collect: fills whatever container it is given") {
    auto names = []() -> coil::generator<std::string> {
        co_yield "bob";
        co_yield "ann";
    };
    const auto all = co_await sorted(names());
    CHECK(words(all.begin(), all.end()) == words{"ann", "bob"});
    const auto squares =
        co_await (count_to(3) | coil::map([](int i) { return std::pair(i, i * i); }) |
                  coil::collect<std::map<int, int>>());
    CHECK(squares.at(2) == 4);
}

COIL_TEST("collect: a stop reaches the source") {
    coil::event never;
    auto stuck = [&]() -> coil::generator<int> {
        co_yield 1;
        co_await never.wait();
    };
    const auto late =
        co_await coil::with_timeout(1s, stuck() | coil::collect<std::vector>());
    CHECK_FALSE(late.has_value());
}

#if COIL_EXCEPTIONS
COIL_TEST("collect: gives the source's error") {
    auto failing = []() -> coil::generator<int> {
        co_yield 1;
        throw std::runtime_error("failed");
    };
    std::string caught;
    try {
        (void)co_await (failing() | coil::collect<std::vector>());
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
    CHECK(caught == "failed");
}
#endif

COIL_TEST("collect: a million ready items use no stack") {
    const auto all = co_await (count_to(1'000'000) | coil::collect<std::vector>());
    CHECK(all.size() == 1'000'000);
}
