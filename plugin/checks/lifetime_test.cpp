// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What futures refer to: temporaries, locals, and who keeps them.
// plugin: unawaited=off
#include <coil/core/core.hpp>
#include <coil/runtime/daemons.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/event.hpp>
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

coil::task<int> by_reference(const std::string& text);
coil::task<int> by_rvalue(std::string&& text);
coil::task<int> by_view(std::string_view text);
coil::task<int> by_span(std::span<const int> numbers);
coil::task<int> by_value(std::string text);
coil::task<int> by_pointer(const int* number);
coil::task<> work();
std::string make_text();
bool is_late();
void use(const auto&...) {}

// Temporaries.

coil::task<> awaited_at_once() {
    co_await by_reference("text");
    co_await by_rvalue(make_text());
    co_await by_view(make_text());
    co_await by_span(std::vector<int>{1, 2});
}
coil::task<> kept_reference() {
    auto t = by_reference(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> kept_converted() {
    auto t = by_reference("text");  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> kept_rvalue() {
    auto t = by_rvalue(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> kept_view() {
    auto t = by_view(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> kept_span() {
    auto t =
        by_span(std::vector<int>{1});  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> kept_part() {
    // expected-error@+1 {{'t' refers to a temporary}}
    auto t = by_view(std::vector<std::string>{"text"}[0]);
    co_await std::move(t);
}
coil::task<> kept_without_harm() {
    auto literal = by_view("text");
    auto value = by_value(make_text());
    const std::string text = make_text();
    auto local = by_reference(text);
    auto view = by_view(text);
    co_await coil::join(std::move(literal), std::move(value), std::move(local),
                        std::move(view));
}
coil::task<int> with_default(const std::string& text = "text");
coil::task<> kept_default() {
    co_await with_default();
    auto t = with_default();  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> by_function_pointer(coil::task<int> (*f)(const std::string&)) {
    auto t = f(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}

// Combinators.

coil::task<> joined_at_once() {
    co_await coil::join(by_reference(make_text()), by_view(make_text()));
    co_await coil::with_timeout(1s, by_reference(make_text()));
}
coil::task<> joined_later() {
    // expected-error@+1 {{'t' refers to a temporary}}
    auto t = coil::join(by_reference(make_text()), by_value(make_text()));
    co_await std::move(t);
}
coil::task<> timed_later() {
    // expected-error@+1 {{'t' refers to a temporary}}
    auto t = coil::with_timeout(1s, by_reference(make_text()));
    co_await std::move(t);
}
coil::task<> joined_without_harm() {
    auto t = coil::join(by_value(make_text()), work());
    co_await std::move(t);
}
coil::task<int> twice(coil::task<int> once);
coil::task<> combinators_of_ones_own() {
    co_await twice(by_reference(make_text()));
    auto t =
        twice(by_reference(make_text()));  // expected-error {{refers to a temporary}}
    co_await std::move(t);
}

// Functions that are no coroutines.

coil::task<int> forwards(const std::string& text) {
    return by_reference(text);
}
coil::task<int> copies(const std::string& text) {
    return by_value(text);
}
coil::task<int> forwards_one(const std::string& first, const std::string& second) {
    return is_late() ? by_value(first) : by_view(second);
}
coil::task<> through_a_function() {
    auto copied = copies(make_text());
    auto t = forwards(make_text());  // expected-error {{'t' refers to a temporary}}
    const std::string text = make_text();
    auto first = forwards_one(make_text(), text);
    auto second =
        forwards_one(text, make_text());  // expected-error {{'second' refers to}}
    co_await coil::join(std::move(copied), std::move(t), std::move(first),
                        std::move(second));
}
template <class View>
coil::task<int> forwards_view(View&& view) {
    return by_view(static_cast<View&&>(view));
}
struct points_to_itself {
    int number;
    auto run() { return forwards_pointer(&number); }
    template <class Pointer>
    static coil::task<int> forwards_pointer(Pointer&& pointer) {
        return by_pointer(pointer);
    }
};
coil::task<int> views_through_a_function() {
    const std::string text = make_text();
    auto t = forwards_view(std::string_view(text));
    auto of_temporary =
        forwards_view(std::string_view(make_text()));  // expected-error {{a temporary}}
    co_await std::move(of_temporary);
    co_return co_await std::move(t);
}
COIL_BORROWS_NOTHING coil::task<int> says_that_it_copies(const std::string& text);
coil::task<> marked() {
    auto t = says_that_it_copies(make_text());
    co_await std::move(t);
}

// Containers and assignments.

coil::task<> put_into_a_container() {
    std::vector<coil::task<int>> all;
    all.push_back(by_value(make_text()));
    all.push_back(by_reference(make_text()));  // expected-error {{'all' refers to a}}
    co_await std::move(all.front());
}
coil::task<> assigned() {
    auto t = by_value("text");
    t = by_reference(make_text());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}
coil::task<> emplaced() {
    std::optional<coil::task<int>> t;
    t.emplace(
        by_reference(make_text()));  // expected-error {{'t' refers to a temporary}}
    co_await *std::move(t);
}

coil::task<> initialized() {
    std::optional<coil::task<int>> t =
        by_reference(make_text());  // expected-error {{'t'}}
    std::vector<coil::task<int>> all;
    all.emplace_back(by_value(make_text()));
    co_await *std::move(t);
}
coil::task<> chosen() {
    auto t = is_late() ? by_view(make_text())  // expected-error {{'t' refers to a}}
                       : by_value(make_text());
    co_await std::move(t);
}
struct keeps_them {
    std::vector<coil::task<int>> all;
    void add(const std::string& text) {
        all.push_back(by_reference(text));
        all.push_back(
            by_reference(make_text()));  // expected-error {{'all' refers to a}}
        all.push_back([this]() -> coil::task<int> {  // expected-error {{this lambda}}
            co_await work();
            co_return static_cast<int>(all.size());
        }());
    }
};
coil::task<> by_std_function(
    const std::function<coil::task<int>(const std::string&)>& f) {
    co_await f(make_text());
    auto t =
        f(make_text());  // expected-error {{'t' refers to a temporary 'std::string'}}
    co_await std::move(t);
}
// A known gap: a member may hold it for a while only.
struct keeps_it_for_a_while {
    std::vector<coil::task<int>> all;
    void add() {
        const std::string text = make_text();
        all.push_back(by_reference(text));
    }
};

// Objects.

struct server {
    std::string name;
    coil::task<int> run();
    coil::task<int> run_by_name() { return by_value(name); }
    coil::task<int> run_by_reference() { return by_reference(name); }
    static coil::task<int> run_any();
};
server make_server();
coil::task<> of_a_temporary() {
    co_await make_server().run();
    auto t =
        make_server().run();  // expected-error {{'t' refers to a temporary 'server'}}
    co_await std::move(t);
}
coil::task<> of_a_temporary_by_functions() {
    auto name = make_server().run_by_name();
    auto any = make_server().run_any();
    auto t = make_server().run_by_reference();  // expected-error {{'t' refers to a}}
    co_await coil::join(std::move(name), std::move(any), std::move(t));
}
coil::task<> of_a_local() {
    server local;
    auto t = local.run();
    co_await std::move(t);
}
coil::generator<int> numbers();
coil::task<> of_a_generator() {
    auto all = numbers();
    auto first = all.next();
    co_await std::move(first);
    auto t = numbers().next();  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}

// Lambdas.

coil::task<> lambda_awaited_at_once(int number) {
    co_await [number]() -> coil::task<> {
        co_await work();
        use(number);
    }();
}
coil::task<> lambda_kept(int number) {
    // expected-error@+1 {{'t' refers to what this lambda captures}}
    auto t = [number]() -> coil::task<> {
        co_await work();
        use(number);
    }();
    co_await std::move(t);
}
coil::task<> lambda_without_captures(int number) {
    auto t = [](int given) -> coil::task<> {
        co_await work();
        use(given);
    }(number);
    co_await std::move(t);
}
coil::task<> lambda_put_into_a_vector(int number) {
    std::vector<coil::task<>> all;
    // expected-error@+1 {{'all' refers to what this lambda captures}}
    all.push_back([number]() -> coil::task<> {
        co_await work();
        use(number);
    }());
    all.push_back([](int given) -> coil::task<> {
        co_await work();
        use(given);
    }(number));
    for (auto& each : all) co_await std::move(each);
}
coil::task<> lambda_with_a_name(int number) {
    auto named = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    auto t = named();
    co_await std::move(t);
}
coil::task<> lambda_that_is_no_coroutine(int number) {
    auto t = [number] { return by_value(std::to_string(number)); }();
    co_await std::move(t);
}
coil::task<> lambda_kept_by_call_once(int number) {
    auto t = coil::call_once([number]() -> coil::task<> {
        co_await work();
        use(number);
    });
    co_await std::move(t);
}

// Returns.

coil::task<int> returns_reference_to_local() {
    std::string text = make_text();
    // expected-note@* 1+ {{or make this a coroutine that awaits it}}
    return by_reference(text);  // expected-error {{what is returned refers to 'text'}}
}
coil::task<int> returns_view_of_local() {
    std::string text = make_text();
    return by_view(text);  // expected-error {{what is returned refers to 'text'}}
}
coil::task<int> returns_address_of_local() {
    int number = 1;
    return by_pointer(&number);  // expected-error {{is returned refers to 'number'}}
}
coil::task<int> returns_reference_to_parameter(std::string text) {
    return by_reference(text);  // expected-error {{what is returned refers to 'text'}}
}
coil::task<int> returns_reference_to_temporary() {
    return by_reference(make_text());  // expected-error {{refers to a temporary}}
}
coil::task<int> returns_what_it_was_lent(const std::string& text, std::string_view view,
                                         const int* number) {
    if (is_late()) return by_view(view);
    return is_late() ? by_pointer(number) : by_reference(text);
}
coil::task<int> returns_by_value() {
    std::string text = make_text();
    return by_value(text);
}
coil::task<int> returns_a_variable() {
    std::string text = make_text();
    auto t = by_reference(text);
    return t;  // expected-error {{what is returned refers to 'text'}}
}
auto returns_a_combinator() {
    std::string text = make_text();
    // expected-error@+1 {{what is returned refers to 'text'}}
    return coil::with_timeout(1s, by_reference(text));
}
coil::task<int> returns_of_a_local_object() {
    server local;
    return local.run();  // expected-error {{what is returned refers to 'local'}}
}
coil::task<> returns_of_a_closure(int number) {
    auto named = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    return named();  // expected-error {{what is returned refers to 'named'}}
}
coil::task<coil::task<int>> gives_a_future() {
    std::string text = make_text();
    co_return by_reference(text);  // expected-error {{is returned refers to 'text'}}
}
coil::task<int> awaits_before_it_returns() {
    std::string text = make_text();
    co_return co_await by_reference(text);
}
