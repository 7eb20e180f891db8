// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/read.hpp>
#include <coil/io/split.hpp>
#include <coil/io/write.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/into.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace coil;
using testing::words;

using half_to_read = reading_half<duplex::end>;
using half_to_write = writing_half<duplex::end>;
static_assert(byte_reader<half_to_read> && vectored_reader<half_to_read>);
static_assert(!byte_writer<half_to_read> && !stream<half_to_read>);
static_assert(byte_writer<half_to_write> && vectored_writer<half_to_write>);
static_assert(!byte_reader<half_to_write>);

namespace {

/// Stream and sink: what is sent to `out`, and what comes from `in`.
template <class Queue>
struct both_ways {
    Queue* in;
    Queue* out;
    auto next() { return in->next(); }
    auto send(int item) { return out->send(item); }
    void shutdown() { out->close(); }
};
using both_queues = both_ways<channel<int, 2>>;

static_assert(stream<reading_half<both_queues>>);
static_assert(resumable_stream<reading_half<both_queues>>);
static_assert(!sink<reading_half<both_queues>, int>);
static_assert(sink<writing_half<both_queues>, int>);
static_assert(!stream<writing_half<both_queues>>);
static_assert(!sink<writing_half<both_queues>, std::string>);

/// Writes its own end down.
struct logged_end : duplex::end {
    logged_end(duplex::end of, words& where) : end(of), log(&where) {}
    logged_end(logged_end&& other) noexcept
        : end(other),
          log(std::exchange(other.log, nullptr)) {}
    logged_end& operator=(logged_end&&) = delete;
    ~logged_end() {
        if (log != nullptr) log->push_back("end");
    }
    words* log;
};

}  // namespace

//! [one reads and one writes, and then one does both]
COIL_TEST("split: one half reads, one half writes, and together they are the whole") {
    duplex connection;
    auto peer = connection.second();
    auto asks = [](half_to_write to) -> task<half_to_write> {
        co_await write_all(to, "a question");
        co_return std::move(to);
    };
    auto hears = [](half_to_read from) -> task<half_to_read> {
        buffer heard;
        co_await read_until(from, heard, ".");
        CHECK(heard.text() == "an answer.");
        co_return std::move(from);
    };
    auto answers = [&]() -> task<> {
        buffer asked;
        co_await read_until(peer, asked, "question");
        co_await write_all(peer, "an answer.");
    };
    auto [reading, writing] = split(connection.first());
    auto [from, to, done] =
        co_await join(hears(std::move(reading)), asks(std::move(writing)), answers());
    duplex::end whole = reunite(std::move(from), std::move(to));
    co_await write_all(whole, "x");
    whole.shutdown();
    buffer rest;
    CHECK(co_await read_to_end(peer, rest) == 1);
}
//! [one reads and one writes, and then one does both]

//! [a stream and a sink]
COIL_TEST("split: a stream and sink is a stream and a sink, and one again") {
    channel<int, 2> there;
    channel<int, 2> back;
    auto doubles = [&]() -> task<> {
        while (auto item = co_await there.next()) (void)co_await back.send(2 * *item);
    };
    auto sends = [](writing_half<both_queues> to) -> task<writing_half<both_queues>> {
        const bool is_all_sent = co_await (std::vector{1, 2, 3} | into(to));
        CHECK(is_all_sent);
        co_return std::move(to);
    };
    auto uses = [&]() -> task<> {
        auto [items, to] = split(both_queues{&back, &there});
        auto [seen, sink] = co_await join(items | take(3) | collect<std::vector>(),
                                          sends(std::move(to)));
        CHECK(seen == std::vector{2, 4, 6});
        both_queues whole = reunite(std::move(items), std::move(sink));
        CHECK(co_await whole.send(4));
        CHECK(co_await whole.next() == 8);
        whole.shutdown();
    };
    co_await join(uses(), doubles());
}
//! [a stream and a sink]

COIL_TEST("split: a stopped next of a half loses nothing") {
    channel<int, 2> queue;
    auto [items, to] = split(both_queues{&queue, &queue});
    std::vector<int> seen;
    auto reads = [&]() -> task<> {
        while (seen.size() < 20) {
            auto winner = co_await race(items.next(), yield_now());
            if (winner.index() == 0) seen.push_back(*winner.get<0>());
        }
    };
    auto sends = [&]() -> task<> {
        for (int i = 0; i < 20; ++i) {
            (void)co_await to.send(i);
            co_await yield_now();
        }
    };
    co_await join(reads(), sends());
    for (int i = 0; i < 20; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
}

COIL_TEST("split: the whole ends with its last half, or goes on with who reunites") {
    words log;
    duplex connection;
    {
        auto halves = split(logged_end(connection.first(), log));
        std::optional reading(std::move(halves.reading));
        reading.reset();
        log.emplace_back("one half left");
        co_await write_all(halves.writing, "still open");
    }
    CHECK(log == words{"one half left", "end"});
    {
        auto [reading, writing] = split(logged_end(connection.first(), log));
        const logged_end whole = reunite(std::move(reading), std::move(writing));
        log.emplace_back("reunited");
    }
    CHECK(log == words{"one half left", "end", "reunited", "end"});
}

namespace {
/// What two threads must not use at the same time.
struct one_thread_at_a_time : duplex::end {
    explicit one_thread_at_a_time(duplex::end of) : end(of) {}
};
}  // namespace
template <>
inline constexpr bool coil::enable_shareable<one_thread_at_a_time> = false;

COIL_TEST("split: halves are local where the whole is no matter for two threads") {
    static_assert(sendable<one_thread_at_a_time>);
    static_assert(!sendable<reading_half<one_thread_at_a_time>>);
    static_assert(!sendable<writing_half<one_thread_at_a_time>>);
    static_assert(sendable<half_to_read> && sendable<half_to_write>);
    duplex connection;
    auto [reading, writing] = split(one_thread_at_a_time(connection.first()));
    co_await write_all(writing, "x");
    auto peer = connection.second();
    std::byte one{};
    CHECK(co_await peer.read(std::span(&one, 1)) == 1);
}

COIL_TEST("reunite: halves tell whether they are of one") {
    duplex connection;
    auto first = split(connection.first());
    auto second = split(connection.second());
    CHECK(first.reading.is_of(first.writing));
    CHECK_FALSE(first.reading.is_of(second.writing));
    co_await yield_now();
}

TEST_CASE("reunite: halves of two are refused") {
    const std::string said = testing::last_words_of([]() -> local_task<> {
        duplex connection;
        auto first = split(connection.first());
        auto second = split(connection.second());
        (void)reunite(std::move(first.reading), std::move(second.writing));
        co_return;
    });
    CHECK(testing::says(said, "the two are halves of one"));
}
