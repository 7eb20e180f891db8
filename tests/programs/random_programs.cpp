// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Usage: random_programs FIRST COUNT. Runs the programs of that many seeds on coil and
// compares all that happens with the model. Prints how often each operation ran and
// which of them stops met; fails if one never did.
#include <coil/base/attributes.hpp>

#include "check.hpp"
#include "generate.hpp"
#include "seeds.hpp"

#include <cstdio>

namespace programs {
namespace {

struct totals {
    long begun[op_count] = {};
    long met_stop[2][op_count] = {};
    long pieces = 0;
    long entries = 0;
    long failures = 0;

    void add(const prediction& told) {
        pieces += told.pieces;
        entries += static_cast<long>(told.seen.size());
        for (std::size_t i = 0; i < op_count; ++i) {
            begun[i] += told.begun[i];
            for (const int hard : {0, 1}) met_stop[hard][i] += told.met_stop[hard][i];
        }
    }
};

/// What ends within its piece cannot be met by a stop; what fails cannot run at all
/// without exceptions.
bool never_waits(op what) {
    return what == op::fail || what == op::open || what == op::ask_stop ||
           what == op::set || what == op::close || what == op::stop_here;
}
bool is_possible(op what) {
    return COIL_EXCEPTIONS || what != op::fail;
}

/// Prints the table; gives how many cells are empty that should not be.
int print(const totals& sum, std::uint64_t count) {
    int missing = 0;
    std::printf("%-14s %12s %12s %12s\n", "operation", "begun", "soft stops",
                "hard stops");
    for (std::size_t i = 0; i < op_count; ++i) {
        const op what = op(i);
        if (!is_possible(what)) continue;
        missing += sum.begun[i] == 0 ? 1 : 0;
        std::printf("%-14s %12ld", name_of(what), sum.begun[i]);
        for (const int hard : {0, 1}) {
            if (never_waits(what)) continue;
            missing += sum.met_stop[hard][i] == 0 ? 1 : 0;
            std::printf(" %12ld", sum.met_stop[hard][i]);
        }
        std::printf("\n");
    }
    std::printf(
        "%llu programs, %ld pieces, %ld entries of history, %ld failures, "
        "%d operations or stops that never occurred\n",
        static_cast<unsigned long long>(count), sum.pieces, sum.entries, sum.failures,
        missing);
    return missing;
}

int run(std::uint64_t first, std::uint64_t count) {
    totals sum;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        draws from(seed);
        const program asked = generate(from, {.may_fail = COIL_EXCEPTIONS != 0});
        const prediction told = predict(asked);
        sum.add(told);
        if (!find_difference(asked, told)) continue;
        if (++sum.failures > 3) break;
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                    report(asked).c_str());
    }
    std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(first),
                static_cast<unsigned long long>(first + count - 1));
    const int missing = print(sum, count);
    return sum.failures == 0 && missing == 0 ? 0 : 1;
}

}  // namespace
}  // namespace programs

int main(int count, char** arguments) {
    return programs::main_with_seeds(count, arguments, &programs::run);
}
