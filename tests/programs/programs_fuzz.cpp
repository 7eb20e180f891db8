// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any bytes make a program, and coil does with it what the model says.
#include "check.hpp"
#include "generate.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    programs::draws from(std::span(input, size));
    const programs::program made = programs::generate(from, {});
    if (!programs::find_difference(made)) return 0;
    std::fputs(programs::report(made).c_str(), stderr);
    std::abort();
}
