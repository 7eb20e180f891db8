// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Locals and parameters.
#include <coil/core/core.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/resource_generator.hpp>

#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

struct connection {
    int id = 0;
    void ping();
    coil::task<> send(int value);
    coil::task<> async_drop();
};
connection make();
coil::task<connection> dial();
coil::task<std::optional<connection>> try_dial();
coil::task<> work();
coil::task<> use(connection& on);
bool is_late();

// Locals.

coil::task<> forgotten() {
    // expected-error@+1 {{'c' is destroyed at the end of}}
    connection c = co_await dial();
    c.ping();
}

coil::task<> owned() {
    connection& c = co_await coil::own(co_await dial());
    c.ping();
    co_await work();
}

coil::task<> moved_into_own() {
    connection c = co_await dial();
    connection& kept = co_await coil::own(std::move(c));
    co_await use(kept);
}

coil::task<> kept_by_with() {
    co_await coil::with(dial(), [](connection& c) { return use(c); });
    co_await coil::with([] { return make(); }, [](connection& c) { return use(c); });
    connection mine = make();
    co_await coil::with(mine, [](connection& c) { return use(c); });
}

coil::task<> dropped_by_hand() {
    connection c = co_await dial();
    co_await coil::drop(c);
    connection other = make();
    co_await other.async_drop();
}

coil::task<> waits_before_it_is_owned() {
    // expected-error@+1 {{if 'waits_before_it_is_owned' is}}
    connection c = co_await dial();
    co_await c.send(1);
    co_await coil::own(std::move(c));
}

coil::task<> owns_two() {
    connection a = make();
    connection b = make();
    co_await coil::own(std::move(a));
    co_await coil::own(std::move(b));
    co_await work();
}

coil::task<> owned_on_one_path() {
    // expected-error@+1 {{'c' is destroyed at the end of its scope}}
    connection c = make();
    if (!is_late()) co_await coil::own(std::move(c));
}

coil::task<> owned_on_each_path() {
    connection c = make();
    if (is_late()) {
        co_await coil::drop(c);
    } else {
        co_await coil::own(std::move(c));
    }
    co_await work();
}

coil::task<> returns_early() {
    // expected-error@+1 {{'c' is destroyed at the end of its scope}}
    connection c = make();
    if (is_late()) co_return;
    co_await coil::own(std::move(c));
}

coil::task<> breaks_out_of_a_loop() {
    for (;;) {
        connection c = make();  // expected-error {{'c' is destroyed at the end of its}}
        if (is_late()) break;
        co_await coil::drop(c);
    }
}

coil::task<> drops_in_a_loop() {
    for (int i = 0; i < 3; ++i) {
        connection c = make();
        co_await coil::drop(c);
    }
}

coil::task<> throws_past_it() {
    connection c = make();  // expected-error {{an exception destroys 'c' without its}}
    if (is_late()) throw 1;
    co_await coil::own(std::move(c));
}

coil::task<> throws_and_catches() {
    connection c = make();
    try {
        if (is_late()) throw 1;
    } catch (int) {}
    co_await coil::own(std::move(c));
}

coil::task<> extends_its_life() {
    // expected-error@+1 {{'c' is destroyed at the end of its}}
    const connection& c = make();
    (void)c;
    connection&& other = make();
    co_await coil::drop(other);
}

coil::task<> refers(connection& given, connection* pointed) {
    connection& c = given;
    connection* p = &given;
    co_await use(c);
    co_await use(*p);
    co_await use(*pointed);
}

void in_a_plain_function() {
    connection c;  // expected-error {{'c' is destroyed at the end of its scope}}
    c.ping();
}

connection returned() {
    connection c = make();
    c.ping();
    return c;
}
connection returned_at_once() {
    return connection{1};
}
coil::task<connection> returned_by_a_coroutine() {
    connection c = make();
    c.ping();
    co_return c;
}
coil::task<connection> returned_by_a_coroutine_at_once() {
    co_return make();
}

coil::task<> an_array() {
    connection all[2] = {make(), make()};  // expected-error {{'all' is destroyed at}}
    co_await work();
}

coil::task<> in_a_closure() {
    connection c = make();
    auto later = [&c]() -> coil::task<> { co_await coil::drop(c); };
    co_await later();
}

// What holds them.

coil::task<> an_optional() {
    std::optional<connection> c = make();  // expected-error {{'c' is destroyed at the}}
    c->ping();
    std::optional<connection> none;
    std::optional<connection> null = std::nullopt;
    co_return;
}

