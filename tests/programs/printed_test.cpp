// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is printed as C++ compiles, and does what the program does.
#include "printed.hpp"

#include "model.hpp"
#include "planned_runtime.hpp"
#include <doctest/doctest.h>

using namespace programs;

TEST_CASE("printed programs: as many pieces, as much time, and the same end") {
    REQUIRE(printed::sample_count > 0);
    for (std::size_t i = 0; i < printed::sample_count; ++i) {
        const printed::sample& of = printed::samples[i];
        CAPTURE(of.text);
        const program asked = from_text(of.text).value();
        const prediction told = predict(asked);
        coil::event events[event_count];
        coil::channel<int> queues[channel_count]{
            coil::channel<int>(channel_capacity[0]),
            coil::channel<int>(channel_capacity[1])};
        printed::events = events;
        printed::queues = queues;
        planned_runtime runtime(asked);
        const auto ended = runtime.run(printed::run(of.work()));
        CHECK(runtime.pieces() == told.pieces);
        CHECK(runtime.time() == told.seen.back().at);
        CHECK(runtime.had_deadlock() ==
              (told.seen.back().what == event_kind::deadlock));
        CHECK_FALSE(ended.has_error());
    }
}
