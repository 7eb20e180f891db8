// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/steal_pace.hpp>
#include <coil/testing/test.hpp>

#include <vector>

using namespace std::chrono_literals;
using coil::detail::steal_pace;

namespace {

/// A worker that steals whenever it may.
struct thief {
    /// How long it rests after having been busy for so long by so many.
    std::chrono::nanoseconds rests_after(std::uint32_t taken,
                                         std::chrono::nanoseconds busy) {
        pace.took(taken, now);
        now += busy;
        const coil::instant until = pace.rests_until([this] { return now; });
        const auto rest = std::max(until, now) - now;
        now = std::max(until, now);
        return rest;
    }
    steal_pace pace;
    coil::instant now = coil::instant(1h);
};

}  // namespace

TEST_CASE(
    "steal_pace: strands that keep a worker busy are taken at once, all of them") {
    thief one;
    for (const auto busy : {1us, 2us, 1000us}) CHECK(one.rests_after(1, busy) == 0ns);
    CHECK(one.rests_after(100, 100us) == 0ns);
    CHECK(one.pace.most() > 1000);
}

TEST_CASE("steal_pace: after those that do not it rests, longer and longer") {
    thief one;
    std::vector<std::chrono::nanoseconds> rests;
    for (int i = 0; i < 5; ++i) rests.push_back(one.rests_after(100, 20us));
    CHECK(rests ==
          std::vector<std::chrono::nanoseconds>{32us, 64us, 128us, 256us, 256us});
}

TEST_CASE("steal_pace: it tries a few then, and takes all when these are worth it") {
    thief one;
    CHECK(one.rests_after(100, 20us) == 32us);
    const std::uint32_t few = one.pace.most();
    CHECK(few > 1);
    CHECK(few < 16);
    CHECK(one.rests_after(few, few * 1us) == 0ns);
    CHECK(one.pace.most() > 1000);
    CHECK(one.rests_after(100, 20us) == 32us);
}

TEST_CASE("steal_pace: who is needed rests no more") {
    thief one;
    one.pace.took(100, one.now);
    CHECK(one.pace.rests_until([&] { return one.now; }) == one.now + 32us);
    one.pace.end_rest();
    CHECK(one.pace.rests_until([&] { return one.now; }) < one.now);
}
