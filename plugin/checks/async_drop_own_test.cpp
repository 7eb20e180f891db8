// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is owned may not refer to locals; guards that count exceptions; generators.
#include <coil/core/core.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/resource_generator.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct database {
    int id = 0;
    struct transaction begin();
    coil::task<struct transaction> begin_slowly();
};
struct transaction {
    explicit transaction(database& on) : on(&on) {}
    database* on;
    coil::task<> async_drop();
};
struct aggregate {
    std::vector<int>& log;
    coil::task<> async_drop();
};
struct named {
    explicit named(const std::string& n) : name(n) {}
    std::string name;
    coil::task<> async_drop();
};
struct viewing {
    std::string_view name;
    coil::task<> async_drop();
};
struct connection {
    int id = 0;
    coil::task<> send(int value);
    coil::task<> async_drop();
};
struct session {
    explicit session(connection& on) : on(&on) {}
    connection* on;
    coil::task<> async_drop();
};
template <class F>
struct at_end {
    F f;
    coil::task<> async_drop() {
        f();
        co_return;
    }
};
template <class F>
at_end(F) -> at_end<F>;
coil::task<> work();
bool is_late();

// Owned, and referring to what dies before.

coil::task<> refers_to_a_local() {
    database db;
    // expected-error@+1 {{what is owned here may refer to 'db', which is gone}}
    co_await coil::own(transaction(db));
}

coil::task<> refers_to_a_parameter_by_value(database db) {
    co_await coil::own(transaction(db));  // expected-error {{may refer to 'db'}}
}

coil::task<> refers_to_what_lives_longer(database& db, database* other) {
    co_await coil::own(transaction(db));
    co_await coil::own(transaction(*other));
    static database everywhere;
    co_await coil::own(transaction(everywhere));
    database& same = db;
    co_await coil::own(transaction(same));
}

coil::task<> refers_by_a_member_function() {
    database db;
    co_await coil::own(db.begin());                  // expected-error {{refer to 'db'}}
    co_await coil::own(co_await db.begin_slowly());  // expected-error {{refer to 'db'}}
}

coil::task<> refers_by_a_variable() {
    database db;
    auto begun = db.begin();
    co_await coil::own(std::move(begun));  // expected-error {{may refer to 'db'}}
}

coil::task<> refers_by_braces() {
    std::vector<int> log;
    co_await coil::own(aggregate{log});  // expected-error {{may refer to 'log'}}
}

coil::task<> refers_by_an_owner() {
    auto db = std::make_unique<database>();
    co_await coil::own(transaction(*db));  // expected-error {{may refer to 'db'}}
}

coil::task<> copies(std::string given) {
    std::string name = "n";
    co_await coil::own(named(name));
    co_await coil::own(named(given));
}

coil::task<> views() {
    std::string name = "n";
    co_await coil::own(viewing{name});  // expected-error {{may refer to 'name'}}
    co_await coil::own(viewing{"literal"});
}

coil::task<> refers_by_a_closure() {
    int count = 0;
    co_await coil::own(at_end{[&] { ++count; }});  // expected-error {{to 'count'}}
    co_await coil::own(at_end{[count] { (void)count; }});
}

coil::task<> refers_to_what_is_owned() {
    connection& c = co_await coil::own(connection{1});
    co_await coil::own(session(c));
}

coil::task<> refers_to_an_owned_parameter(coil::owned<connection> c) {
    co_await coil::own(session(*c));
}

coil::task<> refers_in_a_with() {
    database db;
    co_await coil::with(transaction(db), [](transaction&) { return work(); });
    co_await coil::with([&] { return db.begin(); }, [](transaction&) {});
}

coil::task<> silenced_owner() {
    database db;
    [[gsl::suppress("coil-async-drop")]] co_await coil::own(transaction(db));
}

// Generators that may hold something.

coil::resource_generator<int> rows(coil::owned<connection> c);
coil::generator<int> numbers();

coil::task<int> leaves_early() {
    // expected-error@+1 {{'items' is destroyed at the end}}
    auto items = rows(connection{});
    const auto first = co_await items.next();
    co_return first.value_or(0);
}

coil::task<int> reads_to_the_end() {
    auto items = rows(connection{});
    int sum = 0;
    while (auto item = co_await items.next()) sum += *item;
    co_return sum;
}

coil::task<int> breaks_out() {
    // expected-error@+1 {{'items' is destroyed at the end}}
    auto items = rows(connection{});
    int sum = 0;
    while (auto item = co_await items.next()) {
        sum += *item;
        if (sum > 9) break;
    }
    co_return sum;
}

coil::task<int> waits_in_the_loop() {
    // expected-error@+1 {{if 'waits_in_the_loop' is stopped}}
    auto items = rows(connection{});
    int sum = 0;
    while (auto item = co_await items.next()) {
        co_await work();
        sum += *item;
    }
    co_return sum;
}

coil::task<> gives_it_away() {
    co_await (rows(connection{}) | coil::for_each([](int) { return work(); }));
    co_await coil::with(rows(connection{}), [](auto& items) -> coil::task<> {
        (void)co_await items.next();
    });
    auto& items = co_await coil::own(rows(connection{}));
    (void)co_await items.next();
    auto dropped = rows(connection{});
    (void)co_await dropped.next();
    co_await coil::drop(dropped);
}

coil::task<int> leaves_a_plain_one() {
    auto items = numbers();
    const auto first = co_await items.next();
    co_return first.value_or(0);
}

coil::generator<int> holds_one_while_it_yields() {
    connection c;  // expected-error {{'c' is destroyed at the end of its scope}}
    co_yield c.id;
}

coil::task<> keeps_one_by_value(
    coil::resource_generator<int> items) {  // expected-error {{parameter by value}}
    (void)co_await items.next();
}

// Guards that count exceptions.

struct rolls_back {
    int before = std::uncaught_exceptions();
    ~rolls_back() {
        if (std::uncaught_exceptions() > before) ++failures;
    }
    static inline int failures = 0;
};
struct holds_such_a_guard {
    rolls_back inner;
};
struct plain_guard {
    ~plain_guard() { ++rolls_back::failures; }
};

coil::task<> guarded() {
    rolls_back guard;  // expected-error {{'guard' counts exceptions, and a stop of}}
    co_await work();
}

coil::task<> guarded_in_a_member() {
    holds_such_a_guard guard;  // expected-error {{'guard' counts exceptions}}
    co_await work();
}

coil::task<> guarded_without_waiting() {
    co_await work();
    { rolls_back guard; }
    co_await work();
}

coil::task<> guarded_plainly() {
    plain_guard guard;
    co_await work();
}

void guarded_in_a_function() {
    rolls_back guard;
}

struct asks_of_a_stop {
    int before = std::uncaught_exceptions();
    ~asks_of_a_stop() {
        if (std::uncaught_exceptions() > before || coil::is_unwinding())
            ++rolls_back::failures;
    }
};
coil::task<> guarded_against_both() {
    asks_of_a_stop guard;
    co_await work();
}

template <class F>
struct scope_end {
    F f;
    ~scope_end() { f(); }
};
template <class F>
scope_end(F) -> scope_end<F>;

coil::task<> guarded_by_a_closure() {
    int failures = 0;
    // expected-error@+1 {{'guard' counts exceptions}}
    scope_end guard{[&] { failures += std::uncaught_exceptions(); }};
    scope_end other{[&] { ++failures; }};
    co_await work();
}

coil::task<int> counts() {
    co_await work();
    co_return std::uncaught_exceptions();
}

coil::task<> silenced_guard() {
    [[gsl::suppress("coil-async-drop")]] rolls_back guard;
    co_await work();
}
