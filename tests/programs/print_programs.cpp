// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Usage: print_programs FIRST COUNT. Prints programs of random seeds as C++, with what
// `printed_test.cpp` needs to run them.
#include "as_cpp.hpp"
#include "generate.hpp"
#include "seeds.hpp"

#include <cstdio>

namespace programs {
namespace {

int print(std::uint64_t first, std::uint64_t count) {
    // What is nested reuses names, of which GCC warns.
    std::printf(
        "#include \"printed.hpp\"\n\n#pragma GCC diagnostic ignored \"-Wshadow\"\n\n"
        "namespace programs::printed {\n");
    std::string list;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        draws from(seed);
        program made = generate(from, {.may_fail = false});
        made.order = 0;
        const std::string name = "work_" + std::to_string(seed);
        std::printf("\n%s", as_cpp(made, name).c_str());
        list += "    {\"" + to_text(made) + "\", " + name + "},\n";
    }
    std::printf(
        "\nconst sample samples[] = {\n%s};\nconst std::size_t sample_count = "
        "std::size(samples);\n\n}  // namespace programs::printed\n",
        list.c_str());
    return 0;
}

}  // namespace
}  // namespace programs

int main(int count, char** arguments) {
    return programs::main_with_seeds(count, arguments, &programs::print);
}
