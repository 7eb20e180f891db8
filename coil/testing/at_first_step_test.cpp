// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/yield.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/at_first_step.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/streams.hpp>

using namespace coil;
using testing::at_first_step;
using testing::is_pending;

//! [ready or pending]
COIL_TEST(
    "at_first_step: gives what is ready at its first step, and nothing otherwise") {
    channel<int, 2> queue;
    CHECK(co_await is_pending(queue.next()));
    CHECK(queue.try_send(1));
    CHECK(co_await at_first_step(queue.next()) == 1);
    CHECK(co_await at_first_step(queue.next()) == std::nullopt);  // pending
    queue.close();
    const auto end = co_await at_first_step(queue.next());
    CHECK((end.has_value() && *end == std::nullopt));
}
//! [ready or pending]

COIL_TEST("at_first_step: work that gives way is not ready, and is stopped") {
    testing::words log;
    auto works = [&]() -> task<int> {
        const testing::trace local(log, "work");
        co_await yield_now();
        log.emplace_back("not reached");
        co_return 1;
    };
    CHECK_FALSE(co_await at_first_step(works()));
    CHECK(log == testing::words{"~work"});
    CHECK(co_await is_pending(works()));
    CHECK(co_await at_first_step(testing::give_way(0)));
    CHECK_FALSE(co_await at_first_step(testing::give_way(1)));
}

COIL_TEST("is_pending: a stream that is asked has lost nothing") {
    channel<int, 2> queue;
    CHECK(co_await is_pending(queue.next()));
    CHECK(queue.try_send(1));
    CHECK_FALSE(co_await is_pending(queue.receive()));  // it took that
    CHECK(queue.try_send(2));
    CHECK(co_await at_first_step(queue.next()) == 2);
}
