// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/run.hpp>
#include <coil/runtime/signals.hpp>
#include <coil/stream/stream.hpp>
#include <coil/testing/probes.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>
#include <thread>

using namespace coil;
using testing::words;

static_assert(stream<signals>);

//! [reload on SIGHUP]
TEST_CASE("signals: they are a stream") {
    auto reloads = []() -> task<> {
        signals arriving{SIGHUP, SIGUSR1};
        ::raise(SIGHUP);
        CHECK(*co_await arriving.next() == SIGHUP);
        ::raise(SIGUSR1);
        CHECK(*co_await arriving.next() == SIGUSR1);
    };
    run(reloads());
}
//! [reload on SIGHUP]

TEST_CASE("signals: they wake a runtime that sleeps, from any thread") {
    auto waits = []() -> task<> {
        signals arriving{SIGUSR2};
        for (int i = 0; i < 200; ++i) {
            std::thread sender([] { ::kill(::getpid(), SIGUSR2); });
            CHECK(*co_await arriving.next() == SIGUSR2);
            [[gsl::suppress("coil-blocking")]] sender.join();
        }
    };
    run(waits());
}

TEST_CASE("signals: what comes again before it was taken counts once") {
    auto waits = []() -> task<> {
        signals arriving{SIGUSR1};
        for (int i = 0; i < 5; ++i) ::raise(SIGUSR1);
        CHECK(*co_await arriving.next() == SIGUSR1);
        auto winner =
            co_await race(arriving.next(), sleep(std::chrono::milliseconds(1)));
        CHECK(winner.index() == 1);
    };
    run(waits());
}

TEST_CASE("signals: each listener is told; the usual effect returns with the last") {
    auto listens = []() -> task<> {
        {
            signals first(SIGUSR1);
            signals second{SIGUSR1, SIGUSR2};
            ::raise(SIGUSR1);
            CHECK(*co_await first.next() == SIGUSR1);
            CHECK(*co_await second.next() == SIGUSR1);
        }
        struct sigaction now = {};
        ::sigaction(SIGUSR1, nullptr, &now);
        CHECK((now.sa_handler == SIG_DFL));
    };
    run(listens());
}

TEST_CASE("signals: wait_signal waits for the first of some") {
    auto waits = []() -> task<int> {
        auto raises = []() -> task<> {
            co_await yield_now();
            ::raise(SIGTERM);
            co_await testing::never();
        };
        auto winner = co_await race(wait_signal(SIGINT, SIGTERM), raises());
        co_return winner.get<0>();
    };
    CHECK(run(waits()) == SIGTERM);
}

TEST_CASE("signals: a number that cannot be listened to is an error") {
    auto listens = [](int number) -> task<> {
        const signals refused{SIGUSR1, number};
        co_return;
    };
    CHECK_THROWS_AS(run(listens(SIGKILL)), std::system_error);
    CHECK_THROWS_AS(run(listens(0)), std::system_error);
    CHECK_THROWS_AS(run(listens(65)), std::system_error);
}

TEST_CASE("run: the first signal stops softly, the second one hard") {
    words log;
    auto cleans_up = [&]() -> task<> {
        ::raise(SIGINT);
        co_await testing::never();
    };
    auto works = [&]() -> task<> {
        const testing::trace whole(log, "works");
        ::raise(SIGTERM);
        co_await race(testing::never(), shield(cleans_up()));
    };
    run(works(), {.stop_on_signals = true});
    CHECK(log == words{"~works"});
}

TEST_CASE("run: signals have their usual effect unless asked for otherwise") {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGTERM, SIG_DFL);  // the test runner listens, too
        run([]() -> task<> {
            ::raise(SIGTERM);
            co_return;
        }());
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGTERM);
}
