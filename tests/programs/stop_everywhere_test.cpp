// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scenario programs, stopped just before each of their pieces, and a second time, hard,
// at each piece that follows: in the drops and while children are joined.
#include <coil/base/attributes.hpp>

#include "check.hpp"
#include "generate.hpp"
#include <doctest/doctest.h>

#include <set>

using namespace programs;

namespace {

constexpr std::size_t scenario_count = 300;

/// Programs of which no two have the same sequence of operations. By themselves they
/// are neither stopped nor do they throw by plan.
std::vector<program> make_scenarios() {
    std::vector<program> scenarios;
    std::set<std::string> shapes;
    for (std::uint64_t seed = 1; scenarios.size() < scenario_count; ++seed) {
        draws from(seed);
        program made =
            generate(from, {.size_max = 24, .may_fail = COIL_EXCEPTIONS != 0});
        made.stops[0] = made.stops[1] = {};
        made.throw_at = 0;
        const bool does_something = predict(made).pieces >= 8;
        if (does_something && shapes.insert(shape_of(made.root)).second)
            scenarios.push_back(std::move(made));
    }
    return scenarios;
}

struct totals {
    long runs = 0;
    long failures = 0;
};

/// Runs it with these stops; gives its number of pieces.
int check(program& scenario, planned_stop first, planned_stop second, totals& sum) {
    scenario.stops[0] = first;
    scenario.stops[1] = second;
    const prediction told = predict(scenario);
    ++sum.runs;
    if (find_difference(scenario, told)) {
        if (++sum.failures <= 3) MESSAGE(report(scenario));
    }
    // Bounded: what is left to do after a stop is no more than the program is long.
    const auto size = static_cast<int>(size_of(scenario.root));
    CHECK(told.pieces <= first.piece + 4 * size);
    return told.pieces;
}

}  // namespace

TEST_CASE("stop everywhere: 300 programs, at each piece, and again at each later one") {
    totals sum;
    for (program& scenario : make_scenarios()) {
        const int pieces = check(scenario, {}, {}, sum);
        for (int at = 1; at <= pieces; ++at) {
            const int left = check(scenario, {at, false}, {}, sum);
            for (int again = at; again <= left; ++again)
                check(scenario, {at, false}, {again, true}, sum);
        }
    }
    MESSAGE(scenario_count << " programs, " << sum.runs << " stops");
    CHECK(sum.failures == 0);
}

#if COIL_EXCEPTIONS
TEST_CASE("throw everywhere: 300 programs, at each place, and stopped as well") {
    totals sum;
    for (program& scenario : make_scenarios()) {
        const int points = predict(scenario).points;
        for (scenario.throw_at = 1; scenario.throw_at <= points; ++scenario.throw_at) {
            const int pieces = check(scenario, {}, {}, sum);
            for (int at = 1; at <= pieces; ++at) check(scenario, {at, false}, {}, sum);
        }
    }
    MESSAGE(scenario_count << " programs, " << sum.runs << " exceptions and stops");
    CHECK(sum.failures == 0);
}
#endif
