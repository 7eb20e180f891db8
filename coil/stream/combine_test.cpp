// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/combine.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/clock.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::count_to;
using coil::testing::words;

namespace {

using pair = std::tuple<int, int>;

coil::generator<int> slow(coil::clock::duration pause, int count) {
    for (int i = 0; i < count; ++i) {
        co_await coil::sleep(pause);
        co_yield i;
    }
}
int sum_of(const pair& both) {
    return std::get<0>(both) + std::get<1>(both);
}

/// Ends, and then gives items, although a stream may not.
struct comes_back {
    coil::task<std::optional<int>> next() {
        ++calls;
        co_return calls > 1 ? std::optional(calls) : std::nullopt;
    }
    int calls = 0;
};
template <class S>
coil::local_task<int> calls_until_second_end(comes_back& source, S all) {
    for (int i = 0; i < 2; ++i) {
        auto end = co_await all.next();
        CHECK_FALSE(static_cast<bool>(end));
    }
    co_return source.calls;
}

//! [questions and answers]
coil::task<words> protocol(const words& questions,
                           coil::channel<std::string>& answers) {
    words lines;
    co_await (coil::zip(questions, answers) | coil::for_each([&](const auto& both) {
                  const auto& [question, answer] = both;
                  lines.push_back(question + " " + answer);
              }));
    co_return lines;
}
//! [questions and answers]

//! [the news behind the archive]
coil::task<words> all_news(const words& archive, coil::channel<std::string>& news) {
    co_return co_await (coil::chain(archive, news) | coil::collect<std::vector>());
}
//! [the news behind the archive]

}  // namespace

COIL_TEST("zip: ends with the shorter one, whichever it is") {
    coil::channel<std::string> answers(2);
    for (const auto* answer : {"yes", "no"}) (void)answers.try_send(answer);
    const words questions = {"this?", "that?", "more?"};
    answers.close();
    const words lines = co_await protocol(questions, answers);
    CHECK(lines == words{"this? yes", "that? no"});
    auto shorter = coil::zip(count_to(1), count_to(3));
    (void)co_await shorter.next();
    auto end = co_await shorter.next();
    CHECK_FALSE(end.has_value());
    end = co_await shorter.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("zip: what is borrowed may be changed, what is owned is moved") {
    std::vector<int> numbers = {1, 2};
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(5));
    auto both = coil::zip(numbers, std::move(boxes));
    auto first = co_await both.next();
    CHECK(first.has_value());
    if (first.has_value()) {
        auto& [number, box] = *first;
        number += *box;
    }
    CHECK(numbers[0] == 6);
}

COIL_TEST("zip: asks all at once, and as soon as one has ended it has, too") {
    const auto start = coil::now();
    const auto all =
        co_await (coil::zip(slow(3s, 2), slow(2s, 3), slow(1s, 2)) | coil::count());
    CHECK(all == 2);
    CHECK(coil::now() == start + 6s);
}

COIL_TEST("zip: loses nothing when it is stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        coil::channel<int, 8> full;
        for (int i = 0; i < 4; ++i) (void)full.try_send(10 * i);
        auto both = coil::zip(full, queue) | coil::map(sum_of);
        static_assert(coil::resumable_stream<decltype(both)>);
        const auto seen = co_await coil::testing::read_in_two(queue, both, 4, turns);
        CHECK(seen == std::vector<int>{0, 11, 22, 33});
    }
}

COIL_TEST("zip: what one gave while another was stopped is in the next tuple") {
    coil::channel<int, 2> first;
    coil::channel<int, 2> second;
    auto both = coil::zip(first, second);
    (void)first.try_send(1);
    auto late = co_await coil::with_timeout(1s, both.next());
    CHECK_FALSE(late.has_value());
    CHECK(first.stats().size == 0);
    (void)second.try_send(2);
    auto found = co_await both.next();
    CHECK(found == pair(1, 2));
}

