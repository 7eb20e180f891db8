// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/testing/probes.hpp>

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace coil;
using testing::words;

namespace {

constexpr multi_thread_options told = {.workers = 3, .stop_on_signals = true};

}  // namespace

TEST_CASE("multi_thread_runtime: the first signal stops softly, the second one hard") {
    words log;
    const auto cleans_up = []() -> task<> {
        ::kill(::getpid(), SIGINT);
        co_await testing::never();
    };
    const auto works = [&]() -> task<> {
        const testing::trace whole(log, "works");
        ::kill(::getpid(), SIGTERM);
        co_await race(testing::never(), shield(cleans_up()));
    };
    for (int i = 0; i < 20; ++i) {
        log.clear();
        multi_thread_runtime runtime(told);
        CHECK(runtime.run(works()).is_stopped());
        CHECK(log == words{"~works"});
    }
}

TEST_CASE("multi_thread_runtime: a signal stops each work that runs, once") {
    const auto works = [](bool is_first) -> task<> {
        if (is_first) ::kill(::getpid(), SIGTERM);
        co_await testing::never();
    };
    multi_thread_runtime runtime(told);
    for (int i = 0; i < 20; ++i) CHECK(runtime.run(works(true)).is_stopped());
    struct sigaction now = {};
    ::sigaction(SIGTERM, nullptr, &now);
    CHECK((now.sa_handler != SIG_DFL));  // it still listens
}

TEST_CASE("multi_thread_runtime: one with nothing to stop leaves a signal to others") {
    const auto works = []() -> task<> {
        ::kill(::getpid(), SIGTERM);
        co_await testing::never();
    };
    for (int i = 0; i < 50; ++i) {
        // It may hear of the signal when the other one has gone already.
        const multi_thread_runtime idle(told);
        multi_thread_runtime busy(told);
        CHECK(busy.run(works()).is_stopped());
    }
}

namespace {

std::atomic<int> usual_effects = 0;

/// Instead of the usual effect, which ends the program.
class counted_effects {
public:
    counted_effects() {
        usual_effects = 0;
        struct sigaction counts = {};
        counts.sa_handler = [](int) { ++usual_effects; };
        ::sigaction(SIGTERM, &counts, &before_);
    }
    counted_effects(const counted_effects&) = delete;
    counted_effects& operator=(const counted_effects&) = delete;
    ~counted_effects() { ::sigaction(SIGTERM, &before_, nullptr); }

private:
    struct sigaction before_ = {};
};

task<> stop_by_signal() {
    ::kill(::getpid(), SIGTERM);
    co_await testing::never();
}

}  // namespace

TEST_CASE("multi_thread_runtime: after a signal that found it idle, it listens again") {
    const counted_effects here;
    multi_thread_runtime runtime(told);
    const multi_thread_runtime idle(told);
    for (int i = 1; i <= 20; ++i) {
        ::kill(::getpid(), SIGTERM);
        while (usual_effects < i) std::this_thread::yield();
        CHECK(runtime.run(stop_by_signal()).is_stopped());
        CHECK(usual_effects == i);
    }
}

TEST_CASE("multi_thread_runtime: after a hard stop it listens again") {
    const counted_effects here;
    const auto cleans_up = []() -> task<> {
        ::kill(::getpid(), SIGINT);  // another one: two of a kind may count once
        co_await testing::never();
    };
    const auto is_stopped_hard = [&]() -> task<> {
        ::kill(::getpid(), SIGTERM);
        co_await race(testing::never(), shield(cleans_up()));
    };
    multi_thread_runtime runtime(told);
    for (int i = 0; i < 20; ++i) {
        CHECK(runtime.run(is_stopped_hard()).is_stopped());
        CHECK(runtime.run(stop_by_signal()).is_stopped());
    }
    CHECK(usual_effects == 0);
}

TEST_CASE("multi_thread_runtime: while nothing runs, a signal has its usual effect") {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGTERM, SIG_DFL);  // the test runner listens, too
        const multi_thread_runtime runtime(told);
        ::raise(SIGTERM);
        for (;;) ::pause();
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGTERM);
}
