// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/runtime/io_choice.hpp>
#include <coil/runtime/run.hpp>
#include <coil/runtime/uring/uring_driver.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/denied_uring.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

using namespace coil;
using testing::says;

namespace {

task<> waits() {
    co_await sleep(std::chrono::milliseconds(1));
}

/// Runs on whatever COIL_IO asks for; dies telling how that went.
void run_and_die(const char* asked_for) {
    ::setenv("COIL_IO", asked_for, 1);
    try {
        for (int i = 0; i < 3; ++i) coil::run(waits());
        fatal("it ran on ", make_io_driver()->name());
    } catch (const std::system_error& error) {
        fatal("refused: ", error.what());
    }
}

/// Without liburing nobody is asked, and there is nothing to say.
bool is_built_with_uring() {
    uring_refusal why;
    return try_make_uring_driver(why) != nullptr || why.error != 0;
}

std::size_t lines_in(std::string_view text) {
    std::size_t lines = 0;
    for (const char each : text) lines += each == '\n' ? 1 : 0;
    return lines;
}

}  // namespace

TEST_CASE("io_choice: COIL_IO takes epoll, uring and auto, and auto is the default") {
    CHECK(io_choice_of("epoll") == io_choice::epoll);
    CHECK(io_choice_of("uring") == io_choice::uring);
    CHECK(io_choice_of("auto") == io_choice::automatic);
    CHECK(io_choice_of("") == io_choice::automatic);
    CHECK(io_choice_of(nullptr) == io_choice::automatic);
}

TEST_CASE("io_choice: another value of COIL_IO is an error that says what it takes") {
    const std::string said = testing::last_words([] { run_and_die("kqueue"); });
    CHECK(says(said, "refused: COIL_IO is 'kqueue'; it takes epoll, uring or auto"));
    CHECK(lines_in(said) == 1);
}

TEST_CASE("io_choice: what COIL_IO names is what runs") {
    CHECK(says(testing::last_words([] { run_and_die("epoll"); }), "it ran on epoll"));
    if (!testing::is_uring_allowed()) return;  // the last test is for such machines
    CHECK(says(testing::last_words([] { run_and_die("uring"); }), "it ran on uring"));
}

TEST_CASE("io_choice: where io_uring is denied, auto runs on epoll and says so once") {
    if (!is_built_with_uring()) return;
    const std::string denied = testing::last_words([] {
        testing::deny_uring(EPERM);
        run_and_die("auto");
    });
    CHECK(denied ==
          "coil: using epoll, as there is no io_uring here (io_uring_setup: Operation "
          "not permitted)\ncoil: it ran on epoll\n");
    const std::string missing = testing::last_words([] {
        testing::deny_uring(ENOSYS);
        run_and_die("auto");
    });
    CHECK(says(missing, "io_uring_setup: Function not implemented"));
    CHECK(lines_in(missing) == 2);
    const std::string short_of_memory = testing::last_words([] {
        testing::deny_uring(ENOMEM);
        run_and_die("auto");
    });
    CHECK(says(short_of_memory, "io_uring_setup: Cannot allocate memory"));
    CHECK(says(short_of_memory, "it ran on epoll"));
}

TEST_CASE("io_choice: where a ring may be had and not used, auto runs on epoll, too") {
    if (!testing::is_uring_allowed()) return;
    const std::string said = testing::last_words([] {
        testing::deny_uring_enter(EPERM);
        run_and_die("auto");
    });
    CHECK(says(said, "using epoll, as there is no io_uring here"));
    CHECK(says(said, "it ran on epoll"));
    CHECK(lines_in(said) == 2);
}

TEST_CASE(
    "io_choice: where io_uring is denied, to force it is an error that says why") {
    if (!is_built_with_uring()) return;
    const std::string said = testing::last_words([] {
        testing::deny_uring(EPERM);
        run_and_die("uring");
    });
    CHECK(says(said,
               "refused: COIL_IO is uring; io_uring_setup: Operation not permitted"));
    CHECK(lines_in(said) == 1);
}
