// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is spawned refers to what a pointer or a container owns; who spawns it for
// others.
#include <coil/core/core.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/parallel/started.hpp>
#include <coil/runtime/daemons.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct session {
    int number = 0;
    coil::task<> run();
};
struct sharing : std::enable_shared_from_this<sharing> {
    coil::task<> run();
};
coil::task<> serve(session& of);
coil::task<> serve_shared(std::shared_ptr<session> of);
coil::task<> by_pointer(session* of);
coil::task<> by_view(std::string_view text);
coil::task<> by_reference(const std::string& text);
coil::task<int> number_of(const session& of);
coil::task<> work();
std::string make_text();
std::vector<session*> find_all();
std::shared_ptr<session> find(int number);
void use(const auto&...) {}

// A shared_ptr, where nobody else can have it.

coil::task<> of_a_shared_one(coil::group& g) {
    auto one = std::make_shared<session>();
    g.spawn(serve(*one));  // expected-error {{what is spawned refers to 'one'}}
    g.spawn(one->run());   // expected-error {{what is spawned refers to 'one'}}
    const std::shared_ptr<session> other(new session());
    g.spawn(by_pointer(other.get()));  // expected-error {{refers to 'other'}}
    co_await work();
}
coil::task<> of_a_shared_parameter(coil::group& g, std::shared_ptr<session> one) {
    g.spawn(one->run());  // expected-error {{what is spawned refers to 'one'}}
    co_await work();
}
coil::task<> of_a_shared_one_that_others_have(
    coil::group& g, std::vector<std::shared_ptr<session>>& all,
    const std::shared_ptr<session>& lent, std::shared_ptr<session> given) {
    auto one = std::make_shared<session>();
    all.push_back(one);
    g.spawn(one->run());
    auto found = find(1);
    g.spawn(found->run());
    g.spawn(lent->run());
    g.spawn(given->run());
    all.push_back(std::move(given));
    auto kept = std::make_shared<session>();
    g.spawn(serve_shared(kept));
    g.spawn(kept->run());
    auto self = std::make_shared<sharing>();
    g.spawn(self->run());  // a known gap: it may keep itself, if it begins in time
    co_await work();
}

coil::task<> returns_of_a_shared_one() {
    auto one = std::make_shared<session>();
    return one->run();  // expected-error {{what is returned refers to 'one'}}
}
coil::task<> returns_of_a_shared_parameter(std::shared_ptr<session> one) {
    return one->run();  // a known gap: the caller may have one of its own
}
coil::task<> returns_of_an_owned_parameter(std::unique_ptr<session> one) {
    return one->run();  // expected-error {{what is returned refers to 'one'}}
}

// A unique_ptr or a container, that keeps what it owns.

coil::task<> of_an_owned_one(coil::group& g) {
    auto one = std::make_unique<session>();
    g.spawn(one->run());  // expected-error {{what is spawned refers to 'one'}}
    std::vector<session> all(3);
    g.spawn(all[0].run());      // expected-error {{what is spawned refers to 'all'}}
    g.spawn(all.back().run());  // expected-error {{what is spawned refers to 'all'}}
    for (auto& each : all)
        g.spawn(each.run());  // expected-error {{what is spawned refers to 'all'}}
    co_await work();
}
coil::task<> of_what_was_handed_on(coil::group& g,
                                   std::vector<std::unique_ptr<session>>& all) {
    auto one = std::make_unique<session>();
    auto& other = *one;
    g.spawn(one->run());
    all.push_back(std::move(one));
    g.spawn(other.run());
    auto released = std::make_unique<session>();
    g.spawn(by_pointer(released.release()));
    co_await work();
}

// Elements that refer to something themselves: nobody knows to what.

