// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

namespace {

struct ending {
    bool aborted;
    std::string words;
};

/// Runs `act` in a child process and reports how that ended.
template <typename Act>
ending ending_of(Act act) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        std::signal(SIGABRT,
                    SIG_DFL);  // doctest's handler would report it as a failure
        act();
        _exit(0);
    }
    close(ends[1]);
    std::string words;
    char letter = 0;
    while (read(ends[0], &letter, 1) == 1) words += letter;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, words};
}

constexpr int half_of_even(int value) {
    COIL_EXPECTS(value % 2 == 0);
    return value / 2;
}

}  // namespace

TEST_CASE("assert: a kept contract costs nothing and says nothing") {
    static_assert(half_of_even(4) == 2);
    const ending end = ending_of([] { COIL_EXPECTS(half_of_even(8) == 4); });
    CHECK_FALSE(end.aborted);
    CHECK(end.words.empty());
}

TEST_CASE("assert: a breach names the file, the line and the broken words") {
    const int line = __LINE__ + 1;
    const ending end = ending_of([] { COIL_EXPECTS(1 + 1 == 3); });
    CHECK(end.aborted);
    CHECK(end.words == "coil: coil/base/assert_test.cpp:" + std::to_string(line) +
                           ": expects 1 + 1 == 3\n");
}

TEST_CASE("assert: our own laws are checked unless NDEBUG is defined") {
    const ending end = ending_of([] { COIL_ASSERT(half_of_even(2) == 2); });
#if defined(NDEBUG)
    CHECK_FALSE(end.aborted);
#else
    CHECK(end.aborted);
    CHECK(end.words.find("asserts half_of_even(2) == 2") != std::string::npos);
#endif
}

TEST_CASE("assert: fatal writes its pieces as one line") {
    const ending end = ending_of([] { coil::fatal("deadlock: ", "2", " tasks wait"); });
    CHECK(end.aborted);
    CHECK(end.words == "coil: deadlock: 2 tasks wait\n");
}
