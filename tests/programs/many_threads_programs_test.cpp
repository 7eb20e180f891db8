// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs whose strands run on several threads.
#include "check_threads.hpp"
#include "for_threads.hpp"
#include <doctest/doctest.h>

#include <algorithm>

using namespace programs;

namespace {

constexpr auto without = sort_of_program::without_races;
constexpr auto any = sort_of_program::any;

/// What may be wrong with a history, at a place that `seed` draws.
enum class fault : std::uint8_t { none, lost, doubled, swapped };

history with_fault(history seen, fault what, std::uint64_t seed) {
    const std::size_t place = seed % seen.size();
    const auto at = seen.begin() + static_cast<std::ptrdiff_t>(place);
    switch (what) {
        case fault::none: break;
        case fault::lost: seen.erase(at); break;
        case fault::doubled: seen.insert(at, entry(*at)); break;
        case fault::swapped:
            // The other is of the same node: what it does itself has one order.
            for (auto other = at + 1; other != seen.end(); ++other) {
                if (other->id != at->id || other->what == at->what) continue;
                std::iter_swap(at, other);
                break;
            }
    }
    return seen;
}

constexpr int seeds = 300;

/// How many programs are found to do otherwise when something is wrong.
int count_other_regions(fault what) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= std::uint64_t(seeds); ++seed) {
        const program made = program_for_threads(seed, without);
        const prediction told = predict(made);
        const history seen = with_fault(told.seen, what, seed);
        found += find_difference_of_regions(made, told, {.seen = seen}) ? 1 : 0;
    }
    return found;
}
int count_broken_laws(const std::vector<program>& made,
                      const std::vector<outcome_on_threads>& came, fault what) {
    int found = 0;
    for (std::size_t i = 0; i < made.size(); ++i) {
        outcome_on_threads changed = came[i];
        changed.seen = with_fault(changed.seen, what, i);
        found += find_broken_law(made[i], changed) ? 1 : 0;
    }
    return found;
}

}  // namespace

TEST_CASE("programs on many threads: without races, each region does as the model") {
    const threads_totals sum = check_on_threads(1, 2000, without);
    CHECK_MESSAGE(sum.failures == 0, sum.report);
    CHECK(sum.strands > 2 * sum.programs);
}

TEST_CASE("programs on many threads: any of them obeys the laws, whatever stops it") {
    const threads_totals sum = check_on_threads(1, 2000, any);
    CHECK_MESSAGE(sum.failures == 0, sum.report);
    CHECK(sum.strands > 2 * sum.programs);
    CHECK(sum.stops > sum.programs / 4);
}

TEST_CASE("programs on many threads: what a stopped loop went over drops unstopped") {
    // The drop waits for what will not come, until it is stopped from outside.
    const auto made = from_text(
        "0 soft 0 soft 0 0 (for_loop 0 0 (owning 1 0 (wait 1 0) (set 0 0)) "
        "(ask_stop 1 0))");
    REQUIRE(made);
    const auto came = run_on_threads({{*made}}, {.stops_what_waits = true}).each;
    CHECK_FALSE(find_broken_law(*made, came.at(0)));
    CHECK(came[0].dropped == 1);
}

TEST_CASE("programs on many threads: without races they stay as they are") {
    for (std::uint64_t seed = 1; seed < 300; ++seed) {
        const program made = program_for_threads(seed, without);
        CHECK(to_text(without_races(made)) == to_text(made));
        CHECK(ends_by_itself(predict(made)));
    }
}

TEST_CASE("programs on many threads: a region that does otherwise is found") {
    CHECK(count_other_regions(fault::none) == 0);
    CHECK(count_other_regions(fault::lost) == seeds);
    CHECK(count_other_regions(fault::doubled) == seeds);
    CHECK(count_other_regions(fault::swapped) > seeds / 2);
}

TEST_CASE("programs on many threads: a broken law is found") {
    std::vector<program> made;
    for (std::uint64_t seed = 1; seed <= std::uint64_t(seeds); ++seed)
        made.push_back(program_for_threads(seed, any));
    const auto came = run_on_threads(made, {.stops_what_waits = true}).each;
    CHECK(count_broken_laws(made, came, fault::none) == 0);
    // Not each: which items come, and what was stopped a moment later, nobody knows.
    CHECK(count_broken_laws(made, came, fault::lost) > seeds * 9 / 10);
    CHECK(count_broken_laws(made, came, fault::doubled) > seeds * 9 / 10);
    CHECK(count_broken_laws(made, came, fault::swapped) > seeds / 3);
}
