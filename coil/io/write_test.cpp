// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/yield.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>

using namespace coil;

namespace {
/// Takes at most three bytes at a time, as a connection that is nearly full does.
struct narrow_sink {
    task<std::size_t> write(std::span<const std::byte> bytes) {
        co_await yield_now();
        const std::size_t count = std::min<std::size_t>(bytes.size(), 3);
        for (const std::byte b : bytes.first(count)) taken += static_cast<char>(b);
        ++calls;
        co_return count;
    }
    std::string taken;
    int calls = 0;
};
}  // namespace

//! [write until all is taken]
COIL_TEST("write_all: writes until all is taken") {
    narrow_sink sink;
    co_await write_all(sink, "ten bytes.");
    CHECK(sink.taken == "ten bytes.");
    CHECK(sink.calls == 4);
}
//! [write until all is taken]

COIL_TEST("write_all: nothing to write is no call") {
    narrow_sink sink;
    co_await write_all(sink, "");
    CHECK(sink.calls == 0);
}

namespace {
/// A sink that breaks its contract.
struct idle_sink {
    task<std::size_t> write(std::span<const std::byte>) { co_return 0; }
};
}  // namespace

TEST_CASE("write_all: a sink that takes nothing is found out, not asked for ever") {
    const std::string words = testing::last_words_of([]() -> local_task<> {
        idle_sink sink;
        co_await write_all(sink, "x");
    });
    CHECK(testing::says(words, "a sink takes at least one byte"));
}
