// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "check_threads.hpp"

#include "as_cpp.hpp"
#include "check.hpp"
#include "for_threads.hpp"
#include "generate.hpp"
#include "laws.hpp"

#include <algorithm>
#include <cstdio>

namespace programs {

namespace {

constexpr std::size_t at_once = 32;  // programs, on one runtime
constexpr long reports_most = 3;
constexpr std::uint64_t turns_until_right = 5;

bool is_alike(const entry& a, const entry& b) {
    return a.id == b.id && a.what == b.what && a.item == b.item;
}

std::vector<history> split(const history& all, const std::vector<int>& regions) {
    std::vector<history> parts(static_cast<std::size_t>(std::ranges::max(regions)) + 1);
    for (const entry& each : all) {
        const int region = regions[static_cast<std::size_t>(each.id)];
        parts[static_cast<std::size_t>(region)].push_back(each);
    }
    return parts;
}

on_threads_options options_of(std::uint64_t seed, sort_of_program sort) {
    return {.workers = 2 + static_cast<unsigned>(seed % 3),
            .seed = seed,
            .stops_what_waits = sort == sort_of_program::any};
}

std::optional<std::string> find_fault(const program& asked, sort_of_program sort,
                                      const outcome_on_threads& came) {
    if (auto broken = find_broken_law(asked, came)) return broken;
    if (sort == sort_of_program::any) return std::nullopt;
    return find_difference_of_regions(asked, predict(asked), came);
}

/// Whether one of some runs goes wrong.
bool fails(const program& asked, sort_of_program sort) {
    // A smaller program may have races, where a larger one had none.
    const bool has_limit = asked.root.what == op::timeout;
    const bool may_race = sort == sort_of_program::any;
    if (!has_limit || (!may_race && to_text(without_races(asked)) != to_text(asked)))
        return false;
    const std::vector<program> same(at_once, asked);
    for (std::uint64_t turn = 0; turn < turns_until_right; ++turn) {
        for (const auto& came : run_on_threads(same, options_of(turn, sort)).each)
            if (find_fault(asked, sort, came)) return true;
    }
    return false;
}

void add_failure(threads_totals& sum, const program& asked, sort_of_program sort,
                 const std::string& how) {
    if (++sum.failures > reports_most) return;
    sum.report += how + to_text(asked) + '\n';
    std::fputs(sum.report.c_str(), stderr);  // a smaller one may hang
    const auto fails_again = [sort](const program& p) { return fails(p, sort); };
    if (!fails_again(asked)) return;
    const program least = shrink(asked, fails_again);
    sum.report +=
        "the smallest that fails, sometimes:\n" + as_cpp(least) + to_text(least) + '\n';
}

void check_batch(const std::vector<program>& asked, std::uint64_t seed,
                 sort_of_program sort, threads_totals& sum) {
    const outcomes_on_threads all = run_on_threads(asked, options_of(seed, sort));
    if (all.frames_left != 0) {
        sum.report += std::to_string(all.frames_left) + " frames left, seeds from " +
                      std::to_string(seed) + '\n';
        ++sum.failures;
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const outcome_on_threads& came = all.each[i];
        ++sum.programs;
        sum.strands += came.strands;
        sum.entries += static_cast<long>(came.seen.size());
        sum.stops += std::ranges::count(came.seen, outside, &entry::id);
        const auto found = find_fault(asked[i], sort, came);
        if (!found) continue;
        add_failure(sum, asked[i], sort,
                    "seed " + std::to_string(seed + i) + ":\n" + *found);
    }
}

}  // namespace

std::optional<std::string> find_difference_of_regions(const program& asked,
                                                      const prediction& told,
                                                      const outcome_on_threads& came) {
    const std::vector<int> regions = regions_of(asked.root);
    const auto model = split(told.seen, regions);
    const auto coil = split(came.seen, regions);
    std::string text;
    for (std::size_t i = 0; i < model.size(); ++i) {
        const auto [should, did] = std::ranges::mismatch(model[i], coil[i], is_alike);
        if (should == model[i].end() && did == coil[i].end()) continue;
        text += "  region " + std::to_string(i) + "\n  model: ";
        text += should != model[i].end() ? to_string(*should) : "has ended";
        text += "\n  coil:  ";
        text += did != coil[i].end() ? to_string(*did) : "has ended";
        text += '\n';
    }
    if (text.empty()) return std::nullopt;
    return text;
}

std::optional<std::string> find_broken_law(const program& asked,
                                           const outcome_on_threads& came) {
    laws all(asked);
    for (const entry& each : came.seen) all.step(each);
    all.end();
    if (all.broken() || came.made == came.dropped) return all.broken();
    return "  resources made: " + std::to_string(came.made) + ", dropped " +
           std::to_string(came.dropped) + '\n';
}

program program_for_threads(std::uint64_t seed, sort_of_program sort) {
    draws from(seed);
    program made = for_threads(generate(from, {}), seed);
    return sort == sort_of_program::any ? made : without_races(std::move(made));
}

threads_totals check_on_threads(std::uint64_t first, std::uint64_t count,
                                sort_of_program sort) {
    threads_totals sum;
    const std::uint64_t end = first + count;
    for (std::uint64_t from = first; from < end; from += at_once) {
        std::vector<program> batch;
        for (std::uint64_t seed = from; seed < std::min(end, from + at_once); ++seed)
            batch.push_back(program_for_threads(seed, sort));
        check_batch(batch, from, sort, sum);
    }
    return sum;
}

}  // namespace programs
