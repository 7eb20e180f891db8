// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is refused is wrong: without coil-check these run, and ASan reports each; see
// tests/sound. What is right about them is in lifetime_runs_test.cpp.
#include <coil/core/core.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <optional>
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
void look_at(std::string_view text) {
    CHECK(text == make_text());
}

coil::task<> by_reference(const std::string& text) {
    co_await coil::sleep(1ms);
    look_at(text);
}
coil::task<> by_view(std::string_view text) {
    co_await coil::sleep(1ms);
    look_at(text);
}
coil::task<> by_pointer(const int* number) {
    co_await coil::sleep(1ms);
    CHECK(*number == 1);
}
coil::task<> by_value(std::string text) {
    co_await coil::sleep(1ms);
    look_at(text);
}
template <class... T>
coil::task<> started(T... given) {
    co_await coil::sleep(1ms);
    (look_at(*given), ...);
}
template <class... T>
coil::task<> starts(T&&... given) {
    return started(static_cast<T&&>(given)...);
}

}  // namespace

COIL_TEST("twins: a reference to a temporary") {
    auto t = by_reference(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
COIL_TEST("twins: a view of a temporary") {
    auto t = by_view(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
COIL_TEST("twins: a part of a temporary") {
    // expected-error@+1 {{'t' refers to a temporary}}
    auto t = by_view(std::vector<std::string>{make_text()}[0]);
    co_await std::move(t);
}
COIL_TEST("twins: a combinator over a temporary") {
    // expected-error@+1 {{'t' refers to a temporary}}
    auto t = coil::join(by_reference(make_text()), by_value(make_text()));
    co_await std::move(t);
}
COIL_TEST("twins: futures of temporaries in a container") {
    std::vector<coil::task<>> all;
    all.push_back(by_reference(make_text()));  // expected-error {{'all' refers to a}}
    for (auto& each : all) co_await std::move(each);
}

namespace {

struct server {
    std::string name = make_text();
    coil::task<> run() {
        co_await coil::sleep(1ms);
        look_at(name);
    }
};

coil::task<> returns_reference_to_local() {
    std::string text = make_text();
    return by_reference(text);  // expected-error {{what is returned refers to 'text'}}
}
coil::task<> returns_reference_to_parameter(std::string text) {
    return by_reference(text);  // expected-error {{what is returned refers to 'text'}}
}
coil::task<> returns_of_a_local_object() {
    server local;
    return local.run();  // expected-error {{what is returned refers to 'local'}}
}
coil::task<> returns_what_a_pointer_points_to() {
    std::string text = make_text();
    return starts(&text);  // expected-error {{what is returned refers to 'text'}}
}
coil::task<coil::task<>> gives_a_future() {
    std::string text = make_text();
    co_return by_reference(text);  // expected-error {{is returned refers to 'text'}}
}

}  // namespace

COIL_TEST("twins: a member of a temporary") {
    auto t = server().run();  // expected-error {{'t' refers to a temporary 'server'}}
    co_await std::move(t);
}
COIL_TEST("twins: a local of the function that returns it") {
    co_await returns_reference_to_local();
}
COIL_TEST("twins: a parameter of the function that returns it") {
    auto t = returns_reference_to_parameter(make_text());
    co_await std::move(t);
}
COIL_TEST("twins: a local object of the function that returns it") {
    co_await returns_of_a_local_object();
}
COIL_TEST("twins: a pointer to a local of the function that returns it") {
    co_await returns_what_a_pointer_points_to();
}
COIL_TEST("twins: a local of the coroutine that gives it") {
    co_await co_await gives_a_future();
}

COIL_TEST("twins: a lambda that is gone") {
    const std::string text = make_text();
    // expected-error@+1 {{'t' refers to what this lambda captures}}
    auto t = [text]() -> coil::task<> {
        co_await coil::sleep(1ms);
        look_at(text);
    }();
    co_await std::move(t);
}

namespace {

coil::task<> child_of_its_own_locals(coil::group& g) {
    std::string text = make_text();
    g.spawn(by_reference(text));  // expected-error {{what is spawned refers to 'text'}}
    co_await coil::yield_now();
}
coil::task<> child_of_its_own_number(coil::group& g) {
    int number = 1;
    g.spawn(
        by_pointer(&number));  // expected-error {{what is spawned refers to 'number'}}
    co_await coil::yield_now();
}
coil::task<> children_of_its_own_range(coil::group& g) {
    std::vector<std::string> all(2, make_text());
    for (const auto& each : all)
        g.spawn(by_reference(each));  // expected-error {{spawned refers to 'all'}}
    co_await coil::yield_now();
}
coil::task<> child_of_a_lambda(coil::group& g) {
    auto named = [text = make_text()]() -> coil::task<> {
        co_await coil::sleep(1ms);
        look_at(text);
    };
    g.spawn(named());  // expected-error {{what is spawned refers to 'named'}}
    co_await coil::yield_now();
}

}  // namespace

COIL_TEST("twins: a child of a local") {
    co_await coil::with_group(
        [](coil::group& g) { g.spawn(child_of_its_own_locals(g)); });
}
COIL_TEST("twins: a child of a number") {
    co_await coil::with_group(
        [](coil::group& g) { g.spawn(child_of_its_own_number(g)); });
}
COIL_TEST("twins: children of a range") {
    co_await coil::with_group(
        [](coil::group& g) { g.spawn(children_of_its_own_range(g)); });
}
COIL_TEST("twins: a child of a lambda") {
    co_await coil::with_group([](coil::group& g) { g.spawn(child_of_a_lambda(g)); });
}
COIL_TEST("twins: a child of a local of the group's body") {
    co_await coil::with_group([](coil::group& g) -> coil::task<> {
        std::string inside = make_text();
        g.spawn(by_reference(inside));  // expected-error {{refers to 'inside'}}
        co_await coil::yield_now();
    });
}

COIL_TEST("twins: a block that has ended") {
    [[gsl::suppress("coil-unawaited")]] auto t = by_value(make_text());
    {
        std::string text = make_text();
        t = by_reference(text);
    }
    co_await std::move(
        t);  // expected-error {{refers to 'text', whose block has ended}}
}
COIL_TEST("twins: a lambda whose block has ended") {
    [[gsl::suppress("coil-unawaited")]] auto t = by_value(make_text());
    {
        auto named = [text = make_text()]() -> coil::task<> {
            co_await coil::sleep(1ms);
            look_at(text);
        };
        t = named();
    }
    co_await std::move(t);  // expected-error {{refers to 'named', whose block has}}
}
COIL_TEST("twins: a turn of a loop that has ended") {
    std::vector<coil::task<>> all;
    for (int i = 0; i < 2; ++i) {
        std::string text = make_text();
        all.push_back(by_reference(text));  // expected-error {{whose block has ended}}
    }
    for (auto& each : all) co_await std::move(each);
}
