// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is spawned, or kept in a variable that lives longer.
// plugin: unawaited=off
#include <coil/core/core.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/runtime/daemons.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

coil::task<> by_reference(const std::string& text);
coil::task<> by_view(std::string_view text);
coil::task<> by_value(std::string text);
coil::task<> by_pointer(const int* number);
coil::task<> work();
std::string make_text();
bool is_late();
void use(const auto&...) {}

// Children and daemons.

coil::task<> child_of_its_own_locals(coil::group& g) {
    std::string text = make_text();
    int number = 1;
    g.spawn(by_value(text));
    g.spawn(by_reference(text));  // expected-error {{what is spawned refers to 'text'}}
    g.spawn(by_view(text));       // expected-error {{what is spawned refers to 'text'}}
    g.spawn(
        by_pointer(&number));  // expected-error {{what is spawned refers to 'number'}}
    g.spawn(by_reference(make_text()));  // expected-error {{refers to a temporary}}
    co_await work();
}
coil::task<> child_of_what_was_lent(coil::group& g, const std::string& text) {
    g.spawn(by_reference(text));
    co_await work();
}
coil::task<> child_of_a_parameter(coil::group& g, std::string text) {
    g.spawn(by_reference(text));  // expected-error {{what is spawned refers to 'text'}}
    co_await work();
}
coil::task<> child_of_a_variable(coil::group& g) {
    std::string text = make_text();
    auto t = by_reference(text);
    g.spawn(std::move(t));  // expected-error {{what is spawned refers to 'text'}}
    co_await work();
}
coil::task<> child_of_a_view(coil::group& g) {
    std::string text = make_text();
    std::string_view view = text;
    g.spawn(by_view(view));  // expected-error {{what is spawned refers to 'text'}}
    co_await work();
}
coil::task<> child_of_a_reference(coil::group& g, std::string& lent) {
    std::string text = make_text();
    std::string& local = text;
    std::string& other = lent;
    g.spawn(by_reference(other));
    g.spawn(
        by_reference(local));  // expected-error {{what is spawned refers to 'text'}}
    co_await work();
}
coil::task<> children_of_a_range(coil::group& g, std::vector<std::string>& lent) {
    std::vector<std::string> local;
    const std::string array[2];
    for (auto& each : lent) g.spawn(by_reference(each));
    for (const auto& each : local)
        g.spawn(by_reference(each));  // expected-error {{spawned refers to 'local'}}
    for (const auto& each : array)
        g.spawn(by_reference(each));  // expected-error {{spawned refers to 'array'}}
    for (const auto& each : local) g.spawn(by_value(each));
    for (auto each : lent)
        g.spawn(by_reference(each));  // expected-error {{spawned refers to 'each'}}
    co_await work();
}
std::vector<std::string> make_texts();
coil::task<> children_of_a_range_that_ends(coil::group& g) {
    for (const auto& each : make_texts())
        g.spawn(by_reference(each));  // expected-error {{what this loop goes over}}
    for (const auto& each : make_texts()) g.spawn(by_value(each));
    const auto greet = [&](std::string text) {
        g.spawn(by_reference(text));  // expected-error {{spawned refers to 'text'}}
    };
    greet("text");
    co_await work();
}
coil::task<> futures_of_a_range_that_ends() {
    std::vector<coil::task<>> all;
    for (const auto& each : make_texts()) all.push_back(by_reference(each));
    for (auto& each : all)  // expected-error {{refers to what this loop goes over}}
        co_await std::move(each);
}
coil::task<> children_of_what_is_owned(coil::group& g,
                                       std::shared_ptr<std::string> shared) {
    auto owned = std::make_unique<std::string>("text");
    g.spawn(by_reference(*owned));   // expected-error {{spawned refers to 'owned'}}
    g.spawn(by_view(*owned));        // expected-error {{spawned refers to 'owned'}}
    g.spawn(by_reference(*shared));  // expected-error {{spawned refers to 'shared'}}
    auto [first, second] = std::pair<std::string, int>("text", 1);
    g.spawn(by_reference(first));  // expected-error {{refers to what is bound here}}
    co_await work();
}
coil::task<> child_with_a_handle(coil::group& g) {
    std::string text = make_text();
    // expected-error@+1 {{what is spawned refers to 'text'}}
    auto child = coil::spawn_with_handle(g, by_reference(text));
    co_await work();
}
coil::task<> daemon_of_a_local() {
    std::string text = make_text();
    coil::spawn_daemon("value", by_value(text));
    // expected-error@+1 {{what is spawned refers to 'text'}}
    coil::spawn_daemon("reference", by_reference(text));
    co_await work();
}
coil::task<> children_of_what_stands_outside() {
    std::string text = make_text();
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(by_reference(text));
        std::string inside = make_text();
        g.spawn(by_reference(inside));  // expected-error {{refers to 'inside'}}
        co_await work();
    });
    co_await coil::with_group([&text](coil::group& g) { g.spawn(by_reference(text)); });
    co_await coil::with_group([text](coil::group& g) { g.spawn(by_reference(text)); });
}
struct server {
    std::string name;
    coil::task<> serve(coil::group& g) {
        g.spawn(by_reference(name));
        g.spawn(run());
        co_await work();
    }
    coil::task<> run();
};
coil::task<> child_of_a_local_object(coil::group& g) {
    server local;
    // expected-note@* 1+ {{or spawn a coroutine that owns it}}
    g.spawn(local.run());  // expected-error {{what is spawned refers to 'local'}}
    co_await work();
}
coil::task<> child_of_a_pointer(coil::group& g, server* given) {
    g.spawn(given->run());
    auto owned = std::make_unique<server>();
    g.spawn(owned->run());  // expected-error {{what is spawned refers to 'owned'}}
    server local;
    auto* pointer = &local;
    g.spawn(pointer->run());  // expected-error {{what is spawned refers to 'local'}}
    co_await work();
}
coil::task<> children_of_lambdas(coil::group& g, int number) {
    auto named = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    g.spawn(named());  // expected-error {{what is spawned refers to 'named'}}
    // expected-error@+1 {{what is spawned refers to what this lambda captures}}
    g.spawn([number]() -> coil::task<> {
        co_await work();
        use(number);
    }());
    g.spawn([](int given) -> coil::task<> {
        co_await work();
        use(given);
    }(number));
    g.spawn(coil::call_once([number]() -> coil::task<> {
        co_await work();
        use(number);
    }));
    // expected-error@+1 {{what is spawned refers to 'number'}}
    g.spawn(coil::call_once([&number]() -> coil::task<> {
        co_await work();
        use(number);
    }));
    co_await work();
}
struct captures_this {
    int number = 0;
    coil::task<> go(coil::group& g) {
        // expected-error@+1 {{what is spawned refers to what this lambda captures}}
        g.spawn([this]() -> coil::task<> {
            co_await work();
            use(number);
        }());
        co_await work();
    }
};

