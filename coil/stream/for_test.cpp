// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <map>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

struct cursor {
    words* log;
    coil::task<> async_drop() {
        co_await coil::sleep(1ms);
        log->push_back("drop");
    }
};

coil::generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

//! [the first long row]
coil::resource_generator<std::string> rows(words& log) {
    co_await coil::own(cursor{&log});
    for (std::string row = "a";; row += "a") {
        co_await coil::sleep(1ms);
        co_yield row;
    }
}
coil::task<std::string> first_long_row(words& log) {
    std::string found;
    COIL_FOR(std::string row, rows(log)) {
        if (row.size() < 3) continue;
        found = row;
        break;  // awaits the drop of the cursor
    }
    log.push_back("found");
    co_return found;
}
//! [the first long row]

coil::task<std::string> return_inside(words& log) {
    COIL_FOR(std::string row, rows(log)) {
        log.push_back("return");
        co_return row;
    }
    co_return "";
}
coil::task<> wait_inside(words& log) {
    COIL_FOR(const std::string& row, rows(log)) {
        log.push_back(row);
        co_await coil::sleep(1h);
    }
}

}  // namespace

COIL_TEST("COIL_FOR: break awaits the drop") {
    words log;
    const std::string row = co_await first_long_row(log);
    CHECK(row == "aaa");
    CHECK(log == words{"drop", "found"});
}

COIL_TEST("COIL_FOR: co_return and a stop leave the drop to the coroutine's end") {
    words log;
    const std::string row = co_await return_inside(log);
    CHECK(row == "a");
    CHECK(log == words{"return", "drop"});
    log.clear();
    const bool in_time = co_await coil::with_timeout(1s, wait_inside(log));
    CHECK_FALSE(in_time);
    CHECK(log == words{"a", "drop"});
}

COIL_TEST("COIL_FOR: reads any stream and any range, also nested") {
    int sum = 0;
    const std::vector<int> factors = {1, 10};
    COIL_FOR(const int factor, factors) {
        COIL_FOR(const int i, count_to(5) | coil::filter([](int n) { return n > 2; })) {
            sum += factor * i;
        }
    }
    CHECK(sum == 77);
    auto rest = count_to(4);
    COIL_FOR(const int i, rest) {
        if (i == 1) break;
    }
    auto next = co_await rest.next();
    CHECK(next == 2);
}

COIL_TEST("COIL_FOR: nests in one line, and takes bindings apart in the next") {
    int sum = 0;
    // clang-format off
    COIL_FOR(const int i, count_to(3)) { COIL_FOR(const int j, count_to(i)) { sum += j; } }
    // clang-format on
    CHECK(sum == 1);
    std::map<std::string, int> ages = {{"ann", 20}, {"bob", 30}};
    COIL_FOR(auto& entry, ages) {
        auto& [name, age] = entry;
        age += static_cast<int>(name.size());
    }
    CHECK(ages == std::map<std::string, int>{{"ann", 23}, {"bob", 33}});
}

namespace {
template <class Number>
coil::task<Number> sum_below(Number end) {
    Number sum = 0;
    COIL_FOR(const int i, count_to(static_cast<int>(end)))
    sum += static_cast<Number>(i);
    co_return sum;
}
}  // namespace

COIL_TEST("COIL_FOR: stands in templates, too") {
    const long sum = co_await sum_below(4L);
    CHECK(sum == 6);
}

#if COIL_EXCEPTIONS
namespace {
coil::task<> throw_inside(words& log) {
    COIL_FOR(const std::string& row, rows(log)) throw std::runtime_error(row);
}
}  // namespace

COIL_TEST("COIL_FOR: an exception leaves the drop to the coroutine's end") {
    words log;
    try {
        co_await throw_inside(log);
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"drop", "a"});
}
#endif
