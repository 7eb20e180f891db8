// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 7: no hidden allocation. Counts the calls of operator new, so it has nothing to
// count where a sanitizer brings its own.
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <cstdlib>
#include <new>

#if !COIL_SANITIZED

namespace {
std::size_t calls_of_new = 0;
[[maybe_unused]] int large_failures =
    0;  // how many of the next large blocks are refused
}  // namespace

void* operator new(std::size_t size) {
    ++calls_of_new;
#if COIL_EXCEPTIONS
    if (size > 8192 && large_failures > 0) {
        --large_failures;
        throw std::bad_alloc();
    }
#endif
    void* const memory = std::malloc(size);
    if (memory == nullptr) coil::fatal("out of memory");
    return memory;
}
COIL_NOINLINE void operator delete(void* memory) noexcept {
    std::free(memory);
}
COIL_NOINLINE void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::local_task;
using coil::task;

namespace {

struct plain_resource {
    task<> async_drop() { co_await coil::yield_now(); }
};
task<int> ready() {
    co_return 1;
}
task<> own_one() {
    co_await coil::own(plain_resource());
}

local_task<> combinators() {
    co_await coil::yield_now();
    co_await coil::sleep(1us);
    (void)co_await as_outcome(never() /* stopped by the race around it */);
}
local_task<> one_round() {
    co_await coil::join(coil::yield_now(), coil::sleep(1us), ready());
    (void)co_await coil::join_outcomes(coil::yield_now(), coil::stop_here());
    co_await coil::race(coil::sleep(1h), coil::yield_now(), never());
    (void)co_await as_outcome(ready());
    (void)co_await as_outcome(coil::stop_here());
    co_await coil::shield(coil::yield_now());
    (void)co_await coil::with_timeout(1h, coil::yield_now());
    (void)co_await coil::with_timeout(1us, never());
    co_await coil::call_once([] { return coil::yield_now(); });
    co_await coil::with(plain_resource(),
                        [](plain_resource&) { return coil::yield_now(); });
    co_await coil::race(combinators(), give_way(3));
    co_await own_one();
    co_await coil::with_group([](coil::group& g) {
        g.spawn(coil::yield_now());
        g.spawn(ready());
    });
}

}  // namespace

COIL_TEST("law 7: in the steady state no operation asks the heap") {
    for (int i = 0; i < 3; ++i) co_await one_round();
    const std::size_t before = calls_of_new;
    for (int i = 0; i < 1000; ++i) co_await one_round();
    const std::size_t calls = calls_of_new - before;
    CHECK(calls == 0);
}

COIL_TEST("law 7: combinators of leaves take no frame at all") {
    const std::size_t before = coil::count_frames().alive;
    std::size_t seen = 0;
    auto look = [&seen] { seen = coil::count_frames().alive; };
    auto nested = [&look] {
        return coil::join(coil::race(coil::yield_now(), never()),
                          coil::call_once([&look] { look(); }));
    };
    co_await coil::join(coil::call_once(std::move(nested)), coil::yield_now());
    CHECK(seen == before);
}

#if COIL_EXCEPTIONS
// Law 6 where memory runs out: blocks this large are never recycled.
namespace {

constexpr std::size_t large = 20'000;

volatile char* touched = nullptr;

/// Lets the block be seen from outside, so that it lies in the frame.
COIL_NOINLINE void touch(char* block) {
    touched = block;
    *touched = 1;
}
/// The frame of its drop is large, but recycled.
struct large_drop {
    words& log;
    task<> async_drop() {
        char block[10'000];
        touch(block);
        co_await coil::yield_now();
        touch(block);
        log.emplace_back("dropped");
    }
};
struct large_object {
    words& log;
    char block[large] = {};
    task<> async_drop() {
        log.emplace_back("dropped");
        co_return;
    }
};
task<> large_body(words& log) {
    char block[large];
    touch(block);
    co_await coil::yield_now();
    touch(block);
    log.emplace_back("body");
}
bool is_out_of_memory(const coil::outcome<>& ended) {
    if (!ended.has_error()) return false;
    try {
        std::rethrow_exception(ended.error());
    } catch (const std::bad_alloc&) {
        return true;
    }
}

}  // namespace

COIL_TEST("law 6: no memory for the body: the resource is dropped") {
    words log;
    large_failures = 1;
    const auto ended = co_await as_outcome(
        coil::with(resource(log, "r"), [&](resource&) { return large_body(log); }));
    CHECK(is_out_of_memory(ended));
    CHECK(log == words{"drop r", "dropped r"});
}

COIL_TEST("law 6: no memory for the drop: the body does not begin") {
    words log;
    co_await coil::drop(large_drop{log});  // now it is known how much the drop needs
    const std::size_t size = coil::detail::drop_frame<large_drop>.get();
    std::vector<void*> recycled;  // all that there are
    const std::size_t before = coil::count_frames().from_heap;
    while (coil::count_frames().from_heap == before)
        recycled.push_back(coil::allocate_frame(size));
    large_failures = 1;
    const auto ended = co_await as_outcome(
        coil::with(large_drop{log}, [&](large_drop&) { log.emplace_back("body"); }));
    for (void* block : recycled) coil::release_frame(block, size);
    CHECK(size > 10'000);
    CHECK(is_out_of_memory(ended));
    CHECK(log == words{"dropped", "dropped"});
}

COIL_TEST("law 6: the drop's memory is taken before the body begins") {
    words log;
    co_await coil::drop(large_drop{log});
    auto body = [](large_drop&) {
        large_failures = 1;
        return coil::yield_now();
    };
    co_await coil::with(large_drop{log}, body);
    CHECK(log == words{"dropped", "dropped"});
    large_failures = 0;
}

COIL_TEST("law 6: no memory to own an object: it is dropped") {
    words log;
    auto work = [](words& l) -> task<> {
        large_failures = 1;  // not for this frame, which has room for the object, too
        co_await coil::own(large_object{l});
        l.emplace_back("not reached");
    };
    const auto ended = co_await as_outcome(work(log));
    CHECK(is_out_of_memory(ended));
    CHECK(log == words{"dropped"});
}

COIL_TEST("law 6: no memory for a branch: its siblings are stopped and joined") {
    words log;
    large_failures = 1;
    auto hang = [](words& l) -> task<> {
        const trace end(l, "sibling");
        co_await never();
    };
    const auto ended = co_await as_outcome(
        coil::join(hang(log), coil::call_once([&] { return large_body(log); })));
    CHECK(is_out_of_memory(ended));
    CHECK(log == words{"~sibling"});
}

COIL_TEST("law 6: no memory for a child: the group stops the others") {
    words log;
    auto hang = [](words& l) -> task<> {
        const trace end(l, "sibling");
        co_await never();
    };
    auto body = [&](coil::group& g) -> task<> {
        g.spawn(hang(log));
        co_await coil::yield_now();
        large_failures = 1;
        g.spawn(large_body(log));
    };
    const auto ended = co_await as_outcome(coil::with_group(body));
    CHECK(is_out_of_memory(ended));
    CHECK(log == words{"~sibling"});
}
#endif

#endif
