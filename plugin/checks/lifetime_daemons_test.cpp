// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Daemons outlive who calls the function that spawns them.
// plugin: unawaited=off
#include <coil/core/core.hpp>
#include <coil/runtime/daemons.hpp>

#include <span>
#include <string>
#include <string_view>

coil::task<> by_reference(const std::string& text);
coil::task<> by_view(std::string_view text);
coil::task<> by_span(std::span<const int> numbers);
coil::task<> by_value(std::string text);
coil::task<> changes(std::string& text);
coil::task<> helps(coil::group& lent);
coil::task<> work();
void use(const auto&...) {}

coil::task<> of_a_reference(const std::string& text) {
    // expected-error@+1 {{this daemon refers to 'text', which a caller has only lent}}
    coil::spawn_daemon("log", by_reference(text));
    coil::spawn_daemon("log", by_value(text));
    co_await work();
}
coil::task<> of_a_view(std::string_view text) {
    // expected-error@+1 {{this daemon refers to 'text', which a caller has only lent}}
    coil::spawn_daemon("log", by_view(text));
    coil::spawn_daemon("log", by_value(std::string(text)));
    co_await work();
}
coil::task<> of_a_span(std::span<const int> numbers) {
    // expected-error@+1 {{this daemon refers to 'numbers'}}
    coil::spawn_daemon("log", by_span(numbers));
    co_await work();
}
void of_a_part(const std::pair<std::string, int>& both) {
    // expected-error@+1 {{this daemon refers to 'both'}}
    coil::spawn_daemon("log", by_reference(both.first));
}
coil::task<> of_a_closure(const std::string& text) {
    // expected-error@+1 {{this daemon refers to 'text'}}
    coil::spawn_daemon("log", coil::call_once([&text]() -> coil::task<> {
                           co_await work();
                           use(text);
                       }));
    coil::spawn_daemon("log", coil::call_once([text]() -> coil::task<> {
                           co_await work();
                           use(text);
                       }));
    co_await work();
}
coil::task<> of_a_group() {
    co_await coil::with_group([](coil::group& g) {
        // expected-error@+1 {{this daemon refers to 'g'}}
        coil::spawn_daemon("log", helps(g));
        g.spawn(helps(g));
    });
}
coil::task<> named_by_a_parameter(std::string_view name, const std::string& other) {
    coil::spawn_daemon(name, work());
    coil::spawn_daemon(other, work());
    const std::string own = "log";
    coil::spawn_daemon(own, work());
    co_await work();
}

// Trusted: what is lent to be changed, and what a group or a runtime was given with.

coil::task<> of_what_it_changes(std::string& text) {
    coil::spawn_daemon("log", changes(text));
    co_await work();
}
void of_a_runtime(coil::daemons& all, const std::string& text) {
    all.spawn("log", by_reference(text));
}
coil::task<> of_a_group_of_the_caller(coil::group& g, const std::string& text) {
    g.spawn(by_reference(text));
    co_await work();
}
struct server {
    std::string name;
    coil::task<> serve();
    void start() { coil::spawn_daemon("server", serve()); }
};
