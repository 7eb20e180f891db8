// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/attributes.hpp>

#include "as_cpp.hpp"
#include "check.hpp"
#include "generate.hpp"
#include <doctest/doctest.h>

#include <fstream>

using namespace programs;

namespace {

program program_of(std::uint64_t seed) {
    draws from(seed);
    return generate(from, {.may_fail = COIL_EXCEPTIONS != 0});
}
bool contains(const node& n, op wanted) {
    if (n.what == wanted) return true;
    for (const node& part : n.parts)
        if (contains(part, wanted)) return true;
    return false;
}

void sleep_longer(node& n) {
    if (n.what == op::sleep) n.pause += duration(1);
    for (node& part : n.parts) sleep_longer(part);
}

}  // namespace

TEST_CASE("programs: those that failed once are right for ever") {
    std::ifstream kept("tests/programs/kept.txt");
    REQUIRE(kept.is_open());
    int count = 0;
    for (std::string line; std::getline(kept, line);) {
        if (line.empty() || line[0] == '#') continue;
        CAPTURE(line);
        const program read = from_text(line).value();
        if (!COIL_EXCEPTIONS && (contains(read.root, op::fail) || read.throw_at != 0))
            continue;
        const auto difference = find_difference(read);
        CHECK_MESSAGE(!difference.has_value(), difference.value_or(""));
        ++count;
    }
    CHECK(count > 0);
}

TEST_CASE("programs: a line of text says all of one") {
    for (std::uint64_t seed = 1; seed < 200; ++seed) {
        const program made = program_of(seed);
        const program read = from_text(to_text(made)).value();
        CHECK(to_text(read) == to_text(made));
        CHECK(predict(read).seen == predict(made).seen);
    }
    CHECK_FALSE(from_text("0 soft 0 soft 0 0 (nonsense 0 0)"));
    CHECK_FALSE(from_text("0 soft 0 soft 0 0 (seq 0 0)"));
    CHECK_FALSE(from_text(""));
}

TEST_CASE("programs: no two seeds give the same, and each has at least 8 operations") {
    for (std::uint64_t seed = 1; seed < 200; ++seed) {
        CHECK(size_of(program_of(seed).root) >= 8);
        CHECK(to_text(program_of(seed)) != to_text(program_of(seed + 1)));
    }
}

TEST_CASE("programs: a fuzzer's bytes make a program, whatever they are") {
    const std::uint8_t bytes[] = {7, 200, 3, 0, 255, 1, 1, 2, 90, 14, 6, 33, 8, 8, 8};
    for (std::size_t size = 0; size <= std::size(bytes); ++size) {
        draws from(std::span(bytes, size));
        const program made = generate(from, {.may_fail = COIL_EXCEPTIONS != 0});
        CHECK_FALSE(find_difference(made).has_value());
    }
}

TEST_CASE("programs: another program's prediction is found to be wrong") {
    int found = 0;
    for (std::uint64_t seed = 1; seed < 100; ++seed) {
        program changed = program_of(seed);
        const prediction told = predict(changed);
        sleep_longer(changed.root);
        if (find_difference(changed, told)) ++found;
    }
    CHECK(found > 25);
}

TEST_CASE("programs: the smallest that fails is found, and printed as C++") {
    const auto fails = [](const program& p) {
        return contains(p.root, op::race) && contains(p.root, op::open);
    };
    int shrunk = 0;
    for (std::uint64_t seed = 1; shrunk < 20; ++seed) {
        const program failing = program_of(seed);
        if (!fails(failing)) continue;
        ++shrunk;
        const program least = shrink(failing, fails);
        CHECK(fails(least));
        CHECK(size_of(least.root) <= 8);
        CHECK(least.stops[0].piece == 0);
        CHECK(as_cpp(least).find("co_await race(") != std::string::npos);
    }
}
