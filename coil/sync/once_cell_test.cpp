// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/once_cell.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

//! [connect when it is needed]
struct connection {
    int number;
};
class client {
public:
    coil::task<int> ask() {
        connection& to = co_await connection_.get_or_init([this] { return connect(); });
        co_return to.number;
    }

private:
    coil::task<connection> connect() {
        co_await coil::sleep(1s);
        co_return connection{++connected_};
    }
    coil::once_cell<connection> connection_;
    int connected_ = 0;
};
//! [connect when it is needed]

using cell = coil::once_cell<std::string>;

coil::task<> get(cell& from, const char* value, words& log) {
    auto make = [&]() -> coil::task<std::string> {
        log.push_back("make " + std::string(value));
        co_await coil::sleep(1s);
        co_return value;
    };
    const std::string& found = co_await from.get_or_init(make);
    log.push_back(found);
}

}  // namespace

COIL_TEST("once_cell: those who need the value wait for the first, who makes it") {
    client shared;
    const auto start = coil::now();
    const auto [a, b, c] =
        co_await coil::join(shared.ask(), shared.ask(), shared.ask());
    CHECK(a == 1);
    CHECK(b == 1);
    CHECK(c == 1);
    CHECK(coil::now() == start + 1s);
    const int again = co_await shared.ask();
    CHECK(again == 1);
}

COIL_TEST("once_cell: a function that does not wait makes the value, too") {
    coil::once_cell<std::unique_ptr<int>> c;
    CHECK(c.get() == nullptr);
    auto& made = co_await c.get_or_init([] { return std::make_unique<int>(1); });
    CHECK(*made == 1);
    auto& same = co_await c.get_or_init([] { return std::make_unique<int>(2); });
    CHECK(&same == &made);
    CHECK(c.get() == &made);
    const auto& constant = c;
    CHECK(constant.get() == &made);
}

COIL_TEST("once_cell: if who makes it is stopped, the next one does") {
    cell c;
    words log;
    co_await coil::join(coil::with_timeout(100ms, get(c, "a", log)),
                        coil::with_timeout(50ms, get(c, "b", log)), get(c, "c", log),
                        get(c, "d", log));
    CHECK(log == words{"make a", "make c", "c", "c"});
}

#if COIL_EXCEPTIONS
COIL_TEST("once_cell: if making it fails, who tried hears so and the next one tries") {
    coil::once_cell<int> c;
    words log;
    auto fail = [&]() -> coil::task<int> {
        co_await coil::sleep(1s);
        throw std::runtime_error("later");
    };
    auto fail_at_once = []() -> int { throw std::runtime_error("at once"); };
    auto get = [&](auto make) -> coil::task<> {
        const auto ended = co_await coil::as_outcome(c.get_or_init(make));
        log.push_back(ended.has_error() ? "failed" : std::to_string(ended.value()));
    };
    co_await coil::join(get(fail), get(fail_at_once), get([] { return 7; }), get(fail));
    CHECK(log == words{"failed", "failed", "7", "7"});
}
#endif

COIL_TEST("once_cell: a local one does the same") {
    coil::local::once_cell<int> c;
    auto make = []() -> coil::local_task<int> {
        co_await coil::yield_now();
        co_return 7;
    };
    const int& made = co_await c.get_or_init(make);
    CHECK(made == 7);
    CHECK(coil::shareable<coil::once_cell<int>>);
    CHECK_FALSE(coil::sendable<coil::local::once_cell<int>&>);
    coil::once_cell<int> shared;
    [[maybe_unused]] auto recipe = shared.get_or_init(make);
    CHECK(coil::is_local_v<decltype(recipe)>);  // as its function is
    CHECK_FALSE(coil::is_local_v<decltype(shared.get_or_init([] { return 1; }))>);
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};

struct shared_value {
    coil::once_cell<std::unique_ptr<int>> cell;
    int made = 0;  // guarded by the cell
    std::atomic<int> now = 0;
};

coil::task<std::unique_ptr<int>> make(shared_value& of, int turn) {
    CHECK(++of.now == 1);
    auto pause = coil::with_timeout(std::chrono::microseconds(turn), coil::yield_now());
    (void)co_await coil::as_outcome(std::move(pause));
    --of.now;
    co_await coil::yield_now();
    ++of.made;
    co_return std::make_unique<int>(7);
}

coil::task<> get_impatiently(shared_value& from, int turn) {
    for (;; ++turn) {
        auto value = from.cell.get_or_init([&] { return make(from, turn); });
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(turn % 5),
                                                   std::move(value));
        if (!in_time) continue;
        CHECK(**in_time == 7);
        co_return;
    }
}

coil::task<> get_together(int rounds) {
    for (int round = 0; round < rounds; ++round) {
        shared_value all;
        co_await coil::with_group([&](coil::group& g) {
            for (int i = 0; i < 5; ++i) g.spawn(get_impatiently(all, i));
        });
        CHECK(all.made == 1);
    }
}

}  // namespace

TEST_CASE("once_cell: between threads, one at a time tries, until one has made it") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(get_together(300)).has_value());
}
