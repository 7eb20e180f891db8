// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/race.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/into.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/unbounded_channel.hpp>
#include <coil/testing/at_first_step.hpp>
#include <coil/testing/held_back.hpp>
#include <coil/testing/streams.hpp>

#include <memory>
#include <optional>
#include <vector>

using namespace coil;
using namespace coil::testing;

//! [a wait before each item]
COIL_TEST("interleaved: has a wait before each item, and before the end") {
    interleaved items(count_to(2));
    const std::vector<int> seen = co_await (std::move(items) | collect<std::vector>());
    CHECK(seen == std::vector{0, 1});

    channel<int, 4> queue;
    CHECK((queue.try_send(1) && queue.try_send(2)));
    queue.close();
    interleaved slow(queue);
    for (int i = 0; i < 3; ++i) {
        CHECK(co_await is_pending(slow.next()));
        (void)co_await slow.next();
    }
    CHECK(co_await slow.next() == std::nullopt);
}
//! [a wait before each item]

COIL_TEST("interleaved: a stopped next loses nothing") {
    static_assert(is_resumable_v<interleaved<channel<int, 4>&>>);
    static_assert(!is_resumable_v<interleaved<generator<int>>>);
    channel<int, 20> queue;
    interleaved slow(queue);
    const auto seen = co_await read_in_two(queue, slow, 20, 7);
    REQUIRE(seen.size() == 20);
    for (int i = 0; i < 20; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
}

COIL_TEST("pending_once: is the same work, one step later") {
    const auto gives = []() -> task<int> { co_return 3; };
    CHECK_FALSE(co_await is_pending(gives()));
    CHECK(co_await is_pending(pending_once(gives())));
    CHECK(co_await pending_once(gives()) == 3);
    co_await pending_once(give_way(0));
}

//! [what became of a stream]
COIL_TEST("tracked: tells how far a stream was read, and that it is gone") {
    fate seen;
    {
        auto first_two = tracked(count_to(5), seen) | take(2);
        const std::vector<int> given = co_await (first_two | collect<std::vector>());
        CHECK(given == std::vector{0, 1});
        CHECK_FALSE(seen.is_destroyed);
    }
    CHECK(seen.items == 2);
    CHECK_FALSE(seen.has_ended);
    CHECK(seen.is_destroyed);
}
//! [what became of a stream]

COIL_TEST("tracked: tells of the end, and who asks for more") {
    fate seen;
    tracked items(count_to(1), seen);
    CHECK(co_await items.next());
    CHECK_FALSE(co_await items.next());
    CHECK(seen.has_ended);
    CHECK(seen.asked_after_end == 0);
    CHECK_FALSE(co_await items.next());
    CHECK(seen.asked_after_end == 1);
}

COIL_TEST("tracked: tells of what was sent to a sink, and that it was closed") {
    struct to_queue {
        unbounded_channel<int>* queue;
        bool send(int item) { return queue->send(item); }
        void close() { queue->close(); }
    };
    unbounded_channel<int> queue;
    fate seen;
    tracked sink(to_queue{&queue}, seen);
    const bool is_all_sent = co_await (std::vector{1, 2} | into(sink));
    CHECK(is_all_sent);
    CHECK(seen.items == 2);
    CHECK_FALSE(seen.is_closed);
    sink.close();
    CHECK(seen.is_closed);
    CHECK_FALSE(sink.send(3));
    CHECK(seen.asked_after_end == 1);
}
