// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/backtrace.hpp>
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

struct trace {
    words& log;
    ~trace() { log.push_back("destroyed"); }
};

//! [pages]
coil::generator<std::string> pages(int count) {
    for (int i = 0; i < count; ++i) {
        co_await coil::sleep(10ms);  // fetch it
        co_yield "page " + std::to_string(i);
    }
}
coil::task<std::size_t> read_all() {
    std::size_t length = 0;
    auto all = pages(3);
    while (auto page = co_await all.next()) length += page->size();
    co_return length;
}
//! [pages]

coil::generator<int> leaves(int depth) {
    if (depth == 0) {
        co_yield 1;
    } else {
        co_yield coil::elements_of(leaves(depth - 1));
        co_yield coil::elements_of(leaves(depth - 1));
    }
}
coil::generator<int> stuck(coil::event& never, words& log) {
    const trace local{log};
    co_yield 1;
    co_await never.wait();
    log.push_back("false wake");
    co_yield 2;
}
coil::task<> wait_in_child(coil::event& never) {
    co_await never.wait();
}
coil::generator<int> stuck_in_child(coil::event& never, words& log) {
    const trace local{log};
    co_yield 1;
    co_await wait_in_child(never);
    log.push_back("false wake");
}
coil::generator<int> delegating(coil::event& never, words& log) {
    const trace local{log};
    co_yield coil::elements_of(stuck(never, log));
    log.push_back("false wake");
}

}  // namespace

