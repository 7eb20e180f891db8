// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::join;
using coil::task;
using coil::yield_now;

namespace {

task<int> fetch(int answer) {
    co_await coil::sleep(10ms);
    co_return answer;
}
task<> note(words& log, std::string name, int times) {
    const trace end(log, name);
    for (int i = 0; i < times; ++i) {
        log.push_back(name + std::to_string(i));
        co_await yield_now();
    }
}
task<> hang(words& log, std::string name) {
    const trace end(log, name);
    co_await never();
}
task<resource> open(words& log, std::string name) {
    co_await yield_now();
    co_return resource(log, std::move(name));
}
#if COIL_EXCEPTIONS
task<int> fail_after(int turns, const char* what) {
    co_await give_way(turns);
    throw std::runtime_error(what);
}
#endif

}  // namespace

COIL_TEST("join: two requests at once") {
    //! [two requests at once]
    const coil::instant start = coil::now();
    auto [six, seven] = co_await join(fetch(6), fetch(7));
    CHECK(six * seven == 42);
    CHECK(coil::now() - start == 10ms);  // not 20
    //! [two requests at once]
}

COIL_TEST("join: branches begin in order, in the same turn, and take turns") {
    words log;
    co_await join(note(log, "a", 2), note(log, "b", 2), note(log, "c", 1));
    CHECK(log == words{"a0", "b0", "c0", "a1", "b1", "~c", "~a", "~b"});
}

COIL_TEST("join: void parts give a unit beside values, and nothing alone") {
    auto [nothing, number] = co_await join(give_way(1), fetch(1));
    CHECK(nothing == coil::unit());
    CHECK(number == 1);
    static_assert(std::is_void_v<coil::await_result_t<decltype(join(yield_now()))>>);
    co_await join(give_way(1), give_way(2));
}

COIL_TEST("join: one branch is enough, and leaves are branches") {
    const std::tuple<int> one = co_await join(fetch(3));
    CHECK(std::get<0>(one) == 3);
    signal left;
    signal right;
    auto both = [&]() -> task<std::tuple<int, int>> {
        co_return co_await join(left.wait(), right.wait());
    };
    auto set = [&]() -> task<> {
        right.set(2);
        co_await yield_now();
        left.set(1);
    };
    auto [pair, unit] = co_await join(both(), set());
    CHECK(pair == std::tuple(1, 2));
}

COIL_TEST("join: a leaf that outlives it may be given by name") {
    signal later;
    later.set(4);
    auto leaf = later.wait();
    auto [value] = co_await join(leaf);
    CHECK(value == 4);
}

COIL_TEST("join: references are passed through") {
    int number = 0;
    auto refer = [](int& n) -> task<int&> {
        co_await yield_now();
        co_return n;
    };
    auto [a, b] = co_await join(refer(number), refer(number));
    CHECK(&a == &number);
    CHECK(&b == &number);
}

COIL_TEST("join: a branch that is stopped by itself stops the others") {
    words log;
    const auto ended =
        co_await as_outcome(join(coil::stop_here(), hang(log, "sibling")));
    CHECK(ended.is_stopped());
    CHECK(log == words{"~sibling"});
}

COIL_TEST("join: a stop from outside reaches all branches") {
    words log;
    co_await coil::race(join(hang(log, "a"), hang(log, "b")), give_way(1));
    CHECK(log.size() == 2);
}

COIL_TEST("join: a stop that comes after all have ended takes nothing away") {
    signal first;
    auto both = [&]() -> task<int> {
        auto [value, other] = co_await join(first.wait(), fetch(1));
        co_return value + other;
    };
    auto together = [&]() -> task<int> {
        coil::context& scope = co_await scope_here();
        auto finish = [&]() -> task<> {
            co_await coil::sleep(10ms);
            first.set(1);
            scope.request_stop(coil::stop_reason::requested);
        };
        auto [sum, unit] = co_await join(both(), finish());
        co_return sum;
    };
    const auto ended = co_await as_outcome(together());
    CHECK(ended.has_value());
}

COIL_TEST("join_outcomes: waits for all, whatever they end with") {
    words log;
    //! [all outcomes]
    auto [number, stopped] = co_await coil::join_outcomes(fetch(6), coil::stop_here());
    CHECK(number.value() == 6);
    CHECK(stopped.is_stopped());
    //! [all outcomes]
}

COIL_TEST("join: a stop drops the values that came first") {
    words log;
    co_await coil::race(join(open(log, "early"), never()), give_way(4));
    CHECK(log == words{"drop early", "dropped early"});
}

#if COIL_EXCEPTIONS
COIL_TEST("join: an error stops the sibling") {
    words log;
    std::string caught;
    try {
        co_await join(hang(log, "sibling"), fail_after(1, "no"));
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
    CHECK(caught == "no");
    CHECK(log == words{"~sibling"});
}

COIL_TEST("join: the first of two errors is reported") {
    const auto ended =
        co_await as_outcome(join(fail_after(2, "second"), fail_after(1, "first")));
    CHECK_THROWS_WITH(std::rethrow_exception(ended.error()), "first");
}

COIL_TEST("join: a branch that fails at once still lets the others begin and end") {
    words log;
    const auto ended =
        co_await as_outcome(join(fail_after(0, "at once"), hang(log, "sibling")));
    CHECK(ended.has_error());
    CHECK(log == words{"~sibling"});
}

COIL_TEST("join: an error drops the values of the others") {
    words log;
    const auto ended =
        co_await as_outcome(join(open(log, "beside"), fail_after(3, "late")));
    CHECK(ended.has_error());
    CHECK(log == words{"drop beside", "dropped beside"});
}

COIL_TEST("join_outcomes: an error leaves the siblings alone") {
    auto [failed, value] = co_await coil::join_outcomes(fail_after(1, "x"), fetch(2));
    CHECK(failed.has_error());
    CHECK(value.value() == 2);
}
#endif

#if COIL_EXCEPTIONS
namespace {
/// Its moves fail in the end.
struct fragile {
    explicit fragile(int moves) : moves_left(moves) {}
    fragile(fragile&& other) : moves_left(other.moves_left - 1) {
        if (moves_left < 0) throw std::runtime_error("moved too often");
    }
    int moves_left;
};
task<fragile> make_fragile(int moves) {
    co_return fragile(moves);
}
}  // namespace

COIL_TEST("join: a result that cannot be moved is that branch's error") {
    int errors = 0;
    int values = 0;
    for (int moves = 0; moves < 12; ++moves) {
        try {
            (void)co_await coil::join(make_fragile(moves), yield_now());
            ++values;
        } catch (const std::runtime_error&) {
            ++errors;
        }
    }
    CHECK(errors > 0);
    CHECK(values > 0);
}
#endif