coil::task<> an_optional_that_is_asked() {
    std::optional<connection> c = co_await try_dial();
    if (!c) co_return;
    co_await coil::own(std::move(*c));
    auto other = co_await try_dial();
    if (other.has_value()) {
        connection& kept = co_await coil::own(*std::move(other));
        co_await use(kept);
    }
    std::unique_ptr<connection> p = std::make_unique<connection>();
    if (p != nullptr) co_await coil::drop(p);
}

coil::task<> an_optional_that_is_asked_wrongly() {
    auto c = co_await try_dial();  // expected-error {{'c' is destroyed at the end of}}
    if (c) co_return;
}

coil::task<> pointers() {
    auto p = std::make_unique<connection>();  // expected-error {{'p' is destroyed at}}
    auto s = std::make_shared<connection>();  // expected-error {{'s' is destroyed at}}
    std::unique_ptr<connection> null;
    p->ping();
    s->ping();
    co_return;
}

coil::task<> pointers_that_are_dropped() {
    auto p = std::make_unique<connection>();
    co_await coil::with(*p, [](connection& c) { return use(c); });
    auto other = std::make_unique<connection>();
    co_await coil::own(std::move(*other));
}

coil::task<> containers() {
    std::vector<connection> all;  // expected-error {{'all' is destroyed at the end of}}
    all.push_back(make());
    std::array<connection, 2>
        two;  // expected-error {{'two' is destroyed at the end of}}
    std::vector<connection> none;
    std::vector<connection*> borrowed;
    std::variant<int, connection> either = make();  // expected-error {{'either' is}}
    co_return;
}

coil::task<> containers_that_are_dropped() {
    std::vector<connection> all;
    all.push_back(make());
    all.push_back(make());
    co_await coil::drop(all);
    std::vector<std::pair<int, std::optional<connection>>> deep;
    deep.emplace_back(1, make());
    co_await coil::drop(deep);
}

void fill(std::vector<connection>& all);

coil::task<> filled_by_another() {
    std::vector<connection> all;  // expected-error {{'all' is destroyed at the end of}}
    fill(all);
    std::vector<connection> dropped;
    fill(dropped);
    co_await coil::drop(dropped);
}

coil::task<> bindings() {
    // expected-error@+1 {{'b' is destroyed at the end of its scope}}
    auto [a, b] = co_await coil::join(dial(), dial());
    co_await coil::drop(a);
}

coil::task<> bindings_that_are_kept() {
    auto [a, b] = co_await coil::join(dial(), dial());
    co_await coil::own(std::move(a));
    co_await coil::own(std::move(b));
}

// Parameters.

coil::task<> by_value(connection c) {  // expected-error {{'c' is a parameter by value}}
    c.ping();
    co_return;
}

coil::task<> by_value_and_owned(
    connection c) {                    // expected-error {{parameter by value}}
    co_await coil::own(std::move(c));  // too late, if the task never begins
}

coil::task<> as_owned(coil::owned<connection> c) {
    co_await use(*c);
}

coil::task<> by_reference(connection& c, const connection* d) {
    co_await use(c);
}

void taken_and_lost(connection c) {  // expected-error {{when 'taken_and_lost' ends}}
    c.ping();
}

void taken_and_kept(connection c, std::vector<connection>& all) {
    all.push_back(std::move(c));
}

connection passed(connection c) {
    c.ping();
    return c;
}

// expected-error@+1 {{'c' is destroyed without its async drop when 'sometimes_kept'}}
void sometimes_kept(connection c, std::vector<connection>& all) {
    if (!is_late()) all.push_back(std::move(c));
}

coil::task<> handed_on(connection c, int) = delete;
coil::task<> calls_with_owned() {
    co_await as_owned(make());
    co_await as_owned(co_await dial());
}

coil::task<> an_owned_local() {
    // expected-error@+1 {{'c' is destroyed at the end}}
    coil::owned<connection> c(make());
    co_return;
}

coil::task<> marked(COIL_DROPS connection& c);

coil::task<> given_to_what_is_marked() {
    connection c = make();
    co_await marked(c);
}

template <class T>
coil::task<> generic() {
    T made{};  // expected-error {{'made' is destroyed at the end of its scope}}
    co_return;
}
template coil::task<> generic<connection>();
template coil::task<> generic<int>();

// Silence.

coil::task<> silenced() {
    [[gsl::suppress("coil-async-drop")]] connection c = make();
    co_return;
}

[[gsl::suppress("coil-async-drop")]] coil::task<> silenced_function(connection c) {
    connection other = make();
    co_return;
}

// A class whose objects nobody has to drop.

struct [[gsl::suppress("coil-async-drop")]] probe {
    coil::task<> async_drop();
};
probe make_probe();

void loses_a_probe() {
    const probe lost = make_probe();
    (void)make_probe();
}
