// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "measure.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>

namespace bench {

namespace {

volatile std::uint64_t kept;  // so that no work is without a purpose

/// Nanoseconds: of CPU time, all threads together, and of wall time.
struct cost {
    double cpu = std::numeric_limits<double>::max();
    double wall = std::numeric_limits<double>::max();
};

cost cost_of_one(const row& measured, std::uint64_t operations) {
    const auto wall_begin = std::chrono::steady_clock::now();
    const std::clock_t begin = std::clock();
    kept = measured.run(operations);
    const std::clock_t end = std::clock();
    const std::chrono::duration<double, std::nano> wall =
        std::chrono::steady_clock::now() - wall_begin;
    const double seconds = static_cast<double>(end - begin) / CLOCKS_PER_SEC;
    const auto count = static_cast<double>(operations);
    return {seconds * 1e9 / count, wall.count() / count};
}

}  // namespace

int measure(std::span<char*> arguments, std::span<const row> rows) {
    if (arguments.size() != 4) {
        std::fprintf(stderr, "usage: %s ROW OPERATIONS REPEATS\n", arguments[0]);
        return 2;
    }
    const auto found = std::ranges::find(rows, arguments[1], &row::name);
    const std::uint64_t operations = std::strtoull(arguments[2], nullptr, 10);
    const int repeats = std::clamp(std::atoi(arguments[3]), 1, 64);
    if (found == rows.end() || operations == 0) {
        std::fprintf(stderr, "%s: no row '%s', or no operations\n", arguments[0],
                     arguments[1]);
        return 2;
    }
    cost least;
    for (int i = 0; i < repeats; ++i) {
        const cost once = cost_of_one(*found, operations);
        least = {std::min(least.cpu, once.cpu), std::min(least.wall, once.wall)};
    }
    std::printf("%.3f %.3f\n", least.cpu, least.wall);
    return 0;
}

std::uint64_t compute(std::uint64_t seed) noexcept {
    constexpr int steps = 10'000;
    std::uint64_t state = seed + 1;
    for (int i = 0; i < steps; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    return state;
}

}  // namespace bench
