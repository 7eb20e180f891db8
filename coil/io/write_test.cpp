// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/yield.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

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

namespace {
/// As `narrow_sink`, and takes several buffers in one call.
struct gathering_sink : narrow_sink {
    task<std::size_t> write_vectored(
        std::span<const std::span<const std::byte>> buffers) {
        std::size_t count = 0;
        for (const auto bytes : buffers) {
            for (const std::byte b : bytes) {
                if (count == room) break;
                taken += static_cast<char>(b);
                ++count;
            }
        }
        ++calls;
        co_return count;
    }
    std::size_t room = 1000;
};
std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}
}  // namespace

//! [a head and a body by one call]
COIL_TEST("write_all: several buffers go by one call where the sink takes them") {
    gathering_sink sink;
    const std::array all = {bytes("head "), bytes(""), bytes("body")};
    co_await write_all(sink, all);
    CHECK(sink.taken == "head body");
    CHECK(sink.calls == 1);
}
//! [a head and a body by one call]

COIL_TEST("write_all: several buffers go on where the last call broke off") {
    const std::array all = {bytes("abc"), bytes(""), bytes("defg"), bytes("h"),
                            bytes("")};
    for (std::size_t room = 1; room < 10; ++room) {
        gathering_sink gathers;
        gathers.room = room;
        co_await write_all(gathers, all);
        CHECK(gathers.taken == "abcdefgh");
    }
    narrow_sink sink;
    co_await write_all(sink, all);
    CHECK(sink.taken == "abcdefgh");
}

COIL_TEST("write_all: more buffers than one call has, and none") {
    std::vector<std::span<const std::byte>> all(100, bytes("xy"));
    gathering_sink sink;
    co_await write_all(sink, all);
    CHECK(sink.taken.size() == 200);
    CHECK(sink.calls == 7);
    const std::array none = {bytes(""), bytes("")};
    co_await write_all(sink, none);
    CHECK(sink.calls == 7);
}
