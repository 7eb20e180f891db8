// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Usage: threaded_programs FIRST COUNT. Runs the programs of that many seeds on many
// threads: once without races, compared with the model, and once as they are, held to
// the laws.
#include "check_threads.hpp"
#include "seeds.hpp"

#include <cstdio>

namespace programs {
namespace {

bool run_sort(std::uint64_t first, std::uint64_t count, sort_of_program sort) {
    const threads_totals sum = check_on_threads(first, count, sort);
    std::printf(
        "%s%ld programs %s, %ld strands, %ld entries of history, "
        "%ld stops from outside, %ld failures\n",
        sum.report.c_str(), sum.programs,
        sort == sort_of_program::any ? "as they are" : "without races", sum.strands,
        sum.entries, sum.stops, sum.failures);
    return sum.failures == 0;
}

int run(std::uint64_t first, std::uint64_t count) {
    bool is_right = run_sort(first, count, sort_of_program::without_races);
    is_right = run_sort(first, count, sort_of_program::any) && is_right;
    return is_right ? 0 : 1;
}

}  // namespace
}  // namespace programs

int main(int count, char** arguments) {
    return programs::main_with_seeds(count, arguments, &programs::run);
}
