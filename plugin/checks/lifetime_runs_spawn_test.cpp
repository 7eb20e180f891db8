// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expected-no-diagnostics
// What is accepted is right, as in lifetime_runs_test.cpp: what is spawned.
#include <coil/core/core.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/parallel/parallel_for_each.hpp>
#include <coil/runtime/current_thread.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// Too long to lie in the string itself, so it is gone when the string is.
std::string make_text() {
    return "a text that is too long to lie in the string itself";
}

coil::task<> by_reference(const std::string& text) {
    co_await coil::sleep(1ms);
    CHECK(text == make_text());
}
coil::task<> by_view(std::string_view text) {
    co_await coil::sleep(1ms);
    CHECK(text == make_text());
}
coil::task<> by_value(std::string text) {
    co_await coil::sleep(1ms);
    CHECK(text == make_text());
}

coil::task<> child_by_value(coil::group& g) {
    std::string text = make_text();
    g.spawn(by_value(text));
    g.spawn([](std::string given) -> coil::task<> {
        co_await coil::sleep(1ms);
        CHECK(given == make_text());
    }(text));
    g.spawn(coil::call_once([text]() -> coil::task<> {
        co_await coil::sleep(1ms);
        CHECK(text == make_text());
    }));
    co_await coil::yield_now();
}
coil::task<> children_of_what_was_lent(coil::group& g, std::vector<std::string>& all,
                                       const std::string& text) {
    g.spawn(by_reference(text));
    for (auto& each : all) g.spawn(by_reference(each));
    for (auto each : all) g.spawn(by_value(each));
    std::string_view view = text;
    g.spawn(by_view(view));
    const std::string& other = text;
    g.spawn(by_reference(other));
    co_await coil::yield_now();
}

}  // namespace

COIL_TEST("lifetime: children refer to what stands outside of their group") {
    std::string text = make_text();
    std::vector<std::string> all(3, text);
    const auto owned = std::make_unique<std::string>(text);
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(by_reference(text));
        g.spawn(by_view(*owned));
        g.spawn(child_by_value(g));
        co_await children_of_what_was_lent(g, all, text);
    });
    co_await coil::with_group([&text](coil::group& g) { g.spawn(by_reference(text)); });
    co_await coil::with_group([text](coil::group& g) { g.spawn(by_reference(text)); });
    co_await coil::with_group([copy = text](coil::group& g) -> coil::task<> {
        g.spawn(by_reference(copy));
        co_await coil::yield_now();
    });
}

COIL_TEST("lifetime: a group inside of another ends before it does") {
    std::string text = make_text();
    co_await coil::with_group([&](coil::group& outer) -> coil::task<> {
        outer.spawn(by_reference(text));
        std::string inside = make_text();
        co_await coil::with_group([&](coil::group& inner) {
            inner.spawn(by_reference(inside));
            inner.spawn(by_reference(text));
        });
    });
}

COIL_TEST("lifetime: an error ends the children before what they refer to") {
    std::string said;
    try {
        std::string text = make_text();
        co_await coil::with_group([&](coil::group& g) -> coil::task<> {
            g.spawn(by_reference(text));
            co_await coil::yield_now();
            throw std::runtime_error(text);
        });
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
    CHECK(said == make_text());
}

namespace {

struct server {
    std::string name = make_text();
    coil::task<> serve(coil::group& g) {
        g.spawn(by_reference(name));
        g.spawn(run());
        co_await coil::yield_now();
    }
    coil::task<> run() {
        co_await coil::sleep(1ms);
        CHECK(name == make_text());
    }
};

}  // namespace

COIL_TEST("lifetime: children of an object that stands outside") {
    server local;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(local.run());
        auto* pointer = &local;
        g.spawn(pointer->run());
        co_await local.serve(g);
    });
}

namespace {

coil::task<std::size_t> size_of(const std::string& text) {
    co_await coil::sleep(1ms);
    co_return text.size();
}

}  // namespace

COIL_TEST("lifetime: children with handles, and in sets") {
    const std::string text = make_text();
    const auto size =
        co_await coil::with_group([&](coil::group& g) -> coil::task<std::size_t> {
            auto child = coil::spawn_with_handle(g, size_of(text));
            coil::join_set<std::size_t> others(g);
            for (int i = 0; i < 3; ++i) others.spawn(size_of(text));
            std::size_t sum = co_await child.join();
            while (auto each = co_await others.next()) sum += *each;
            co_return sum;
        });
    CHECK(size == 4 * text.size());
}

COIL_TEST("lifetime: what goes over elements ends before they do") {
    std::vector<std::string> all(5, make_text());
    co_await coil::parallel_for_each(
        all, 1, [](const std::string& each) { return by_reference(each); });
}

namespace {

coil::task<> read_all(coil::channel<std::string_view>& from, std::size_t& length) {
    while (auto text = co_await from.next()) {
        co_await coil::yield_now();
        length += *text == make_text() ? text->size() : 0;
    }
}

}  // namespace

COIL_TEST("lifetime: views in a channel of what stands outside") {
    const std::string text = make_text();
    std::size_t length = 0;
    coil::channel<std::string_view> passed(2);
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(read_all(passed, length));
        for (int i = 0; i < 3; ++i) (void)co_await passed.send(text);
        passed.close();
    });
    CHECK(length == 3 * text.size());
}

TEST_CASE("lifetime: daemons refer to what stands before their runtime") {
    const std::string before = make_text();
    coil::current_thread_runtime runtime;
    runtime.daemons().spawn("before", by_reference(before));
    auto work = [](std::string text) -> coil::task<> {
        coil::spawn_daemon("value", by_value(text));
        co_await coil::sleep(2ms);
    };
    CHECK(runtime.run(work(make_text())).has_value());
}
