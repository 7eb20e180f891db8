// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/batch.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/combine.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/sources.hpp>
#include <coil/stream/take.hpp>
#include <coil/stream/transform.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/interval.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <span>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

using sizes = std::vector<std::size_t>;
using numbers = std::vector<int>;

//! [one write for all that came]
coil::task<words> write_all(coil::channel<std::string>& lines) {
    words writes;
    co_await (lines | coil::chunk_ready(16) |
              coil::for_each([&](words came) -> coil::task<> {
                  std::string text;
                  for (const auto& line : came) text += line;
                  writes.push_back(text);
                  co_await coil::sleep(1s);  // meanwhile more of them come
              }));
    co_return writes;
}
//! [one write for all that came]

//! [rows by the hundred, or each second]
coil::task<sizes> insert_all(coil::channel<int>& rows) {
    sizes inserted;
    co_await (rows | coil::chunk_within(100, 1s) |
              coil::for_each([&](numbers some) { inserted.push_back(some.size()); }));
    co_return inserted;
}
//! [rows by the hundred, or each second]

coil::task<> send(coil::channel<int>& to, int count, coil::clock::duration pause) {
    for (int i = 0; i < count; ++i) {
        (void)co_await to.send(int{i});
        co_await coil::sleep(pause);
    }
}

}  // namespace

COIL_TEST("chunk_ready: gives what is there, and waits for one item") {
    coil::channel<std::string> lines(9);
    const auto talk = [&]() -> coil::task<> {
        co_await coil::sleep(500ms);
        (void)co_await lines.send("a");
        for (const auto* line : {"b", "c"}) {
            co_await coil::sleep(100ms);
            (void)co_await lines.send(line);
        }
        lines.close();
    };
    auto [writes, nothing] = co_await coil::join(write_all(lines), talk());
    (void)nothing;
    CHECK(writes == words{"a", "bc"});
}

COIL_TEST("chunk_ready: never gives more than its size, and leaves the rest") {
    coil::channel<int> queue(9);
    for (int i = 0; i < 5; ++i) (void)queue.try_send(int{i});
    queue.close();
    auto some = queue | coil::map([](int i) { return i; }) | coil::chunk_ready(3);
    auto first = co_await some.next();
    CHECK(first == numbers{0, 1, 2});
    CHECK(queue.stats().size == 2);
    auto rest = co_await some.next();
    CHECK(rest == numbers{3, 4});
    auto end = co_await some.next();
    CHECK_FALSE(end.has_value());
    end = co_await some.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("chunk_within: full ones, or those whose time is over") {
    coil::channel<int> rows(250);
    for (int i = 0; i < 230; ++i) (void)rows.try_send(int{i});
    const auto close = [&]() -> coil::task<> {
        co_await send(rows, 5, 400ms);
        rows.close();
    };
    auto [inserted, nothing] = co_await coil::join(insert_all(rows), close());
    (void)nothing;
    // The rest and the numbers at 0, 0.4 and 0.8 s; then those at 1.2 and 1.6 s.
    CHECK(inserted == sizes{100, 100, 33, 2});
}

COIL_TEST("chunk_within: its time begins with the first item") {
    coil::channel<int> queue(9);
    auto some = queue | coil::chunk_within(9, 1s);
    const auto start = coil::now();
    const auto talk = [&]() -> coil::task<> {
        co_await coil::sleep(5s);
        co_await send(queue, 3, 600ms);
    };
    auto read = [&]() -> coil::task<numbers> {
        auto found = co_await some.next();
        CHECK(coil::now() == start + 6s);
        co_return std::move(*found);
    };
    auto [first, nothing] = co_await coil::join(read(), talk());
    (void)nothing;
    CHECK(first == numbers{0, 1});
}

COIL_TEST("batch: loses nothing when it is stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        auto ready = queue | coil::chunk_ready(2) | coil::flatten();
        static_assert(coil::resumable_stream<decltype(ready)>);
        auto seen = co_await coil::testing::read_in_two(queue, ready, 6, turns);
        CHECK(seen == numbers{0, 1, 2, 3, 4, 5});
        coil::channel<int, 8> other;
        auto timed = other | coil::chunk_within(4, 1s) | coil::flatten();
        seen = co_await coil::testing::read_in_two(other, timed, 6, turns);
        CHECK(seen == numbers{0, 1, 2, 3, 4, 5});
    }
}

COIL_TEST("batch: what was read before a stop is in the next chunk, in its time") {
    coil::channel<int, 4> queue;
    auto some = queue | coil::chunk_within(2, 3s);
    (void)queue.try_send(0);
    const auto start = coil::now();
    auto late = co_await coil::with_timeout(1s, some.next());
    CHECK_FALSE(late.has_value());
    auto kept = co_await some.next();
    CHECK(kept == numbers{0});
    CHECK(coil::now() == start + 3s);
}

#if COIL_EXCEPTIONS
COIL_TEST("batch: what was read before an error is in the next chunk") {
    const numbers all = {0, 1, 2, 3};
    const auto fail_at_two = [](int i) {
        if (i == 2) throw std::runtime_error("source");
        return i;
    };
    auto chunks = all | coil::map(fail_at_two) | coil::chunk_ready(9) |
                  coil::map([](const numbers& some) { return some.size(); });
    const words log = co_await coil::testing::log_of(chunks);
    CHECK(log == words{"source", "3"});
}
#endif

COIL_TEST("batch: a million items use no stack, and others get their turn") {
    CHECK(co_await (coil::repeat(1) | coil::take(1'000'000) | coil::chunk_ready(100) |
                    coil::flatten() | coil::count()) == 1'000'000);
    const auto won = co_await coil::race(
        coil::repeat(1) | coil::chunk_within(1'000'000'000, 1h) | coil::count(),
        coil::testing::give_way(3));
    CHECK(won.index() == 1);
}

COIL_TEST("interval: beside a stream it is the pause between two items") {
    const auto start = coil::now();
    const numbers all = {0, 1, 2};
    const auto paced =
        co_await (coil::zip(coil::interval(1s), all) |
                  coil::map([](const auto& both) { return std::get<1>(both); }) |
                  coil::collect<std::vector>());
    CHECK(paced == all);
    CHECK(coil::now() == start + 2s);  // the end needs no tick
}

COIL_TEST("with_timeout: is the time limit of each item") {
    coil::channel<int> queue(9);
    const auto read = [&]() -> coil::task<numbers> {
        numbers in_time;
        while (auto item = co_await coil::with_timeout(1s, queue.next()))
            in_time.push_back(item->value());
        co_return in_time;
    };
    auto [in_time, nothing] = co_await coil::join(read(), send(queue, 3, 700ms));
    (void)nothing;
    CHECK(in_time == numbers{0, 1, 2});
}