struct runtime_of_daemons {
    ~runtime_of_daemons();
    coil::daemons& daemons();
};
void daemon_of_what_stands_before_its_runtime() {
    std::string before = make_text();
    runtime_of_daemons runtime;
    runtime.daemons().spawn("before", by_reference(before));
    std::string after = make_text();
    // expected-error@+1 {{what is spawned refers to 'after'}}
    runtime.daemons().spawn("after", by_reference(after));
}

// Blocks: what a future refers to ends before the future is used.

coil::task<> refers_into_a_block() {
    auto t = by_value("text");
    {
        std::string text = make_text();
        t = by_reference(text);
    }
    co_await std::move(
        t);  // expected-error {{refers to 'text', whose block has ended}}
}
coil::task<> of_a_closure_in_a_block(int number) {
    auto t = by_value("text");
    {
        auto named = [number]() -> coil::task<> {
            co_await work();
            use(number);
        };
        t = named();
    }
    co_await std::move(t);  // expected-error {{refers to 'named', whose block has}}
}
coil::task<> of_a_closure_used_in_its_block(int number) {
    auto t = by_value("text");
    {
        auto named = [number]() -> coil::task<> {
            co_await work();
            use(number);
        };
        t = named();
        co_await std::move(t);
    }
}
coil::task<> used_in_the_block() {
    auto t = by_value("text");
    {
        std::string text = make_text();
        t = by_reference(text);
        co_await std::move(t);
    }
    t = by_value("text");
    co_await std::move(t);
}
coil::task<> given_another_one() {
    auto t = by_value("text");
    {
        std::string text = make_text();
        t = by_reference(text);
    }
    t = by_value("text");
    co_await std::move(t);
}
coil::task<> refers_to_what_stays() {
    std::string text = make_text();
    auto t = by_value("text");
    if (is_late()) t = by_reference(text);
    co_await std::move(t);
}
coil::task<> refers_to_each_turn() {
    std::vector<coil::task<>> all;
    for (int i = 0; i < 3; ++i) {
        std::string text = make_text();
        all.push_back(by_reference(text));  // expected-error {{whose block has ended}}
    }
    for (auto& each : all) co_await std::move(each);
}
coil::task<> used_twice_behind_its_block() {
    std::vector<coil::task<>> all;
    {
        std::string text = make_text();
        all.push_back(by_reference(text));
    }
    for (std::size_t i = 0; i < all.size();  // expected-error {{whose block has ended}}
         ++i)
        co_await std::move(all[i]);
}
coil::task<> optional_into_a_block() {
    std::optional<coil::task<>> t;
    if (is_late()) {
        std::string text = make_text();
        t.emplace(by_reference(text));
    }
    if (t) co_await *std::move(t);  // expected-error {{whose block has ended}}
}
coil::task<> optional_reset_in_the_block() {
    std::optional<coil::task<>> t;
    if (is_late()) {
        std::string text = make_text();
        t.emplace(by_reference(text));
        co_await *std::move(t);
        t.reset();
    }
    if (t) co_await *std::move(t);
}

// Silence.

coil::task<> silenced(coil::group& g) {
    std::string text = make_text();
    [[gsl::suppress("coil-lifetime")]] g.spawn(by_reference(text));
    co_await work();
}

// Known gaps.

const std::string& same(const std::string& text) {
    return text;
}
coil::task<> reference_through_a_function() {
    auto t = by_reference(same(make_text()));
    co_await std::move(t);
}
const std::string& marked_same(const std::string& text [[clang::lifetimebound]]);
coil::task<> reference_through_a_marked_function() {
    auto t = by_reference(marked_same(make_text()));  // expected-error {{a temporary}}
    co_await std::move(t);
}
