// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: compiler=error
//
// Temporaries, order, and what GCC 14.2 crashes on or forgets: all was tried, too.
#include <coil/core/core.hpp>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

coil::task<bool> ask();
coil::task<int> get(int value);
coil::task<int> size_of(std::string text);
coil::task<std::string> text();
int plain(int value);
bool is_wanted();

struct user {
    std::string name() const;
    const std::string& stored() const;
    int age() const;
};
struct traced {
    explicit traced(int number);
    traced(const traced&);
    ~traced();
    int size() const;
};
coil::task<traced> make(int number);

// A temporary that is made although it was not chosen.

coil::task<> asks_a_missing_user(const user* found) {
    // expected-error@+1 {{GCC makes this 'std::string' first, even if '&&'}}
    if (co_await ask() && found->name() == "x") co_return;
}
coil::task<> asks_before_it_was_read(std::string into) {
    // expected-error@+1 {{first, even if '&&' has decided}}
    if (co_await ask() && into.substr(1) == "x") co_return;
}
coil::task<> asks_by_reference(const user* found) {
    if (co_await ask() && found->stored() == "x") co_return;
    if (co_await ask() && found->age() > 3) co_return;
}
coil::task<> asks_with_a_constant(const std::string& name) {
    if (co_await ask() && name == std::string("x")) co_return;
}
coil::task<> asks_after_a_name(const user* found) {
    const bool is_there = co_await ask();
    if (is_there && found->name() == "x") co_return;
}
coil::task<> asks_in_a_loop(const user* found) {
    while (co_await ask() && found->name() == "x") {}  // expected-error {{makes this}}
}
coil::task<> gives_a_temporary(bool w, int n) {
    // expected-error@+1 {{makes this 'traced' first, even if '?:' chooses}}
    const int r = co_await get(w ? traced(n).size() : 2);
    (void)r;
}
coil::task<> gives_a_value(bool w, const user& who) {
    const int r = co_await size_of(w ? who.name() : std::string());
    (void)r;
}
coil::task<> chooses_a_temporary(const user& who) {
    const std::string r = co_await ask() ? who.name() + "!" : std::string("q");
    co_return;
}
coil::task<> chooses_beside_an_await(bool w, int n) {
    const int a = w ? traced(n).size() : 2;
    const int b = co_await get(1);
    // expected-error@+1 {{GCC makes this 'traced'}}
    const int c = (w ? traced(n).size() : 2) + co_await get(1);
    (void)(a + b + c);
}

// A temporary that decides.

coil::task<> temporary_decides(const user& who) {
    // expected-error@+1 {{GCC crashes: whether to await hangs on this temporary}}
    if (who.name() == "x" && co_await ask()) co_return;
    if (who.stored() == "x" && co_await ask()) co_return;
    const bool is_x = who.name() == "x";
    if (is_x && co_await ask()) co_return;
}
coil::task<int> temporary_chooses(int n) {
    const int r = traced(n).size() ? co_await get(1) : 2;  // expected-error {{crashes}}
    co_return r;
}
coil::task<> await_decides(int n) {
    if (co_await size_of(std::to_string(n)) && co_await ask()) co_return;
}

// Statement expressions.

coil::task<int> statement_expression() {
    // expected-error@+1 {{GCC crashes on a co_await inside of '({ ... })'}}
    const int r = ({
        const int got = co_await get(1);
        got + 1;
    });
    co_return r;
}
coil::task<int> statement_expression_without() {
    const int got = co_await get(1);
    const int r = ({
        const int more = got + 1;
        more;
    });
    co_return r;
}

// do-while.

coil::task<> do_with_continue() {
    int n = 0;
    do {
        if (++n == 2) continue;
        (void)plain(n);
    } while (co_await get(n) < 3);  // expected-error {{not ask this after 'continue'}}
}
coil::task<> do_with_an_inner_continue() {
    int n = 0;
    do {
        for (int i = 0; i < 2; ++i) continue;
    } while (co_await get(++n) < 3);
}
coil::task<> while_with_continue() {
    int n = 0;
    while (co_await get(n) < 3) {
        if (++n == 2) continue;
        (void)plain(n);
    }
}

// The order.

struct output {
    output& operator<<(int value);
};
coil::task<> shifted(output& out) {
    out << 1 << co_await get(2);  // expected-error {{GCC awaits this before}}
}
coil::task<> shifted_alone(output& out) {
    out << co_await get(2) << 3;
    const int before = co_await get(1);
    out << 1 << before;
}
coil::task<> assigned(std::vector<int>& to) {
    to[co_await get(1)] = co_await get(7);  // expected-error {{GCC awaits this before}}
    to[co_await get(1)] = plain(3);         // expected-error {{GCC awaits this before}}
    to[co_await get(1)] = 3;
    to[1] = co_await get(7);
    to[co_await get(1)] += co_await get(7);
}
coil::task<int> comma_returned() {
    co_return (plain(1), co_await get(2));  // expected-error {{GCC awaits this before}}
}
coil::task<> comma_alone() {
    plain(1), co_await get(2);
}
coil::task<> listed(int n) {
    const std::array<int, 2> a{plain(1), co_await get(2)};  // expected-error {{before}}
    const std::array<int, 2> b{1, co_await get(2)};
    const std::array<int, 2> c{n, co_await get(2)};
    const std::array<int, 2> d{co_await get(1), plain(2)};
    const std::pair<int, int> e(plain(1), co_await get(2));
    const std::vector<int> f{co_await get(1), co_await get(2)};
}

// What is made of braces.

struct two {
    traced a;
    int b;
};
coil::task<> leaks() {
    const two whole{co_await make(1), co_await get(2)};  // expected-error {{forgets}}
}
coil::task<> leaks_nothing() {
    traced a = co_await make(1);
    const int b = co_await get(2);
    const two whole{std::move(a), b};
}
coil::task<> leaks_no_temporary() {
    co_await size_of(std::to_string(two{co_await make(1), co_await get(2)}.b));
}
coil::task<> leaks_no_number() {
    const std::array<int, 2> both{co_await get(1), co_await get(2)};
    const std::pair<traced, int> other(co_await make(1), co_await get(2));
}

// Others.

coil::task<> looked_at() {
    (void)__builtin_constant_p(co_await get(1));  // expected-error {{only looks}}
}

template <class T>
coil::task<bool> instance(T w) {
    co_return w || co_await ask();  // expected-error {{GCC awaits this even}}
}
coil::task<> uses_instance() {
    co_await instance(true);
}
coil::task<> in_a_lambda(bool w) {
    const auto asks = [](bool is) -> coil::task<bool> {
        co_return is || co_await ask();  // expected-error {{GCC awaits this even}}
    };
    co_await asks(w);
}
coil::task<> silenced_statement(bool w, output& out) {
    [[gsl::suppress("coil-compiler")]] out << 1 << co_await get(2);
}
