// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: blocking=off
// expected-no-diagnostics
// What is accepted is right, as in sendable_runs_test.cpp: what a coroutine is given,
// and what strands share.
#include <coil/core/core.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/parallel/parallel_for_each.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <tests/sound/moved.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using moved::move_on;
using moved::number;
using namespace std::chrono_literals;

namespace {

std::string long_text() {
    return "a text that is too long to lie in the string itself";
}

// Parameters, objects, captures, results.

coil::task<std::string> by_value(std::string text) {
    co_await move_on();
    text += '.';
    co_return text;
}
coil::task<> by_reference(std::string& text) {
    co_await move_on();
    text += '.';
}
coil::task<> by_pointer(int* count) {
    co_await move_on();
    ++*count;
}
coil::task<std::unique_ptr<int>> gives_what_moves() {
    co_await move_on();
    co_return std::make_unique<int>(1);
}
template <class T>
coil::task<T> generic(T given) {
    T held = given;
    co_await move_on();
    co_return held;
}

coil::task<> parameters() {
    std::string text = co_await by_value(long_text());
    co_await by_reference(text);
    CHECK(text == long_text() + "..");
    int count = 0;
    co_await by_pointer(&count);
    count += *co_await gives_what_moves() + co_await generic(1);
    CHECK(count == 3);
}

struct canvas {
    std::string title = long_text();
    int width = 0;
    coil::task<> draw() {
        co_await move_on();
        ++width;
        co_await move_on();
        title += '!';
    }
};
coil::task<> of_an_object() {
    canvas drawn;
    co_await drawn.draw();
    CHECK(drawn.width == 1);
    CHECK(drawn.title.back() == '!');
}

coil::task<> captures() {
    std::string text = long_text();
    int count = 0;
    auto add = [&count, text]() -> coil::task<> {
        co_await move_on();
        count += static_cast<int>(text.size());
    };
    co_await add();
    auto once = coil::call_once([&text, more = long_text()]() -> coil::task<> {
        co_await move_on();
        text += more;
    });
    co_await std::move(once);
    CHECK(text.size() == 2 * static_cast<std::size_t>(count));
}

// A strand's own: its branches take turns.

coil::task<> add_one(int& count) {
    for (int i = 0; i < 3; ++i) {
        co_await move_on();
        ++count;
    }
}
coil::task<> branches_of_one_strand() {
    int count = 0;
    co_await coil::join(add_one(count), add_one(count), add_one(count));
    CHECK(count == 9);
    co_await coil::race(add_one(count), add_one(count));
    CHECK(co_await coil::with_timeout(1h, add_one(count)));
    CHECK(count >= 15);
}
coil::task<> unwound_elsewhere() {
    std::string text = long_text();
    auto wait = [&text]() -> coil::task<> {
        const std::string held = text;
        for (;;) co_await move_on();
    };
    CHECK_FALSE(co_await coil::with_timeout(100us, wait()));
}

coil::generator<std::string> words_of(std::string text) {
    for (int i = 0; i < 3; ++i) {
        co_await move_on();
        co_yield text + std::to_string(i);
    }
}
coil::task<> generators() {
    std::size_t length = 0;
    auto all = words_of(long_text());
    while (auto word = co_await all.next()) {
        length += word->size();
        co_await move_on();
    }
    auto size_of = [](const std::string& text) -> coil::task<std::size_t> {
        co_await move_on();
        co_return text.size();
    };
    auto sizes = co_await (words_of(long_text()) | coil::map(size_of) |
                           coil::collect<std::vector>());
    for (const std::size_t size : sizes) length -= size;
    CHECK(length == 0);
}

}  // namespace

TEST_CASE("sendable: what a strand's coroutines lend one another moves with it") {
    moved::run({parameters, of_an_object, captures, branches_of_one_strand,
                unwound_elsewhere, generators});
}

