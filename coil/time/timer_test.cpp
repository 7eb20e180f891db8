// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/testing/test.hpp>
#include <coil/time/timer.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using coil::instant;
using coil::testing::words;

namespace {

struct named : coil::timer {
    named(words& to, std::string what)
        : timer([](timer& due) noexcept {
              auto& self = static_cast<named&>(due);
              self.log.push_back(self.text);
          }),
          log(to),
          text(std::move(what)) {}
    words& log;
    std::string text;
};

struct entry : coil::timer {
    explicit entry(std::vector<entry*>& to)
        : timer([](timer& due) noexcept {
              auto& self = static_cast<entry&>(due);
              self.log.push_back(&self);
          }),
          log(to) {}
    std::vector<entry*>& log;
    int number = 0;
};

}  // namespace

TEST_CASE("timer: fires when its time has come, not before") {
    words log;
    coil::timer_wheel wheel{instant()};
    named a(log, "a");
    wheel.arm(a, instant(10ns));
    CHECK(a.is_armed());
    CHECK(wheel.advance(instant(9ns)) == 0);
    CHECK(wheel.advance(instant(10ns)) == 1);
    CHECK(log == words{"a"});
    CHECK_FALSE(a.is_armed());
    CHECK(wheel.is_empty());
}

TEST_CASE("timer: fires in order of deadlines, then of arming") {
    words log;
    coil::timer_wheel wheel{instant()};
    named late(log, "late");
    named first(log, "first");
    named second(log, "second");
    wheel.arm(late, instant(1h));
    wheel.arm(first, instant(1ms));
    wheel.arm(second, instant(1ms));
    CHECK(wheel.advance(instant(2h)) == 3);
    CHECK(log == words{"first", "second", "late"});
}

TEST_CASE("timer: what has passed fires at the next advance") {
    words log;
    coil::timer_wheel wheel{instant(1s)};
    named past(log, "past");
    wheel.arm(past, instant(1ms));
    CHECK(log.empty());
    CHECK(wheel.next_event() <= instant(1s));
    CHECK(wheel.advance(instant(1s)) == 1);
}

TEST_CASE("timer: cancelling takes it out; so does its end; arming again moves it") {
    words log;
    coil::timer_wheel wheel{instant()};
    named a(log, "a");
    {
        named gone(log, "gone");
        wheel.arm(gone, instant(5ns));
    }
    wheel.arm(a, instant(5ns));
    a.cancel();
    a.cancel();
    CHECK(wheel.advance(instant(6ns)) == 0);
    wheel.arm(a, instant(8ns));
    wheel.arm(a, instant(20ns));
    CHECK(wheel.advance(instant(19ns)) == 0);
    CHECK(wheel.advance(instant(20ns)) == 1);
}

TEST_CASE("timer: what is armed while others fire waits for the next advance") {
    struct again : coil::timer {
        explicit again(coil::timer_wheel& w)
            : timer([](timer& due) noexcept {
                  auto& self = static_cast<again&>(due);
                  ++self.fired;
                  self.wheel.arm(self, instant());
              }),
              wheel(w) {}
        coil::timer_wheel& wheel;
        int fired = 0;
    };
    coil::timer_wheel wheel{instant()};
    again endless(wheel);
    wheel.arm(endless, instant(1ns));
    CHECK(wheel.advance(instant(1ns)) == 1);
    CHECK(wheel.advance(instant(1ns)) == 1);
    CHECK(endless.fired == 2);
}

TEST_CASE("timer: a timer that fires may cancel another that is due") {
    struct killer : coil::timer {
        explicit killer(coil::timer& v)
            : timer([](timer& due) noexcept {
                  static_cast<killer&>(due).victim.cancel();
              }),
              victim(v) {}
        coil::timer& victim;
    };
    words log;
    coil::timer_wheel wheel{instant()};
    named victim(log, "victim");
    killer first(victim);
    wheel.arm(first, instant(1ns));
    wheel.arm(victim, instant(2ns));
    CHECK(wheel.advance(instant(3ns)) == 1);
    CHECK(log.empty());
}

TEST_CASE("timer: deadlines up to the end of time are kept") {
    words log;
    coil::timer_wheel wheel{instant(1ns)};
    named never(log, "never");
    wheel.arm(never, instant::max());
    CHECK(wheel.advance(instant(std::chrono::hours(24 * 365 * 200))) == 0);
    CHECK(never.is_armed());
}

TEST_CASE("timer: a wheel agrees with a sorted list, whatever is armed and cancelled") {
    std::mt19937_64 random(42);
    for (int round = 0; round < 50; ++round) {
        std::vector<entry*> fired;
        coil::timer_wheel wheel{instant()};
        std::vector<std::unique_ptr<entry>> all;
        std::vector<entry*> expected;
        for (int i = 0; i < 200; ++i) all.push_back(std::make_unique<entry>(fired));
        std::int64_t now = 0;
        int order = 0;
        for (int step = 0; step < 300; ++step) {
            entry& one = *all[random() % all.size()];
            const auto width = static_cast<unsigned>(random() % 50);
            const auto span =
                static_cast<std::int64_t>(random() & ((1ULL << width) - 1));
            switch (random() % 4) {
                case 0:
                case 1:
                    if (one.is_armed()) break;
                    wheel.arm(one, instant(std::chrono::nanoseconds(now + span)));
                    one.number = order++;
                    expected.push_back(&one);
                    break;
                case 2:
                    one.cancel();
                    std::erase(expected, &one);
                    break;
                default: {
                    now += span / 8;
                    fired.clear();
                    const instant target{std::chrono::nanoseconds(now)};
                    const instant next = wheel.next_event();
                    wheel.advance(target);
                    std::vector<entry*> due;
                    for (entry* e : expected) {
                        if (e->deadline() <= target) due.push_back(e);
                    }
                    std::erase_if(expected,
                                  [&](entry* e) { return e->deadline() <= target; });
                    std::sort(due.begin(), due.end(), [](entry* a, entry* b) {
                        return std::pair(a->deadline(), a->number) <
                               std::pair(b->deadline(), b->number);
                    });
                    if (!due.empty()) REQUIRE(next <= target);
                    REQUIRE(fired == due);
                }
            }
        }
    }
}
