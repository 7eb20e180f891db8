// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>

namespace bench {

namespace {

volatile std::uint64_t kept;  // so that no work is without a purpose

double nanoseconds_per_operation(const row& measured, std::uint64_t operations) {
    const std::clock_t begin = std::clock();
    kept = measured.run(operations);
    const std::clock_t end = std::clock();
    const double seconds = static_cast<double>(end - begin) / CLOCKS_PER_SEC;
    return seconds * 1e9 / static_cast<double>(operations);
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
    double least = std::numeric_limits<double>::max();
    for (int i = 0; i < repeats; ++i) {
        least = std::min(least, nanoseconds_per_operation(*found, operations));
    }
    std::printf("%.3f\n", least);
    return 0;
}

}  // namespace bench
