// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/frame.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/erased/interface.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <array>
#include <memory_resource>
#include <stdexcept>
#include <string>

using namespace coil::testing;
using coil::frame_place;
using coil::frame_slot;
using coil::local_task;
using coil::task;

namespace {

COIL_INTERFACE(shelf, (get, task<int>(frame_place&, int key)));

/// Its frames are larger than those of the next.
struct large_shelf {
    task<int> get(frame_place&, int key) {
        std::array<int, 64> all = {};
        all[static_cast<std::size_t>(key) % all.size()] = key;
        co_await coil::yield_now();
        co_return all[static_cast<std::size_t>(key) % all.size()];
    }
};
struct small_shelf {
    task<int> get(frame_place&, int key) {
        co_await coil::yield_now();
        co_return key + 1;
    }
};

/// An arena: gives memory back all at once.
class arena final : public frame_place {
public:
    void* allocate(std::size_t size) override {
        ++alive;
        return memory_.allocate(size, 16);
    }
    void release(void*, std::size_t) noexcept override { --alive; }
    int alive = 0;

private:
    alignas(16) std::byte room_[4096];
    std::pmr::monotonic_buffer_resource memory_{room_, sizeof room_,
                                                std::pmr::null_memory_resource()};
};

task<int> add(int a, frame_place&, int b) {
    co_await coil::yield_now();
    co_return a + b;
}
/// So that no frame becomes a part of its caller's.
[[gnu::noinline]] void keep(task<int> made) {
    (void)made;
}
task<> fail(frame_place&) {
    co_await coil::yield_now();
    throw std::runtime_error("failed");
}

}  // namespace

COIL_TEST("frame_place: a place for each call") {
    large_shelf large;
    small_shelf small;
    //! [a place for each call]
    frame_slot<1024> slot;
    int sum = 0;
    for (shelf_ref each : {shelf_ref(large), shelf_ref(small)})
        sum += co_await each.get(slot, 3);
    //! [a place for each call]
    CHECK(sum == 7);
}

COIL_TEST("frame_place: a thousand calls in one slot take no other memory") {
    small_shelf small;
    shelf_ref one(small);
    frame_slot<512> slot;
    const auto before = coil::count_frames();
    int sum = 0;
    for (int i = 0; i < 1000; ++i) sum += co_await one.get(slot, 0);
    CHECK(sum == 1000);
    CHECK(coil::count_frames().from_heap == before.from_heap);
    CHECK(coil::count_frames().alive == before.alive);
}

COIL_TEST("frame_place: an arena has the frames of several at once") {
    arena all;
    const auto won = co_await coil::race(add(1, all, 2), add(3, all, 4));
    CHECK(*won == 3);
    CHECK(all.alive == 0);
    {
        [[gsl::suppress("coil-unawaited")]]
        const auto never_awaited = add(1, all, 2);
        CHECK(all.alive == 1);
    }
    CHECK(all.alive == 0);
}

COIL_TEST("frame_place: an error and a stop give the place back") {
    frame_slot<512> slot;
    CHECK_THROWS_WITH((co_await coil::as_outcome(fail(slot))).take(), "failed");
    auto hang = [](frame_place&) -> task<> { co_await never(); };
    co_await coil::race(hang(slot), coil::yield_now());
    CHECK(co_await add(1, slot, 1) == 2);
}

COIL_TEST("frame_place: closures, local tasks and what is owned have places, too") {
    words log;
    frame_slot<512> slot;
    auto local = [](frame_place&, int i) -> local_task<int> {
        co_await coil::yield_now();
        co_return i;
    };
    CHECK(co_await local(slot, 5) == 5);
    auto owning = [](frame_place&, coil::owned<resource> held) -> task<> {
        co_await coil::yield_now();
        (void)held;
    };
    co_await owning(slot, resource(log, "a"));
    CHECK(log.back() == "dropped a");
}

TEST_CASE("frame_place: what does not fit is said, with its size") {
    const auto too_large = [] {
        frame_slot<64> slot;
        keep(add(1, slot, 2));
    };
    CHECK(says(last_words(too_large), "does not fit into a frame_slot<64>"));
    const auto two = [] {
        frame_slot<512> slot;
        auto first = add(1, slot, 2);
        keep(add(1, slot, 2));
        keep(std::move(first));
    };
    CHECK(says(last_words(two), "one frame at a time"));
}