namespace {

// What strands share.

struct account {
    int add(int amount) {
        const std::lock_guard lock(mutex_);
        return balance_ += amount;
    }

private:
    std::mutex mutex_;
    int balance_ = 0;
};
coil::task<> deposit(account& to) {
    co_await move_on();
    to.add(1);
    co_await move_on();
    to.add(1);
}
coil::task<> guarded_members() {
    account shared;
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 4; ++i) g.spawn(deposit(shared));
    });
    CHECK(shared.add(0) == 8);
}

coil::task<> read(std::shared_ptr<const std::string> text, std::atomic<long>& length) {
    co_await move_on();
    length += static_cast<long>(text->size());
}
coil::task<> shared_by_a_pointer() {
    auto text = std::make_shared<const std::string>(long_text());
    std::atomic<long> length = 0;
    co_await coil::with_group([&, text](coil::group& g) {
        for (int i = 0; i < 4; ++i) g.spawn(read(text, length));
    });
    CHECK(length == 4 * static_cast<long>(text->size()));
}

struct ledger {
    coil::mutex in_use;
    std::map<int, std::string> pages;
};
coil::task<> write(ledger& to, int page) {
    auto guard = co_await to.in_use.lock();
    std::string& text = to.pages[page];
    co_await move_on();
    text += long_text();
}
coil::task<> held_across_an_await() {
    ledger shared;
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 6; ++i) g.spawn(write(shared, i % 2));
    });
    CHECK(shared.pages[0].size() == 3 * long_text().size());
}

using texts = coil::channel<std::unique_ptr<std::string>>;
coil::task<> send(texts& to) {
    for (int i = 0; i < 3; ++i) {
        auto text = std::make_unique<std::string>(long_text());
        co_await move_on();
        (void)co_await to.send(std::move(text));
    }
    to.close();
}
coil::task<> channels() {
    texts passed(2);
    int received = 0;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(send(passed));
        while (auto text = co_await passed.next()) {
            co_await move_on();
            received += (*text)->size() == long_text().size() ? 1 : 0;
        }
    });
    CHECK(received == 3);
}

coil::task<> publish(std::string& text, coil::event& is_there) {
    co_await move_on();
    text = long_text();
    is_there.set();
}
coil::task<> events() {
    std::string text;
    coil::event is_there;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(publish(text, is_there));
        co_await is_there.wait();
        co_await move_on();
        CHECK(text == long_text());
    });
}

coil::task<> answer(coil::oneshot<std::string>& to) {
    co_await move_on();
    CHECK(to.send(long_text()));
}
coil::task<> answers() {
    coil::oneshot<std::string> reply;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(answer(reply));
        const auto text = co_await reply.receive();
        co_await move_on();
        CHECK(text == long_text());
    });
}

coil::task<> results_of_children() {
    const auto length =
        co_await coil::with_group([](coil::group& g) -> coil::task<long> {
            auto child = coil::spawn_with_handle(g, by_value(long_text()));
            co_await move_on();
            const std::string text = co_await child.join();
            co_return static_cast<long>(text.size());
        });
    CHECK(length > 50);
}

coil::task<> elements() {
    std::vector<std::string> all(6, long_text());
    co_await coil::parallel_for_each(all, 1, [](std::string& each) { each += '.'; });
    co_await move_on();
    for (const std::string& each : all) CHECK(each.back() == '.');
}

coil::task<> on_the_pool() {
    std::string text = long_text();
    int count = 0;
    const auto length = co_await coil::blocking([&text, &count] {
        text += '.';
        ++count;
        return text.size();
    });
    co_await move_on();
    CHECK(length == text.size());
    CHECK(count == 1);
}

coil::task<> an_error_goes_along() {
    auto fail = []() -> coil::task<> {
        co_await move_on();
        throw std::runtime_error(long_text());
    };
    std::string said;
    try {
        co_await coil::with_group([&](coil::group& g) { g.spawn(fail()); });
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
    co_await move_on();
    CHECK(said == long_text());
}

}  // namespace

TEST_CASE("sendable: what strands share is made for that") {
    moved::run({guarded_members, shared_by_a_pointer, held_across_an_await, channels,
                events, answers, results_of_children, elements, on_the_pool,
                an_error_goes_along});
}
