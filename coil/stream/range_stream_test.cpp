// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/stream/take.hpp>
#include <coil/testing/test.hpp>

#include <iterator>
#include <memory>
#include <ranges>
#include <sstream>
#include <vector>

using coil::testing::words;

//! [a range is a stream]
COIL_TEST("range_stream: a range is a stream, and its items are not copied") {
    const words names = {"ann", "bob"};
    auto items = coil::range_stream(names);
    auto first = co_await items.next();
    CHECK(&*first == &names[0]);
    auto second = co_await items.next();
    CHECK(*second == "bob");
    auto end = co_await items.next();
    CHECK_FALSE(end);
}
//! [a range is a stream]

COIL_TEST("range_stream: an owned range gives its elements away") {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(7));
    const auto moved = co_await (std::move(boxes) | coil::collect<std::vector>());
    CHECK(*moved.at(0) == 7);
}

COIL_TEST("range_stream: takes views") {
    const auto squares = co_await (
        std::views::iota(0, 4) | std::views::filter([](int i) { return i > 1; }) |
        coil::map([](int i) { return i * i; }) | coil::collect<std::vector>());
    CHECK(squares == std::vector<int>{4, 9});
}

namespace {

/// A range as `directory_iterator` is one: its copies share the one element there is,
/// which is gone when they have passed the last.
template <class T>
class once_only {
public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    once_only() = default;
    explicit once_only(T first) : element_(std::make_shared<T>(std::move(first))) {}

    T& operator*() const { return *element_; }
    once_only& operator++() {
        if (++passed_ == 3)
            element_.reset();
        else
            *element_ = T(passed_);
        return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return element_ == nullptr; }

    once_only begin() const { return *this; }
    static std::default_sentinel_t end() { return {}; }

private:
    std::shared_ptr<T> element_;
    int passed_ = 0;
};

struct move_only {
    explicit move_only(int number) : value(std::make_unique<int>(number)) {}
    std::unique_ptr<int> value;
};

}  // namespace

COIL_TEST("range_stream: the items of a range that is read once are its own") {
    std::istringstream in("1 2 3");
    std::vector<int> read;
    COIL_FOR(const int i, std::views::istream<int>(in)) read.push_back(i);
    CHECK(read == std::vector<int>{1, 2, 3});

    const once_only<int> numbers(0);
    auto items = coil::range_stream(numbers);
    const auto first = co_await items.next();
    const auto second = co_await items.next();
    const auto third = co_await items.next();
    CHECK_FALSE(co_await items.next());
    CHECK_FALSE(co_await items.next());
    CHECK(*first == 0);
    CHECK(*second == 1);
    CHECK(*third == 2);
}

COIL_TEST("range_stream: what is read once and cannot be copied is moved out") {
    const once_only<move_only> numbers(move_only(0));
    int sum = 0;
    COIL_FOR(const move_only each, numbers) sum += *each.value;
    CHECK(sum == 3);
}

COIL_TEST("range_stream: a range that is read once is not read ahead") {
    std::istringstream in("1 2 3 4");
    auto numbers = std::views::istream<int>(in);
    const auto taken =
        co_await (numbers | coil::take(2) | coil::collect<std::vector>());
    CHECK(taken == std::vector<int>{1, 2});
    int next = 0;
    in >> next;
    CHECK(next == 3);
}

COIL_TEST("range_stream: an endless one gives way and hears a stop") {
    long count = 0;
    auto winner = co_await coil::race(
        std::views::iota(0L) | coil::for_each([&](long) { ++count; }),
        coil::yield_now());
    CHECK(winner.index() == 1);
    CHECK(count > 0);
}
