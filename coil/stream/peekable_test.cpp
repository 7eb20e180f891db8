// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/peekable.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

//! [a number of digits]
template <class Characters>
coil::task<int> read_number(coil::peekable_stream<Characters>& text) {
    int number = 0;
    for (;;) {
        const char* digit = co_await text.peek();
        if (digit == nullptr || *digit < '0' || *digit > '9') co_return number;
        number = 10 * number + (*digit - '0');
        (void)co_await text.next();
    }
}
//! [a number of digits]

}  // namespace

COIL_TEST("peekable: what is not wanted stays") {
    const std::string sum = "12+30";
    auto text = sum | coil::peekable();
    const int first = co_await read_number(text);
    const char* const plus = co_await text.next();
    const int second = co_await read_number(text);
    CHECK(first == 12);
    CHECK(*plus == '+');
    CHECK(second == 30);
    CHECK(co_await text.peek() == nullptr);
    CHECK(co_await text.next() == nullptr);
}

COIL_TEST("peekable: an item that can only be moved stays where it is") {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(1));
    auto owned = std::move(boxes) | coil::peekable();
    auto* const seen = co_await owned.peek();
    auto* const again = co_await owned.peek();
    CHECK(seen == again);
    CHECK(**seen == 1);
    auto box = co_await owned.next();
    CHECK((box.has_value() && **box == 1));
    CHECK(co_await owned.peek() == nullptr);
}

COIL_TEST("peekable: loses nothing when it is stopped at any turn") {
    for (int turns = 0; turns < 10; ++turns) {
        coil::channel<int, 8> queue;
        auto all = queue | coil::peekable();
        static_assert(coil::resumable_stream<decltype(all)>);
        const auto look = [&]() -> coil::task<> { (void)co_await all.peek(); };
        const auto late = co_await coil::with_timeout(1s, look());
        CHECK_FALSE(late);
        const auto seen = co_await coil::testing::read_in_two(queue, all, 4, turns);
        CHECK(seen == std::vector<int>{0, 1, 2, 3});
    }
}

#if COIL_EXCEPTIONS
COIL_TEST("peekable: an error comes from the look, or from the item") {
    words log;
    auto all = coil::testing::failing_after(1) | coil::peekable();
    (void)co_await all.next();
    try {
        (void)co_await all.peek();
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"source"});
    auto end = co_await all.next();
    CHECK_FALSE(end.has_value());
    auto others = coil::testing::failing_after(1) | coil::peekable();
    log = co_await coil::testing::log_of(others);
    CHECK(log == words{"0", "source"});
}
#endif

COIL_TEST("peekable: a source that was given away is dropped") {
    words log;
    co_await coil::with(coil::testing::dropping(log, 2) | coil::peekable(),
                        [&](auto& all) -> coil::task<> {
                            auto* const seen = co_await all.peek();
                            log.push_back(std::to_string(*seen));
                        });
    CHECK(log == words{"0", "drop"});
}
