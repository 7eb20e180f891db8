// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures: what they refer to when they are returned, and what they use up.
// plugin: unawaited=off
#include <coil/core/core.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

coil::task<> work();
coil::task<int> count(const std::string& text);
coil::task<> consume(std::string text);
void take(std::string&& text);
std::string make_text();
coil::generator<int> numbers();
bool is_late();
void use(const auto&...) {}

// Returned.

auto by_name() {
    int number = 1;
    auto f = [&number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    return f;  // expected-error {{the lambda that is returned refers to 'number'}}
}
auto by_name_and_value() {
    int number = 1;
    auto f = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    return f;
}
auto with_a_view() {
    std::string text = make_text();
    std::string_view view = text;
    auto f = [view]() -> coil::task<> {
        co_await work();
        use(view);
    };
    return f;  // expected-error {{the lambda that is returned refers to 'text'}}
}
auto of_what_is_lent(const std::string& text) {
    auto f = [&text]() -> coil::task<> {
        co_await work();
        use(text);
    };
    return f;
}
auto of_a_parameter(std::string text) {
    auto f = [&]() -> coil::task<int> { co_return co_await count(text); };
    return f;  // expected-error {{the lambda that is returned refers to 'text'}}
}
auto of_one_that_is_no_coroutine(std::string text) {
    auto f = [&] { return count(text); };
    return f;  // expected-error {{the lambda that is returned refers to 'text'}}
}
auto of_a_static() {
    static std::string text = make_text();
    auto f = [&]() -> coil::task<int> { co_return co_await count(text); };
    return f;
}
auto of_another_closure() {
    int number = 1;
    const auto inner = [&number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    auto f = [inner]() -> coil::task<> { co_await inner(); };
    return f;  // expected-error {{the lambda that is returned refers to 'number'}}
}
std::function<coil::task<>()> as_a_function() {
    int number = 1;
    auto f = [&number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    return f;  // expected-error {{the lambda that is returned refers to 'number'}}
}
std::function<coil::task<>()> as_a_function_by_name() {
    int number = 1;
    std::function<coil::task<>()> f = [&number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    return f;  // expected-error {{the lambda that is returned refers to 'number'}}
}
std::function<coil::task<>()> as_a_function_by_value(int number) {
    std::function<coil::task<>()> f = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    return f;
}
struct handlers {
    std::function<coil::task<int>()> on_text;
    int priority = 0;
};
handlers in_a_struct(std::string text) {
    auto f = [&text]() -> coil::task<int> { co_return co_await count(text); };
    return {f, 1};  // expected-error {{the lambda that is returned refers to 'text'}}
}
handlers in_a_struct_by_name(std::string text) {
    auto f = [&text]() -> coil::task<int> { co_return co_await count(text); };
    handlers all{.on_text = f};
    return all;  // expected-error {{the lambda that is returned refers to 'text'}}
}
handlers in_a_struct_by_value(std::string text) {
    auto f = [text]() -> coil::task<int> { co_return co_await count(text); };
    handlers all{.on_text = f};
    return all;
}
struct counter {
    int all = 0;
    auto counts() {
        auto f = [this]() -> coil::task<> {
            co_await work();
            ++all;
        };
        return f;
    }
};
auto generic() {
    int number = 1;
    auto f = [&number](auto more) -> coil::task<> {
        co_await work();
        use(number, more);
    };
    return f;  // expected-error {{the lambda that is returned refers to 'number'}}
}
// Not coil's: it gives no future.
auto plain() {
    int number = 1;
    auto f = [&number] { return number; };
    return f;
}

// Used up.

coil::task<> for_each_item() {
    // expected-error@+1 {{'for_each' calls this lambda for each item}}
    co_await (numbers() | coil::for_each([text = make_text()](int) mutable {
                  take(std::move(text));
              }));
    co_await (numbers() | coil::for_each([text = make_text()](int) { use(text); }));
    co_await (numbers() | coil::for_each([text = make_text()](int) mutable {
                  std::string copy = text;
                  take(std::move(copy));
              }));
}
coil::task<> for_each_item_in_a_coroutine() {
    // expected-error@+2 {{'for_each' calls this lambda for each item}}
    co_await (numbers() |
              coil::for_each([text = make_text()](int) mutable -> coil::task<> {
                  co_await consume(std::move(text));
              }));
}
coil::task<> mapped_and_filtered() {
    // expected-error@+1 {{'map' calls this lambda for each item}}
    auto mapped = numbers() | coil::map([text = make_text()](int) mutable {
                      return std::string(std::move(text));
                  });
    // expected-error@+1 {{'filter' calls this lambda for each item}}
    auto filtered = numbers() | coil::filter([text = make_text()](int) mutable {
                        take(std::move(text));
                        return true;
                    });
    while (co_await mapped.next()) {}
    while (co_await filtered.next()) {}
}
void by_an_algorithm(const std::vector<int>& all) {
    auto f = [text = make_text()](int) mutable { take(std::move(text)); };
    // expected-error@+1 {{'for_each' calls this lambda for each item}}
    std::for_each(all.begin(), all.end(), f);
}
coil::task<> given_back_each_time() {
    co_await (numbers() | coil::for_each([text = make_text()](int) mutable {
                  take(std::move(text));
                  text = make_text();
              }));
    co_await (numbers() | coil::for_each([text = make_text()](int at) mutable {
                  if (at == 0) take(std::move(text));
              }));
    co_await (numbers() | coil::for_each([text = make_text(), n = 1](int) mutable {
                  if (n-- != 1) return;
                  take(std::move(text));
              }));
}
coil::task<> called_twice() {
    auto once = [text = make_text()]() mutable -> coil::task<> {
        co_await consume(std::move(text));
    };
    co_await once();
    co_await once();  // expected-error {{this calls the lambda again, which has used}}
}
coil::task<> called_in_a_loop() {
    auto once = [text = make_text()]() mutable { return consume(std::move(text)); };
    for (int i = 0; i < 3; ++i)
        co_await once();  // expected-error {{this calls the lambda again}}
}
coil::task<> called_once() {
    auto once = [text = make_text()]() mutable -> coil::task<> {
        co_await consume(std::move(text));
    };
    auto other = [text = make_text()]() mutable -> coil::task<> {
        co_await consume(std::move(text));
    };
    if (is_late()) {
        co_await once();
    } else {
        co_await once();
    }
    for (;;) {
        co_await other();
        break;
    }
    for (int i = 0; i < 3; ++i) {
        auto each = [text = make_text()]() mutable { take(std::move(text)); };
        each();
    }
}
coil::task<> lends_only() {
    auto reads = [text = make_text()]() mutable -> coil::task<int> {
        co_return co_await count(std::move(text));
    };
    use(co_await reads(), co_await reads());
}

void silenced() {
    auto once = [text = make_text()]() mutable { take(std::move(text)); };
    once();
    [[gsl::suppress("coil-lifetime")]] once();
}
