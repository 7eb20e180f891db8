// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/buffered.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/combine.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/limit.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/take.hpp>
#include <coil/stream/take_until.hpp>
#include <coil/stream/transform.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/streams.hpp>
#include <coil/testing/test.hpp>

#include <stdexcept>
#include <vector>

using coil::testing::count_to;
using coil::testing::words;

COIL_TEST("adaptors: a stream that knows how many items are left says so") {
    const std::vector<int> five = {0, 1, 2, 3, 4};
    const auto same = [](int i) { return i; };
    auto all = five | coil::map(same) | coil::inspect(same) | coil::skip(1) |
               coil::take(3) | coil::enumerate() | coil::peekable();
    for (std::size_t left = 3; left > 0; --left) {
        CHECK(all.remaining() == left);
        (void)co_await all.peek();
        CHECK(all.remaining() == left);
        (void)co_await all.next();
    }
    CHECK(all.remaining() == 0);
    auto pairs = five | coil::chunk(2);
    CHECK(pairs.remaining() == 3);
    (void)co_await pairs.next();
    CHECK(pairs.remaining() == 2);
    const words two = {"a", "b"};
    CHECK(coil::zip(five, two).remaining() == 2);
    auto both = coil::chain(std::vector{1}, five);
    CHECK(both.remaining() == 6);
    for (std::size_t left = 6; left > 0; --left) {
        CHECK(both.remaining() == left);
        (void)co_await both.next();
    }
    CHECK(both.remaining() == 0);
    const auto is_any = [](int) { return true; };
    static_assert(!coil::sized_stream<decltype(five | coil::filter(is_any))>);
    static_assert(!coil::sized_stream<coil::generator<int>>);
    static_assert(!coil::sized_stream<coil::channel<int>>);
}

COIL_TEST("collect: makes room first for as many as there will be") {
    const std::vector<int> five = {0, 1, 2, 3, 4};
    const auto doubled = co_await (five | coil::map([](int i) { return 2 * i; }) |
                                   coil::collect<std::vector>());
    CHECK(doubled.size() == 5);
    CHECK(doubled.capacity() == 5);
}

#if COIL_EXCEPTIONS
using coil::testing::failing_after;

namespace {

/// What is read until the second end.
template <class S>
coil::local_task<words> read_all(S& all) {
    words log;
    for (int ends = 0; ends < 2;) {
        try {
            auto item = co_await all.next();
            const bool has_item = static_cast<bool>(item);
            log.push_back(has_item ? "item" : "end");
            if (!has_item) ++ends;
        } catch (const std::runtime_error& error) {
            log.push_back(error.what());
        }
    }
    co_return log;
}
struct check_items_then_error {
    int items;
    template <class S>
    coil::local_task<> operator()(S& all) const {
        const words log = co_await read_all(all);
        words expected(static_cast<std::size_t>(items), "item");
        for (const auto* last : {"source", "end", "end"}) expected.push_back(last);
        CHECK(log == expected);
    }
};
template <class S>
coil::local_task<> check_error_after(int items, S all) {
    co_await check_items_then_error{items}(all);
}

/// A consumer ends with the first error, and reads no more.
template <class Consumer>
coil::local_task<> check_first_error(Consumer consumer) {
    coil::channel<int, 4> queue;
    for (int i = 0; i < 4; ++i) (void)queue.try_send(int{i});
    queue.close();
    const auto fail_at_one = [](int i) {
        if (i == 1) throw std::runtime_error("function");
        return i;
    };
    auto ended = co_await coil::as_outcome(queue | coil::map(fail_at_one) | consumer);
    CHECK(ended.has_error());
    CHECK(queue.stats().size == 2);
}

}  // namespace

COIL_TEST("adaptors: an error of the source is what ends each of them") {
    const auto is_any = [](int) { return true; };
    const auto is_none = [](int) { return false; };
    const auto same = [](int i) { return i; };
    const auto wrap = [](int i) { return std::optional(i); };
    const auto list = [](int i) { return std::vector{i}; };
    co_await check_error_after(2, failing_after(2) | coil::map(same));
    co_await check_error_after(2, failing_after(2) | coil::filter(is_any));
    co_await check_error_after(2, failing_after(2) | coil::filter_map(wrap));
    co_await check_error_after(2, failing_after(2) | coil::inspect(same));
    co_await check_error_after(2, failing_after(2) | coil::scan(0, [](int&, int i) {
                                      return std::optional(i);
                                  }));
    co_await check_error_after(2, failing_after(2) | coil::enumerate());
    co_await check_error_after(2, failing_after(2) | coil::map(list) | coil::flatten());
    co_await check_error_after(1, failing_after(2) | coil::chunk(2));
    co_await check_error_after(1, failing_after(2) | coil::skip(1));
    co_await check_error_after(2, failing_after(2) | coil::skip_while(is_none));
    co_await check_error_after(2, failing_after(2) | coil::take(3));
    co_await check_error_after(2, failing_after(2) | coil::take_while(is_any));
    co_await check_error_after(2, failing_after(2) | coil::peekable());
    co_await check_error_after(2, coil::zip(failing_after(2), count_to(3)));
    co_await check_error_after(2, coil::chain(failing_after(2), count_to(0)));
}

COIL_TEST("adaptors: with those that go on between two items it is the same") {
    const auto same = [](int i) { return i; };
    const check_items_then_error two = {2};
    co_await coil::with(failing_after(2) | coil::take_until(coil::never()), two);
    co_await coil::with(failing_after(2) | coil::buffered(2, same), two);
    co_await coil::with(failing_after(2) | coil::buffered_unordered(2, same), two);
    co_await coil::with(coil::merge(failing_after(2)), two);
}

COIL_TEST("adaptors: what consumes a stream ends with the first error on its way") {
    const auto is_any = [](int) { return true; };
    const auto is_none = [](int) { return false; };
    co_await check_first_error(coil::for_each([](int) {}));
    co_await check_first_error(coil::collect<std::vector>());
    co_await check_first_error(coil::count());
    co_await check_first_error(coil::last());
    co_await check_first_error(
        coil::fold_left(0, [](int sum, int i) { return sum + i; }));
    co_await check_first_error(coil::any_of(is_none));
    co_await check_first_error(coil::all_of(is_any));
    co_await check_first_error(coil::find_if(is_none));
}
#endif
