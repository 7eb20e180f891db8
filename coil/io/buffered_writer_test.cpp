// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/buffered_writer.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <type_traits>

using namespace coil;
using testing::words;

using buffered_pipe = buffered_writer<byte_pipe>;
static_assert(byte_writer<buffered_pipe>);
static_assert(!std::is_constructible_v<buffered_pipe, byte_pipe&>);
static_assert(
    !std::is_constructible_v<buffered_pipe, byte_pipe&, buffered_writer_options>);
static_assert(!std::is_move_constructible_v<buffered_pipe>);

namespace {

/// Logs what each call takes, at most so many bytes.
struct logging_writer {
    words log;
    std::size_t size_max = 1000;

    task<std::size_t> write(std::span<const std::byte> bytes) {
        const std::size_t count = std::min(bytes.size(), size_max);
        log.emplace_back(reinterpret_cast<const char*>(bytes.data()), count);
        co_await yield_now();
        co_return count;
    }
    void shutdown() { log.emplace_back("shutdown"); }
};
/// The same by one call for several buffers.
struct gathering_writer : logging_writer {
    task<std::size_t> write_vectored(
        std::span<const std::span<const std::byte>> buffers) {
        std::string all;
        for (const auto bytes : buffers)
            all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        all.resize(std::min(all.size(), size_max));
        log.push_back(all);
        co_await yield_now();
        co_return all.size();
    }
};

constexpr buffered_writer_options eight = {.size = 8};
constexpr buffered_writer_options line_by_line = {.flushes_lines = true};

}  // namespace

//! [many small writes, one call]
COIL_TEST("buffered_writer: many small writes go out by one call, at the end") {
    logging_writer to;
    const int count = co_await with_buffered_writer(to, [](auto& out) -> task<int> {
        for (const char* word : {"one ", "two ", "three"}) {
            co_await write_all(out, word);
        }
        co_return 3;
    });
    CHECK(count == 3);
    CHECK(to.log == words{"one two three"});
}
//! [many small writes, one call]

COIL_TEST("buffered_writer: flush sends what is held, shutdown sends it first") {
    logging_writer to;
    co_await with_buffered_writer(to, [&](auto& out) -> task<> {
        co_await write_all(out, "ab");
        CHECK(out.size() == 2);
        co_await out.flush();
        CHECK(to.log == words{"ab"});
        co_await out.flush();
        co_await write_all(out, "cd");
        co_await out.shutdown();
        CHECK(to.log == words{"ab", "cd", "shutdown"});
    });
    CHECK(to.log == words{"ab", "cd", "shutdown"});
}

COIL_TEST("buffered_writer: what does not fit goes out with what is held") {
    const auto body = [](auto& out) -> task<> {
        co_await write_all(out, "abcde");
        co_await write_all(out, "fgh");
        co_await write_all(out, "i");
        co_await write_all(out, "a long one");
        co_await write_all(out, "k");
    };
    gathering_writer gathers;
    co_await with_buffered_writer(gathers, body, eight);
    CHECK(gathers.log == words{"abcdefghi", "a long one", "k"});
    logging_writer to;
    co_await with_buffered_writer(to, body, eight);
    CHECK(to.log == words{"abcdefgh", "i", "a long one", "k"});
}

COIL_TEST("buffered_writer: a writer that takes little gets all of it in order") {
    std::string sent;
    for (int i = 0; i < 300; ++i) sent += std::to_string(i) + (i % 7 == 0 ? "\n" : "");
    for (std::size_t size_max = 1; size_max < 12; ++size_max) {
        for (const auto how : {eight, buffered_writer_options{8, true}}) {
            gathering_writer to;
            to.size_max = size_max;
            co_await with_buffered_writer(
                to,
                [&](auto& out) -> task<> {
                    for (std::size_t at = 0, size = 1; at < sent.size(); at += size++)
                        co_await write_all(out,
                                           std::string_view(sent).substr(at, size));
                },
                how);
            std::string all;
            for (const std::string& part : to.log) all += part;
            CHECK(all == sent);
        }
    }
}

COIL_TEST("buffered_writer: by lines, all up to the last line's end goes out at once") {
    gathering_writer to;
    co_await with_buffered_writer(
        to,
        [&](auto& out) -> task<> {
            co_await write_all(out, "no end");
            CHECK(to.log.empty());
            co_await write_all(out, " here\nor there\nor");
            CHECK(to.log == words{"no end here\nor there\n"});
        },
        line_by_line);
    CHECK(to.log == words{"no end here\nor there\n", "or"});
}

COIL_TEST(
    "buffered_writer: a body that fails flushes nothing, one that is sync is well") {
    logging_writer to;
    const auto failed =
        co_await as_outcome(with_buffered_writer(to, [](auto& out) -> task<> {
            co_await write_all(out, "half a mess");
            throw std::runtime_error("body");
        }));
    CHECK(failed.has_error());
    CHECK(to.log.empty());
    CHECK(co_await with_buffered_writer(to, [](auto& out) { return out.size(); }) == 0);
}

COIL_TEST("buffered_writer: an error of the last flush is not lost") {
    byte_pipe pipe;
    pipe.close_reading();
    const auto failed = co_await as_outcome(
        with_buffered_writer(pipe, [](auto& out) { return write_all(out, "x"); }));
    CHECK(failed.has_error());
}

COIL_TEST("buffered_writer: a write that is stopped in a race took nothing") {
    byte_pipe pipe(2);
    buffer seen;
    auto writes = [&](buffered_writer<byte_pipe>& out) -> task<> {
        for (char next = 0; next < 60;) {
            const auto one = std::as_bytes(std::span(&next, 1));
            auto winner = co_await race(out.write(one), yield_now());
            if (winner.index() == 0) ++next;
        }
    };
    auto sends = [&]() -> task<> {
        co_await with_buffered_writer(pipe, writes, {.size = 3});
        pipe.close_writing();
    };
    co_await join(sends(), read_to_end(pipe, seen));
    REQUIRE(seen.size() == 60);
    for (std::size_t i = 0; i < 60; ++i) CHECK(seen.text()[i] == static_cast<char>(i));
}
