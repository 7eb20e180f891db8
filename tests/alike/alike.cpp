// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "alike.hpp"

#include <coil/core/frame.hpp>
#include <coil/core/join.hpp>
#include <coil/core/yield.hpp>
#include <coil/testing/virtual_time.hpp>

#include <stdexcept>

namespace alike {

// The pause.

pace async_log::next_pace() {
    return how_ == pace::drawn ? pace(draws_() % 3) : how_;
}

void async_log::pausing::start() noexcept {
    if (how_ == pace::gives_way) return complete();
    coil::timer_service& timers = *home().runs_on().timers();
    timers.arm(*this, timers.now() + std::chrono::milliseconds(1));
}

coil::stop_answer async_log::pausing::on_stop() noexcept {
    cancel();
    return coil::stop_answer::ended;
}

// How the two halves are run.

namespace {

struct way {
    const char* name;
    pace how;
    std::uint32_t seed;  // not 0: among others, in an order drawn from it
};
constexpr way ways[] = {
    {"when every await is ready", pace::ready, 0},
    {"when every await gives way", pace::gives_way, 0},
    {"when every await sleeps", pace::sleeps, 0},
    {"among others, when every await is ready", pace::ready, 1},
    {"among others, when every await gives way", pace::gives_way, 2},
    {"among others, with drawn pauses", pace::drawn, 3},
    {"among others, with drawn pauses", pace::drawn, 4},
    {"among others, with drawn pauses", pace::drawn, 5},
};

std::string log_of(sync_half* half) {
    sync_log log;
    try {
        half(log);
    } catch (const std::exception& error) {
        log("escaped", error.what());
    }
    return log.text();
}

task<> catch_what_escapes(async_half* half, async_log& log) {
    try {
        co_await half(log);
    } catch (const std::exception& error) {
        log("escaped", error.what());
    }
}

task<> fail_later() {
    co_await coil::yield_now();
    throw std::logic_error("somebody else's");
}
/// Shares the strand: its own errors and frames come between the program's pieces.
task<> disturb() {
    for (int i = 0; i < 16; ++i) {
        try {
            co_await fail_later();
        } catch (const std::logic_error&) {}
    }
}
task<> run_among_others(task<> work) {
    co_await coil::join(disturb(), std::move(work), disturb());
}

void run_on(coil::testing::virtual_runtime& runtime, task<> work, async_log& log) {
    const auto ended = runtime.run(std::move(work));
    if (!ended.has_value()) log("did not end", runtime.deadlock());
}

void run(async_half* half, const way& by, async_log& log) {
    const std::size_t alive_before = coil::count_frames().alive;
    if (by.seed == 0) {
        coil::testing::virtual_runtime runtime;
        run_on(runtime, catch_what_escapes(half, log), log);
    } else {
        coil::testing::virtual_runtime runtime(by.seed);
        run_on(runtime, run_among_others(catch_what_escapes(half, log)), log);
    }
    if (coil::count_frames().alive != alive_before) log("frames leaked");
}

}  // namespace

std::string_view pair::topic() const noexcept {
    return name().substr(0, name().find(':'));
}

std::optional<std::string> pair::difference() const {
    const std::string expected = log_of(sync_);
    if (expected.empty()) return "nothing is logged";
    for (const way& by : ways) {
        async_log log(by.how, by.seed);
        run(async_, by, log);
        if (log.pauses() == 0) return "the async half never waits";
        if (log.text() != expected) {
            return std::string(by.name) + "\n--- sync:\n" + expected + "--- async:\n" +
                   log.text();
        }
    }
    return std::nullopt;
}

std::vector<const pair*>& all_pairs() {
    static std::vector<const pair*> all;
    return all;
}

}  // namespace alike
