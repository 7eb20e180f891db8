// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expected-no-diagnostics
// What is accepted is right: these run under ASan, see tests/sound. What is wrong with
// their twins in lifetime_twins_test.cpp is seen there.
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
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
bool is_whole(std::string_view text) {
    return text == make_text();
}

coil::task<bool> by_reference(const std::string& text) {
    co_await coil::yield_now();
    co_return is_whole(text);
}
coil::task<bool> by_rvalue(std::string&& text) {
    co_await coil::yield_now();
    co_return is_whole(text);
}
coil::task<bool> by_view(std::string_view text) {
    co_await coil::yield_now();
    co_return is_whole(text);
}
coil::task<bool> by_span(std::span<const int> numbers) {
    co_await coil::yield_now();
    co_return numbers.front() == numbers.back();
}
coil::task<bool> by_value(std::string text) {
    co_await coil::yield_now();
    co_return is_whole(text);
}
coil::task<bool> by_pointer(const int* number) {
    co_await coil::yield_now();
    co_return *number == 1;
}
coil::task<bool> with_default(const std::string& text = make_text()) {
    co_await coil::yield_now();
    co_return is_whole(text);
}

}  // namespace

COIL_TEST("lifetime: a temporary lives until the await of its statement has ended") {
    CHECK(co_await by_reference(make_text()));
    CHECK(co_await by_rvalue(make_text()));
    CHECK(co_await by_view(make_text()));
    CHECK(co_await by_span(std::vector<int>{1, 2, 1}));
    CHECK(co_await with_default());
    CHECK(co_await by_view(std::vector<std::string>{make_text()}[0]));
    coil::task<bool> (*const f)(const std::string&) = by_reference;
    CHECK(co_await f(make_text()));
    const std::function<coil::task<bool>(const std::string&)> function = by_reference;
    CHECK(co_await function(make_text()));
}

COIL_TEST("lifetime: a future that is kept refers to what stays") {
    auto literal = by_view("a text that is no temporary");
    auto value = by_value(make_text());
    const std::string text = make_text();
    auto local = by_reference(text);
    auto view = by_view(text);
    const int number = 1;
    auto pointer = by_pointer(&number);
    CHECK_FALSE(co_await std::move(literal));
    const auto [first, second, third, fourth] = co_await coil::join(
        std::move(value), std::move(local), std::move(view), std::move(pointer));
    CHECK((first && second && third && fourth));
}

namespace {

coil::task<bool> awaits_given(coil::task<bool> once) {
    co_await coil::yield_now();
    co_return co_await std::move(once);
}

}  // namespace

COIL_TEST("lifetime: combinators keep what they take over") {
    const auto [first, second] =
        co_await coil::join(by_reference(make_text()), by_view(make_text()));
    CHECK((first && second));
    CHECK(co_await coil::with_timeout(1s, by_reference(make_text())) == true);
    CHECK(co_await awaits_given(by_reference(make_text())));
    auto joined = coil::join(by_value(make_text()), by_value(make_text()));
    const auto [third, fourth] = co_await std::move(joined);
    CHECK((third && fourth));
    const std::string text = make_text();
    auto timed = coil::with_timeout(1s, awaits_given(by_reference(text)));
    CHECK(co_await std::move(timed) == true);
    auto raced = coil::race(by_view(text), by_reference(text));
    CHECK((co_await std::move(raced)).value());
}

namespace {

coil::task<bool> forwards(const std::string& text) {
    return by_reference(text);
}
coil::task<bool> copies(const std::string& text) {
    return by_value(text);
}
coil::task<bool> forwards_one(const std::string& first, const std::string& second) {
    return first.empty() ? by_value(first) : by_view(second);
}
coil::task<bool> returns_by_value() {
    std::string text = make_text();
    return by_value(text);
}
coil::task<bool> returns_what_it_was_lent(std::string_view view, const int* number) {
    if (view.empty()) return by_pointer(number);
    return by_view(view);
}
coil::task<bool> awaits_before_it_returns() {
    std::string text = make_text();
    co_return co_await by_reference(text);
}
coil::task<coil::task<bool>> gives_a_future() {
    std::string text = make_text();
    co_await coil::yield_now();
    co_return by_value(std::move(text));
}
COIL_BORROWS_NOTHING coil::task<bool> says_that_it_copies(const std::string& text) {
    return by_value(text);
}

}  // namespace

COIL_TEST("lifetime: functions that are no coroutines give what their callers lent") {
    auto copied = copies(make_text());
    CHECK(co_await forwards(make_text()));
    const std::string text = make_text();
    auto first = forwards_one(make_text(), text);
    CHECK(co_await std::move(copied));
    CHECK(co_await std::move(first));
    auto value = returns_by_value();
    auto lent = returns_what_it_was_lent(text, nullptr);
    auto marked = says_that_it_copies(make_text());
    CHECK(co_await std::move(value));
    CHECK(co_await std::move(lent));
    CHECK(co_await std::move(marked));
    CHECK(co_await awaits_before_it_returns());
    auto future = co_await gives_a_future();
    CHECK(co_await std::move(future));
}

namespace {

struct keeps_them {
    std::vector<coil::task<bool>> all;
    void add(const std::string& text) { all.push_back(by_reference(text)); }
};

}  // namespace