coil::task<> of_elements_that_refer(coil::group& g, std::map<int, session*>& lent) {
    auto found = find_all();
    g.spawn(by_pointer(found[0]));
    g.spawn(found.back()->run());
    for (auto* each : found) g.spawn(each->run());
    for (auto& each : found) g.spawn(by_pointer(each));
    auto* last = found.back();
    g.spawn(last->run());
    const std::vector<std::string_view> views{"one", "two"};
    g.spawn(by_view(views[0]));
    for (auto each : views) g.spawn(by_view(each));
    for (const auto& each : views) g.spawn(by_view(each));
    g.spawn(lent.find(1)->second->run());
    auto copied = lent;
    for (auto& [key, each] : copied) g.spawn(each->run());
    g.spawn(copied.at(3)->run());
    co_await work();
}

// Other ways to spawn.

coil::task<> into_a_set(coil::group& g, const session& lent) {
    session local;
    coil::join_set<int> results(g);
    results.spawn(number_of(lent));
    results.spawn(number_of(local));  // expected-error {{refers to 'local'}}
    while (auto result = co_await results.next()) use(*result);
}
coil::task<> that_says_it_has_started(coil::group& g, session& lent) {
    session local;
    co_await coil::spawn_started(g, [&lent](coil::started<>& ready) -> coil::task<> {
        ready.set();
        co_await lent.run();
    });
    // expected-error@+1 {{what is spawned refers to 'local'}}
    co_await coil::spawn_started(g, [&local](coil::started<>& ready) -> coil::task<> {
        ready.set();
        co_await local.run();
    });
}

// Functions that spawn what they are given.

struct server {
    std::string name;
    coil::group* kept = nullptr;
    coil::task<> run();
    void start(coil::group& g) { g.spawn(run()); }
    coil::task<> start_and_wait(coil::group& g) {
        g.spawn(run());
        co_await work();
    }
    void start_kept() const { kept->spawn(by_view(name)); }
    void start_a_copy(coil::group& g) const {
        g.spawn(coil::call_once([copied = name]() { return by_reference(copied); }));
    }
    void start_a_daemon() { coil::spawn_daemon("server", run()); }
};
void greet(coil::group& g, const std::string& name) {
    g.spawn(by_reference(name));
}
void greet_twice(const std::string& name, coil::group& g) {
    greet(g, name);
    greet(g, name);
}
void collect(coil::join_set<int>& into, const session& of) {
    into.spawn(number_of(of));
}
coil::task<> wait_for(const session& of) {
    co_await coil::with_group([&](coil::group& g) { g.spawn(by_view("text")); });
    use(co_await number_of(of));
}
coil::task<> by_functions(coil::group& g) {
    server local;
    local.start(g);  // expected-error {{what 'start' spawns refers to 'local'}}
    co_await local.start_and_wait(g);  // expected-error {{'start_and_wait' spawns}}
    local.start_a_daemon();  // expected-error {{what 'start_a_daemon' spawns refers}}
    local.start_a_copy(g);
    local.start_kept();  // a known gap: it may be a group that ends before
    const auto name = make_text();
    greet(g, name);         // expected-error {{what 'greet' spawns refers to 'name'}}
    greet_twice(name, g);   // expected-error {{what 'greet_twice' spawns refers to}}
    greet(g, make_text());  // expected-error {{what 'greet' spawns refers to a temp}}
    coil::join_set<int> results(g);
    session one;
    const auto start = [](coil::group& of, session& what) { of.spawn(what.run()); };
    start(g, one);          // expected-error {{what 'start' spawns refers to 'one'}}
    collect(results, one);  // expected-error {{what 'collect' spawns refers to 'one'}}
    co_await wait_for(one);
}
coil::task<> by_functions_of_a_shared_one(coil::group& g) {
    auto one = std::make_shared<server>();
    one->start(g);  // expected-error {{what 'start' spawns refers to 'one'}}
    co_await work();
}
coil::task<> by_functions_without_harm(coil::group& g, server& lent, std::string name) {
    lent.start(g);
    server local;
    co_await coil::with_group([&](coil::group& inner) {
        local.start(inner);
        greet(inner, name);
    });
    greet(g, lent.name);
}
