// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/testing/test.hpp>
#include <coil/time/clock.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <cstdint>
#include <limits>

using coil::to_pause;
using namespace std::chrono_literals;

namespace {

template <class Count, class Unit>
using of = std::chrono::duration<Count, Unit>;
using seconds = std::ratio<1>;
using thirds = std::ratio<1, 3>;
using years = std::chrono::years::period;

constexpr auto forever = coil::clock::duration::max();
constexpr auto nothing = coil::clock::duration::zero();

// Counts too narrow for the clock's longest pause.
static_assert(to_pause(of<int, std::micro>(10)) == 10us);
static_assert(to_pause(of<int, std::nano>(10)) == 10ns);
static_assert(to_pause(of<short, std::milli>(30'000)) == 30s);
static_assert(to_pause(of<signed char, seconds>(100)) == 100s);
static_assert(to_pause(of<unsigned char, std::pico>(1)) == 1ns);
static_assert(to_pause(of<int, std::atto>(1'000'000'001)) == 2ns);
static_assert(to_pause(of<std::uint32_t, std::nano>(4'000'000'000)) == 4s);
static_assert(to_pause(of<int, years>(1)) == std::chrono::years(1));
static_assert(to_pause(of<int, years>(292)) == std::chrono::years(292));

// Rounded up, also in units that no nanoseconds divide.
static_assert(to_pause(of<int, thirds>(1)) == 333'333'334ns);
static_assert(to_pause(of<int, thirds>(-1)) == nothing);
static_assert(to_pause(of<long, std::pico>(1'000)) == 1ns);
static_assert(to_pause(of<long, std::pico>(1'001)) == 2ns);

// The longest that can be counted, and what cannot.
static_assert(to_pause(of<long, std::nano>(forever.count() - 1)) == forever - 1ns);
static_assert(to_pause(of<std::uint64_t, std::nano>(1ULL << 63U)) == forever);
static_assert(to_pause(of<std::uint64_t, std::nano>(~0ULL - 1)) == forever);
static_assert(to_pause(of<std::uint64_t, std::giga>(~0ULL - 1)) == forever);
static_assert(to_pause(of<int, years>(293)) == forever);
static_assert(to_pause(of<long, std::pico>(std::numeric_limits<long>::max() - 1)) ==
              9'223'372'036'854'776ns);

// max() of any type.
static_assert(to_pause(of<short, std::milli>::max()) == forever);
static_assert(to_pause(of<int, std::nano>::max()) == forever);
static_assert(to_pause(of<long, std::pico>::max()) == forever);
static_assert(to_pause(of<std::uint64_t, std::atto>::max()) == forever);
static_assert(to_pause(of<float, std::pico>::max()) == forever);
static_assert(to_pause(of<double, std::ratio<3600>>::max()) == forever);
static_assert(to_pause(of<long double, std::nano>::max()) == forever);

// Floating point keeps its own precision.
template <class Float>
constexpr bool counts_in_floating_point() {
    using limits = std::numeric_limits<Float>;
    constexpr of<Float, std::nano> longest(static_cast<Float>(forever.count()));
    return to_pause(of<Float, seconds>(Float(0.5))) == 500ms &&
           to_pause(of<Float, std::nano>(Float(1.5))) == 2ns &&
           to_pause(of<Float, std::pico>(Float(1))) == 1ns &&
           to_pause(of<Float, std::micro>(-limits::infinity())) == nothing &&
           to_pause(of<Float, std::micro>(limits::infinity())) == forever &&
           to_pause(of<Float, std::pico>(limits::infinity())) == forever &&
           to_pause(of<Float, std::milli>(limits::quiet_NaN())) == nothing &&
           to_pause(of<Float, std::milli>(limits::denorm_min())) == 1ns &&
           to_pause(longest) == forever && to_pause(longest / 2) < forever &&
           to_pause(longest * Float(2)) == forever;
}
static_assert(counts_in_floating_point<float>());
static_assert(counts_in_floating_point<double>());
static_assert(counts_in_floating_point<long double>());
static_assert(to_pause(of<double, seconds>(0.1)) == 100ms);
static_assert(to_pause(of<double, std::pico>(1e300)) == forever);
static_assert(to_pause(of<double, std::nano>(9223372036854774784.0)) ==
              coil::clock::duration(9'223'372'036'854'774'784));

}  // namespace

COIL_TEST("clock: pauses and limits of a narrow count end when they say") {
    const auto start = coil::now();
    co_await coil::sleep(of<int, std::micro>(10));
    CHECK(coil::now() - start == 10us);
    CHECK_FALSE(co_await coil::with_timeout(of<int, std::nano>(10), coil::sleep(1ms)));
    CHECK(coil::now() - start == 10us + 10ns);
    co_await coil::sleep(of<short, std::milli>(30'000));
    CHECK(coil::now() - start == 30s + 10us + 10ns);
}

COIL_TEST("clock: the longest pause of any count never ends") {
    const auto start = coil::now();
    CHECK_FALSE(co_await coil::with_timeout(24h * 3650,
                                            coil::sleep(of<long, std::pico>::max())));
    CHECK_FALSE(
        co_await coil::with_timeout(1h, coil::sleep(of<short, std::milli>::max())));
    CHECK_FALSE(
        co_await coil::with_timeout(1s, coil::sleep(of<double, std::pico>(1e300))));
    CHECK(coil::now() - start == 24h * 3650 + 1h + 1s);
}