COIL_TEST("zip: drops what it owns, after it stopped those that wait") {
    words log;
    co_await (coil::zip(coil::testing::dropping(log, 1), slow(1h, 9),
                        coil::testing::dropping(log, 0)) |
              coil::for_each([](const auto&) {}));
    CHECK(log == words{"drop", "drop"});
}

COIL_TEST("chain: one after the other, borrowed or owned") {
    coil::channel<std::string> news(1);
    (void)news.try_send("new");
    news.close();
    const words archive = {"old", "older"};
    const words all = co_await all_news(archive, news);
    CHECK(all == words{"old", "older", "new"});
    std::vector<int> numbers = {7};
    auto borrowed = coil::chain(numbers, numbers);
    int* const first = co_await borrowed.next();
    CHECK(first == &numbers[0]);
    const auto three = co_await (coil::chain(count_to(1), numbers, count_to(2)) |
                                 coil::collect<std::vector>());
    CHECK(three == std::vector<int>{0, 7, 0, 1});
}

COIL_TEST("chain: begins the second one when the first has ended") {
    const auto start = coil::now();
    auto all = coil::chain(slow(1s, 1), slow(1s, 1));
    (void)co_await all.next();
    CHECK(coil::now() == start + 1s);
    (void)co_await all.next();
    CHECK(coil::now() == start + 2s);
    auto end = co_await all.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("chain: loses nothing when it is stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        auto all = coil::chain(queue | coil::take(2), queue);
        static_assert(coil::resumable_stream<decltype(all)>);
        const auto seen = co_await coil::testing::read_in_two(queue, all, 4, turns);
        CHECK(seen == std::vector<int>{0, 1, 2, 3});
    }
}

COIL_TEST("chain: drops what it owns, also what it did not come to") {
    words log;
    co_await (coil::chain(coil::testing::dropping(log, 2), count_to(1),
                          coil::testing::dropping(log, 1)) |
              coil::for_each([&](int i) {
                  log.push_back(std::to_string(i));
                  return i < 1 ? coil::loop::go_on : coil::loop::leave;
              }));
    CHECK(log == words{"0", "1", "drop", "drop"});
}

#if COIL_EXCEPTIONS
COIL_TEST("zip: an error of one leaves what another gave") {
    coil::channel<int, 2> numbers;
    for (const int number : {1, 2}) (void)numbers.try_send(int{number});
    const auto fail_at_zero = [](int i) {
        if (i == 0) throw std::runtime_error("function");
        return i;
    };
    auto sums =
        coil::zip(numbers, count_to(3) | coil::map(fail_at_zero)) | coil::map(sum_of);
    numbers.close();
    const words log = co_await coil::testing::log_of(sums);
    CHECK(log == words{"function", "2", "4"});
}
COIL_TEST("chain: an error of the first one, then the second one") {
    auto all = coil::chain(coil::testing::failing_after(1), count_to(1));
    const words log = co_await coil::testing::log_of(all);
    CHECK(log == words{"0", "source", "0"});
}
#endif

COIL_TEST("combine: behind an adaptor a source that has ended is not read again") {
    comes_back source;
    const auto same = [](int i) { return i; };
    int calls = co_await calls_until_second_end(source, source | coil::map(same));
    CHECK(calls == 1);
    source.calls = 0;
    calls = co_await calls_until_second_end(source, source | coil::peekable());
    CHECK(calls == 1);
    source.calls = 0;
    calls = co_await calls_until_second_end(source, coil::zip(source, count_to(3)));
    CHECK(calls == 1);
    source.calls = 0;
    calls = co_await calls_until_second_end(source, coil::chain(count_to(0), source));
    CHECK(calls == 1);
}

COIL_TEST("combine: a million ready items use no stack") {
    CHECK(co_await (coil::zip(count_to(1'000'000), count_to(1'000'000)) |
                    coil::count()) == 1'000'000);
    CHECK(co_await (coil::chain(count_to(500'000), count_to(500'000)) |
                    coil::count()) == 1'000'000);
}