COIL_TEST("lifetime: containers of futures end before what those refer to") {
    const std::string text = make_text();
    std::vector<coil::task<bool>> all;
    all.push_back(by_value(make_text()));
    for (int i = 0; i < 3; ++i) all.push_back(by_reference(text));
    all.emplace_back(by_view(text));
    for (auto& each : all) CHECK(co_await std::move(each));
    std::optional<coil::task<bool>> maybe;
    maybe.emplace(by_view(text));
    CHECK(co_await *std::move(maybe));
    auto chosen = text.empty() ? by_value(make_text()) : by_reference(text);
    CHECK(co_await std::move(chosen));
    keeps_them kept;
    kept.add(text);
    CHECK(co_await std::move(kept.all.front()));
}

namespace {

struct server {
    std::string name = make_text();
    coil::task<bool> run() {
        co_await coil::yield_now();
        co_return is_whole(name);
    }
    coil::task<bool> run_by_name() { return by_value(name); }
    coil::task<bool> run_by_reference() { return by_reference(name); }
    static coil::task<bool> run_any() { return by_value(make_text()); }
};
server make_server() {
    return {};
}

}  // namespace

COIL_TEST("lifetime: objects outlive the futures of their members") {
    CHECK(co_await make_server().run());
    CHECK(co_await make_server().run_by_reference());
    server local;
    auto of_a_local = local.run();
    auto by_name = make_server().run_by_name();
    auto any = make_server().run_any();
    CHECK(co_await std::move(of_a_local));
    CHECK(co_await std::move(by_name));
    CHECK(co_await std::move(any));
    const auto owned = std::make_unique<server>();
    auto of_what_is_owned = owned->run_by_reference();
    CHECK(co_await std::move(of_what_is_owned));
}

COIL_TEST("lifetime: lambdas outlive the futures of their calls") {
    const std::string text = make_text();
    CHECK(co_await [text]() -> coil::task<bool> {
        co_await coil::yield_now();
        co_return is_whole(text);
    }());
    auto without = [](std::string given) -> coil::task<bool> {
        co_await coil::yield_now();
        co_return is_whole(given);
    }(text);
    CHECK(co_await std::move(without));
    auto named = [text]() -> coil::task<bool> {
        co_await coil::yield_now();
        co_return is_whole(text);
    };
    auto of_named = named();
    CHECK(co_await std::move(of_named));
    auto no_coroutine = [text] { return by_value(text); }();
    CHECK(co_await std::move(no_coroutine));
    auto once = coil::call_once([text = make_text()]() -> coil::task<bool> {
        co_await coil::yield_now();
        co_return is_whole(text);
    });
    CHECK(co_await std::move(once));
}

namespace {

coil::generator<char> letters_of(const std::string& text) {
    for (const char letter : text) {
        co_await coil::yield_now();
        co_yield letter;
    }
}
coil::generator<std::string> texts(int count) {
    for (int i = 0; i < count; ++i) co_yield make_text();
}

}  // namespace

COIL_TEST("lifetime: generators go over what is there as long as they are") {
    const std::string text = make_text();
    std::string read;
    auto letters = letters_of(text);
    auto first = letters.next();
    read += *co_await std::move(first);
    while (auto letter = co_await letters.next()) read += *letter;
    CHECK(is_whole(read));
    const auto same = co_await (texts(3) | coil::map([&](const std::string& each) {
                                    return by_reference(each);
                                }) |
                                coil::collect<std::vector>());
    CHECK(same == std::vector<bool>{true, true, true});
    auto all = texts(2) | coil::map([text](std::string each) { return each == text; });
    CHECK(*co_await all.next());
}

COIL_TEST("lifetime: a future is used before the block of what it refers to ends") {
    [[gsl::suppress("coil-unawaited")]] auto t = by_value(make_text());
    {
        std::string text = make_text();
        t = by_reference(text);
        CHECK(co_await std::move(t));
    }
    t = by_value(make_text());
    CHECK(co_await std::move(t));
    {
        auto named = [text = make_text()]() -> coil::task<bool> {
            co_await coil::yield_now();
            co_return is_whole(text);
        };
        t = named();
        CHECK(co_await std::move(t));
    }
    {
        std::string text = make_text();
        t = by_reference(text);
    }
    t = by_value(make_text());
    CHECK(co_await std::move(t));
    std::optional<coil::task<bool>> maybe;
    if (!make_text().empty()) {
        std::string text = make_text();
        maybe.emplace(by_reference(text));
        CHECK(co_await *std::move(maybe));
        maybe.reset();
    }
    if (maybe) CHECK(co_await *std::move(maybe));
}

namespace {

template <class... T>
coil::task<bool> started(T... given) {
    co_await coil::yield_now();
    co_return (is_whole(*given) && ...);
}
/// As others write what starts an operation.
template <class... T>
coil::task<bool> starts(T&&... given) {
    return started(static_cast<T&&>(given)...);
}
struct starts_with_itself {
    std::string text = make_text();
    coil::task<bool> start() { return starts(&text); }
    coil::task<bool> start_later() {
        auto* pointer = &text;
        return starts(pointer);
    }
};

}  // namespace

COIL_TEST("lifetime: a pointer that is handed on by reference is not referred to") {
    starts_with_itself starter;
    auto one = starter.start();
    auto other = starter.start_later();
    CHECK(co_await std::move(one));
    CHECK(co_await std::move(other));
}
