// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What C++ itself does differently for coroutines. The pairs leave it out; here it is
// written down, so that it is known and does not grow.
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>

#include "traced.hpp"

#include <stdexcept>

using namespace alike;

namespace {

/// Counts in how many steps it gets where it goes.
struct mover {
    int moves = 0;
    int copies = 0;
    mover() = default;
    mover(mover&& other) noexcept : moves(other.moves + 1), copies(other.copies) {}
    mover(const mover& other) : moves(other.moves), copies(other.copies + 1) {}
};

mover make_mover(sync_log& log) {
    log("make");
    return mover();
}
task<mover> make_mover(async_log& log) {
    co_await log.pause();
    co_return mover();
}
int moves_of(sync_log& log, mover given) {
    log("given");
    return given.moves;
}
task<int> moves_of(async_log& log, mover given) {
    co_await log.pause();
    co_return given.moves;
}

int size_of(sync_log& log, traced given) {
    log("size");
    return given.size();
}
task<int> size_of(async_log& log, traced given) {
    log("size");
    co_await log.pause();
    co_return given.size();
}

void break_promise(sync_log& log) noexcept {
    fail(log, "nothing");
}
task<> break_promise(async_log& log) noexcept {
    co_await fail(log, "nothing");
}

task<> take_a_step(async_log& log, const char* name) {
    log(name);
    co_await log.pause();
    log(name, "again");
}

}  // namespace

COIL_TEST("differences: a task moves its parameters once and its result twice") {
    sync_log plain;
    async_log log(pace::gives_way, 1);
    CHECK(moves_of(plain, mover()) == 0);
    CHECK(co_await moves_of(log, mover()) == 1);
    const mover built = make_mover(plain);
    const mover brought = co_await make_mover(log);
    CHECK(built.moves == 0);
    CHECK(brought.moves == 2);
    CHECK(built.copies + brought.copies == 0);
}

COIL_TEST("differences: a task's parameters end with it, before the full expression") {
    // A function's may end with the function or with the full expression; here, the
    // latter.
    sync_log plain;
    plain("gave", size_of(plain, traced(plain, "p")));
    CHECK(plain.text() == "+p\nsize\ngave 1\n-p\n");
    async_log log(pace::gives_way, 1);
    log("gave", co_await size_of(log, traced(log, "p")));
    CHECK(log.text() == "+p\nsize\n-p\ngave 1\n");
}

COIL_TEST("differences: noexcept speaks of making a task, not of its end") {
    CHECK(coil::testing::last_words([] {
              sync_log plain;
              break_promise(plain);
          }) != "survived");
    async_log log(pace::gives_way, 1);
    std::string caught;
    try {
        co_await break_promise(log);
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
    CHECK(caught == "nothing");
}

COIL_TEST(
    "differences: what a group holds back begins after an error, to its first await") {
    // It may own what has to be dropped, or be shielded.
    async_log log(pace::gives_way, 1);
    const auto one_by_one = [&](coil::group& calls) {
        calls.spawn(fail(log, "nothing"));
        calls.spawn(take_a_step(log, "second"));
        calls.spawn(take_a_step(log, "third"));
    };
    auto all = coil::with_group({.limit = 1}, one_by_one);
    const auto ended = co_await coil::as_outcome(std::move(all));
    CHECK(ended.has_error());
    CHECK(log.text() == "fail nothing\nsecond\nthird\n");
}
