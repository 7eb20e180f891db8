// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values whose every constructor, copy and move may throw, through everything that
// hands values on: the error comes out, and every value that was made is destroyed.
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/stream/take.hpp>
#include <coil/testing/all_awaitables.hpp>
#include <coil/testing/test.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::local_task;
using coil::task;

#if COIL_EXCEPTIONS

namespace {

struct broke : std::runtime_error {
    broke() : runtime_error("a fragile value broke") {}
};

/// Throws the `breaks_at`-th time that one is made, copied or moved.
class fragile {
public:
    static inline int alive = 0;
    static inline int made = 0;
    static inline int breaks_at = 0;

    explicit fragile(int value) : value_(value) { come(); }
    fragile(const fragile& other) : value_(other.value_) { come(); }
    fragile(fragile&& other) : value_(other.value_) { come(); }  // NOLINT
    fragile& operator=(const fragile& other) = default;
    fragile& operator=(fragile&& other) = default;
    ~fragile() { --alive; }
    [[nodiscard]] int value() const noexcept { return value_; }

    static void may_break() {
        if (++made == breaks_at) throw broke();
    }

private:
    static void come() {
        may_break();
        ++alive;
    }
    int value_;
};

task<fragile> make(int value) {
    co_await coil::yield_now();
    co_return fragile(value);
}
task<int> take_copy(fragile given) {
    co_await coil::yield_now();
    co_return given.value();
}
coil::generator<fragile> three() {
    for (int i = 1; i <= 3; ++i) {
        co_await coil::yield_now();
        co_yield fragile(i);
    }
}
bool is_odd(const fragile& value) {
    return value.value() % 2 != 0;
}

/// A resource that can be moved only in fear.
class fragile_resource {
public:
    static inline int dropped = 0;
    fragile value{1};
    task<> async_drop() {
        co_await coil::yield_now();
        ++dropped;
    }
};

local_task<> by_return() {
    const fragile got = co_await make(1);
    CHECK(got.value() == 1);
}
local_task<> by_parameter() {
    const fragile given(2);
    const int got = co_await take_copy(given);
    CHECK(got == 2);
}
local_task<> by_call_once() {
    const int got = co_await coil::call_once(&take_copy, fragile(3));
    CHECK(got == 3);
}
local_task<> by_capture() {
    const fragile given(3);
    const int got = co_await coil::call_once([given] { return take_copy(given); });
    CHECK(got == 3);
}
local_task<> by_join() {
    const auto [a, b] = co_await coil::join(make(1), make(2));
    CHECK(a.value() + b.value() == 3);
}
local_task<> by_race() {
    const auto won = co_await coil::race(make(1), never());
    CHECK(won.get<0>().value() == 1);
}
local_task<> by_outcome() {
    auto got = co_await as_outcome(make(1));
    const fragile value = got.take();
    CHECK(value.value() == 1);
}
local_task<> by_join_outcomes() {
    auto [a, b] = co_await coil::join_outcomes(make(1), make(2));
    const int sum = a.take().value() + b.take().value();
    CHECK(sum == 3);
}
local_task<> by_timeout() {
    auto got = co_await coil::with_timeout(1h, make(1));
    CHECK(got->value() == 1);
}
local_task<> by_shield() {
    const fragile got = co_await coil::shield(make(1));
    CHECK(got.value() == 1);
}
local_task<> by_group() {
    const fragile got = co_await coil::with_group([](coil::group& g) -> task<fragile> {
        const fragile given(1);
        g.spawn(coil::call_once([given] { return take_copy(given); }));
        g.spawn([](fragile copy) -> task<> { (void)co_await take_copy(copy); }(given));
        co_return given;
    });
    CHECK(got.value() == 1);
}
local_task<> by_with() {
    const fragile got = co_await coil::with(
        fragile_resource(), [](fragile_resource& held) -> task<fragile> {
            co_await coil::yield_now();
            co_return held.value;
        });
    CHECK(got.value() == 1);
}
local_task<> by_with_made() {
    const auto maker = []() -> task<fragile_resource> { co_return fragile_resource(); };
    const int got =
        co_await coil::with(maker, maker, [](fragile_resource& a, fragile_resource& b) {
            return a.value.value() + b.value.value();
        });
    CHECK(got == 2);
}
local_task<> by_own() {
    co_await coil::own(fragile_resource());
    co_await coil::yield_now();
}
local_task<> by_stream() {
    co_await (three() | coil::filter(is_odd) |
              coil::map([](fragile f) { return fragile(f.value() + 1); }) |
              coil::for_each([](fragile f) -> task<> { (void)co_await take_copy(f); }));
}
local_task<> by_collect() {
    const auto all = co_await (three() | coil::take(2) | coil::collect<std::vector>());
    CHECK(all.size() == 2);
}
local_task<> by_merge() {
    const auto all =
        co_await (coil::merge(three(), three()) | coil::collect<std::vector>());
    CHECK(all.size() == 6);
}
local_task<> by_loop() {
    auto items = three();
    while (auto item = co_await items.next()) CHECK(item->value() > 0);
    co_await coil::drop(items);
}
local_task<> by_unique_ptr_in_channel() {
    coil::channel<std::unique_ptr<fragile>, 1> queue;
    auto send = [&]() -> task<> {
        for (int i = 0; i < 3; ++i)
            (void)co_await queue.send(std::make_unique<fragile>(i));
        queue.close();
    };
    auto receive = [&]() -> task<> {
        while (auto item = co_await queue.receive()) (void)co_await take_copy(**item);
    };
    co_await coil::join(send(), receive());
}

/// Nobody asks for what a loser of a race gave, or could not give.
bool may_be_lost = false;
local_task<> by_lost_race() {
    may_be_lost = true;
    co_await coil::race(coil::yield_now(), make(1), coil::shield(make(2)));
}

struct way {
    std::string name;
    local_task<> (*take)();
};
const way ways[] = {{"return", by_return},
                    {"parameter", by_parameter},
                    {"call_once", by_call_once},
                    {"capture", by_capture},
                    {"join", by_join},
                    {"race", by_race},
                    {"lost race", by_lost_race},
                    {"as_outcome", by_outcome},
                    {"outcomes", by_join_outcomes},
                    {"with_timeout", by_timeout},
                    {"shield", by_shield},
                    {"group", by_group},
                    {"with", by_with},
                    {"with, made", by_with_made},
                    {"own", by_own},
                    {"stream", by_stream},
                    {"collect", by_collect},
                    {"merge", by_merge},
                    {"loop", by_loop},
                    {"channel", by_unique_ptr_in_channel}};

/// Breaks the first value, the second, and so on, until all of it goes well. Gives how
/// many broke.
local_task<int> break_each(way along) {
    for (fragile::breaks_at = 1;; ++fragile::breaks_at) {
        fragile::made = 0;
        const auto ended = co_await as_outcome(along.take());
        CHECK(fragile::alive == 0);
        if (fragile::made < fragile::breaks_at) {
            CHECK(ended.has_value());
            co_return fragile::breaks_at - 1;
        }
        if (ended.has_value() && std::exchange(may_be_lost, false)) continue;
        REQUIRE(ended.has_error());
        CHECK_THROWS_AS(std::rethrow_exception(ended.error()), broke);
    }
}

}  // namespace

COIL_TEST("fragile values: each may break, on whichever way it goes") {
    for (const way& along : ways) {
        CAPTURE(along.name);
        const int broken = co_await break_each(along);
        CHECK(broken > 0);
    }
}

#endif