COIL_TEST("generator: gives its items, then the end, again and again") {
    const std::size_t length = co_await read_all();
    CHECK(length == 18);
    auto none = pages(0);
    auto end = co_await none.next();
    CHECK_FALSE(end.has_value());
    end = co_await none.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("generator: delegates to generators inside it") {
    int sum = 0;
    auto tree = leaves(6);
    while (auto leaf = co_await tree.next()) sum += *leaf;
    CHECK(sum == 64);
}

COIL_TEST("generator: a local refers to another across co_yield and co_await") {
    auto running_sums = [](int count) -> coil::generator<int> {
        int sum = 0;
        int& total = sum;
        for (int i = 1; i <= count; ++i) {
            total += i;
            co_await coil::sleep(1ms);
            co_yield int{sum};
        }
    };
    auto items = running_sums(3);
    std::vector<int> seen;
    while (auto item = co_await items.next()) seen.push_back(*item);
    CHECK(seen == std::vector<int>{1, 3, 6});
}

COIL_TEST("generator: one that is left early destroys its locals") {
    words log;
    coil::event never;
    {
        auto left = stuck(never, log);
        auto first = co_await left.next();
        CHECK(first == 1);
        log.push_back("break");
    }
    CHECK(log == words{"break", "destroyed"});
}

COIL_TEST("generator: one that is stopped inside is unwound and has ended") {
    words log;
    coil::event never;
    auto items = stuck(never, log);
    (void)co_await items.next();
    auto late = co_await coil::with_timeout(1s, items.next());
    CHECK_FALSE(late.has_value());
    CHECK(log == words{"destroyed"});
    auto end = co_await items.next();
    CHECK_FALSE(end.has_value());
    CHECK(log == words{"destroyed"});
}

COIL_TEST("generator: is unwound also when a child of it is stopped") {
    words log;
    coil::event never;
    auto items = stuck_in_child(never, log);
    (void)co_await items.next();
    auto late = co_await coil::with_timeout(1s, items.next());
    CHECK_FALSE(late.has_value());
    auto end = co_await items.next();
    CHECK_FALSE(end.has_value());
    CHECK(log == words{"destroyed"});
}

COIL_TEST("generator: a stop unwinds all that delegate, innermost first") {
    words log;
    coil::event never;
    auto items = delegating(never, log);
    auto first = co_await items.next();
    CHECK(first == 1);
    auto late = co_await coil::with_timeout(1s, items.next());
    CHECK_FALSE(late.has_value());
    CHECK(log == words{"destroyed", "destroyed"});
    auto end = co_await items.next();
    CHECK_FALSE(end.has_value());
}

#if COIL_EXCEPTIONS
namespace {
coil::generator<int> fails_after_one() {
    co_yield 1;
    throw std::runtime_error("failed");
}
coil::generator<int> delegates_to_failing() {
    co_yield coil::elements_of(fails_after_one());
}
}  // namespace

COIL_TEST("generator: an error is thrown once, then it has ended") {
    for (auto items : {&fails_after_one, &delegates_to_failing}) {
        auto failing = items();
        (void)co_await failing.next();
        std::string caught;
        try {
            (void)co_await failing.next();
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        CHECK(caught == "failed");
        auto end = co_await failing.next();
        CHECK_FALSE(end.has_value());
    }
}
#endif

COIL_TEST("generator: a million items use no stack and no memory") {
    auto count = [](int n) -> coil::generator<int> {
        for (int i = 0; i < n; ++i) co_yield i;
    };
    auto items = count(1'000'000);
    const auto before = coil::count_frames();
    long sum = 0;
    while (auto item = co_await items.next()) sum += *item;
    CHECK(sum == 499'999'500'000);
    CHECK(coil::count_frames().from_heap == before.from_heap);
}

COIL_TEST("generator: a delegating one may be stopped inside, wherever it is awaited") {
    auto inner = []() -> coil::generator<int> {
        co_yield 1;
        co_await coil::sleep(1h);
        co_yield 2;
    };
    auto outer = [](auto& of) -> coil::generator<int> {
        co_yield coil::elements_of(of());
    };
    auto items = outer(inner);
    auto first = co_await coil::with_timeout(1s, items.next());
    CHECK(first == std::optional(std::optional(1)));
    auto none = co_await coil::with_timeout(1s, items.next());
    CHECK_FALSE(none.has_value());
    auto end = co_await items.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("generator: delegating to one that was read in part gives the rest of it") {
    auto rest_of = [](coil::generator<int> begun) -> coil::generator<int> {
        co_yield coil::elements_of(std::move(begun));
        co_yield 7;
    };
    for (int read = 0; read <= 5; ++read) {
        auto begun = leaves(2);  // four items, two levels down
        for (int i = 0; i < read; ++i) (void)co_await begun.next();
        auto items = rest_of(std::move(begun));
        int sum = 0;
        while (auto item = co_await items.next()) sum += *item;
        CHECK(sum == std::max(4 - read, 0) + 7);
    }
}

COIL_TEST("generator: one read in part and delegated to may be left early or stopped") {
    words log;
    coil::event never;
    auto rest_of = [](coil::generator<int> begun) -> coil::generator<int> {
        co_yield coil::elements_of(std::move(begun));
    };
    auto wraps = [](coil::generator<int> of) -> coil::generator<int> {
        co_yield coil::elements_of(std::move(of));
    };
    for (const bool is_stopped : {false, true}) {
        auto begun = wraps(stuck(never, log));
        CHECK(co_await begun.next() == 1);
        auto items = rest_of(std::move(begun));
        if (!is_stopped) continue;
        auto none = co_await coil::with_timeout(1s, items.next());
        CHECK_FALSE(none.has_value());
        auto end = co_await items.next();
        CHECK_FALSE(end.has_value());
    }
    CHECK(log.size() == 2);  // each local was destroyed, and nobody woke
}

TEST_CASE("generator: two readers at a time end the program") {
    const std::string said = coil::testing::last_words_of([]() -> coil::local_task<> {
        auto numbers = []() -> coil::generator<int> {
            co_await coil::sleep(1s);
            co_yield 1;
        };
        auto items = numbers();
        co_await coil::join(items.next(), items.next());
    });
    CHECK(coil::testing::says(said, "a generator is read by one at a time"));
}

COIL_TEST("generator: one that delegates 100,000 deep may be left early") {
    auto items = leaves(100'000);
    const auto item = co_await items.next();
    CHECK(item == 1);
}

#if COIL_EXCEPTIONS
COIL_TEST("generator: where it delegates is seen in a backtrace") {
    std::string seen;
    auto inner = [](std::string& into) -> coil::generator<int> {
        into = co_await coil::backtrace_here();
        co_yield 1;
    };
    auto outer = [](auto& of, std::string& into) -> coil::generator<int> {
        co_yield coil::elements_of(of(into));
    };
    auto items = outer(inner, seen);
    (void)co_await items.next();
    CHECK(seen.find(":0\n") == std::string::npos);
}
#endif
