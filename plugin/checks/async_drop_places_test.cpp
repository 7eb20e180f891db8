// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Temporaries, members, statics, closures, and what is overwritten or deleted.
#include <coil/core/core.hpp>

#include <any>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

struct connection {
    int id = 0;
    void ping() const;
    connection&& itself() &&;
    coil::task<> async_drop();
};
connection make();
coil::task<connection> dial();
coil::task<std::optional<connection>> try_dial();
coil::task<> work();
void look(const connection& at);
void keep(connection&& it);
bool is_late();

// Temporaries.

coil::task<> thrown_away() {
    make();           // expected-error {{this 'connection' is thrown away without}}
    (void)make();     // expected-error {{is thrown away without its async drop}}
    co_await dial();  // expected-error {{is thrown away without its async drop}}
    (void)co_await dial();      // expected-error {{is thrown away without its async}}
    (void)co_await try_dial();  // expected-error {{this 'std::optional<}}
    (co_await dial(), 1);       // expected-error {{is thrown away without its async}}
}

coil::task<> not_thrown_away() {
    co_await coil::drop(make());
    co_await coil::drop(co_await dial());
    co_await coil::own(make());
    co_await make().async_drop();
    auto later = dial();
    co_await coil::own(co_await std::move(later));
    (void)co_await work();
}

coil::task<> used_and_gone() {
    make().ping();  // expected-error {{destroyed at the end of the statement}}
    // expected-error@+1 {{destroyed at the end of the statement}}
    (co_await dial()).ping();
    look(make());  // expected-error {{destroyed at the end of the statement}}
    // expected-error@+1 {{destroyed at the end of the statement}}
    const int id = make().id;
    // expected-error@+1 {{destroyed at the end of the}}
    if (co_await try_dial()) co_return;
}

coil::task<> handed_on() {
    keep(make());
    keep(make().itself());
    std::vector<connection> all;
    all.emplace_back(co_await dial());
    all.push_back(make());
    co_await coil::drop(all);
    co_await coil::own(*co_await try_dial());
    connection* const leaked = new connection(make());
    co_await coil::drop(*leaked);
}

coil::task<> lost_in_a_race() {
    // expected-error@+1 {{this 'coil::race_result<connection, void>' is}}
    co_await coil::race(dial(), work());
    co_await coil::drop(co_await coil::race(dial(), work()));
}

coil::task<> fails() {
    throw make();  // expected-error {{destroyed by who catches it}}
    co_return;
}

void forgets_the_type() {
    std::any a = make();  // expected-error {{the 'std::any' destroys what it is given}}
}

// Members.

struct holds_one {
    // expected-error@+1 {{'c' has an async destructor, and 'holds_one' has}}
    connection c;
};

struct forwards {
    connection c;
    std::vector<connection> more;
    coil::task<> async_drop() {
        co_await coil::drop(more);
        co_await c.async_drop();
    }
};

struct forwards_elsewhere {
    std::unique_ptr<connection> c;
    coil::task<> async_drop();
};

struct forwards_by_another {
    connection c;
    coil::task<> close();
    coil::task<> async_drop() { return close(); }
};

struct forgets_one {
    connection a;
    connection b;  // expected-error {{async_drop() of 'forgets_one' forgets 'b'}}
    coil::task<> async_drop() { return a.async_drop(); }
};

struct holds_several {
    std::vector<connection> all;  // expected-error {{'all' has an async destructor}}
    std::optional<connection>
        maybe;  // expected-error {{'maybe' has an async destructor}}
    std::shared_ptr<connection> s;  // expected-error {{'s' may be the last to own}}
    connection* borrowed;
    connection& referred;
    std::vector<connection*> others;
};

struct better_connection : connection {
    // expected-error@+1 {{inherits an async_drop() that does not know it}}
    connection second;
};
struct same_connection : connection {};

// expected-error@+1 {{has a base that needs an async drop}}
struct some : std::vector<connection> {};

union either {
    int number;
    connection c;  // expected-error {{'c' is in a union}}
};

template <class T>
struct box {
    T value;  // expected-error {{'value' has an async destructor, and 'box' has none}}
};
template struct box<connection>;
template struct box<int>;

struct COIL_DROPS owner_of_its_own {
    connection c;
};

struct not_a_drop {
    void async_drop();
};
struct private_drop {
private:
    coil::task<> async_drop();
};
struct holds_what_is_none {
    not_a_drop a;
    private_drop b;
    coil::task<connection> later;
};

// What lives as long as the program.

connection everywhere;  // expected-error {{'everywhere' lives until}}
static std::unique_ptr<connection>
    at_end;  // expected-error {{'at_end' lives until the}}
thread_local std::optional<connection>
    mine;  // expected-error {{'mine' lives until the}}
extern connection declared;
connection* const pointed = nullptr;
struct with_static {
    static std::vector<connection> all;
    static inline connection one;  // expected-error {{'one' lives until the program}}
};
std::vector<connection> with_static::all;  // expected-error {{'all' lives until the}}

connection& first_of_all() {
    static connection first;  // expected-error {{'first' lives until the program}}
    return first;
}

// Closures.

coil::task<> captures() {
    connection c = make();
    // expected-error@+1 {{this closure destroys the 'connection' in it}}
    auto closure = [c = std::move(c)]() mutable { c.ping(); };
    closure();
    co_return;
}

coil::task<> captures_references() {
    connection& c = co_await coil::own(make());
    auto closure = [&c, p = &c] { c.ping(); };
    closure();
    co_await work();
}

// What is overwritten.

coil::task<> assigns() {
    connection c = make();
    c = make();  // expected-error {{this destroys what 'c' holds without}}
    co_await coil::drop(c);
    c = make();
    co_await coil::own(std::move(c));
    c = co_await dial();
    co_await coil::own(std::move(c));
}

coil::task<> resets(std::optional<connection>& maybe, std::unique_ptr<connection>& p) {
    maybe.reset();         // expected-error {{this destroys what 'maybe' holds}}
    p.reset();             // expected-error {{this destroys what 'p' holds}}
    maybe = std::nullopt;  // there is none any more
    p = nullptr;
    co_return;
}

coil::task<> overwrites(std::optional<connection>& maybe,
                        std::unique_ptr<connection>& p) {
    maybe.emplace();       // expected-error {{this destroys what 'maybe' holds}}
    maybe = make();        // expected-error {{this destroys what 'maybe' holds}}
    maybe = std::nullopt;  // expected-error {{this destroys what 'maybe' holds}}
    p = nullptr;           // expected-error {{this destroys what 'p' holds}}
    co_return;
}

coil::task<> overwrites_nothing(std::optional<connection>& maybe,
                                std::unique_ptr<connection>& p) {
    if (!maybe) maybe.emplace();
    if (p == nullptr) p = std::make_unique<connection>();
    co_await coil::drop(maybe);
    maybe = make();
    co_await coil::drop(maybe);
    maybe.reset();
    co_await coil::own(std::move(*p));
    p.reset();
}

coil::task<> swaps(connection& other) {
    connection c = make();
    std::swap(c, other);
    co_await coil::drop(c);
}

coil::task<> swaps_and_forgets(connection& other) {
    connection c = make();  // expected-error {{'c' is destroyed at the end of its}}
    std::swap(c, other);
    co_return;
}

coil::task<> empties(std::vector<connection>& all) {
    all.pop_back();  // expected-error {{this destroys what 'all' holds}}
    all.clear();     // expected-error {{this destroys what 'all' holds}}
    co_return;
}

coil::task<> takes_the_last(std::vector<connection>& all) {
    while (!all.empty()) {
        connection last = std::move(all.back());
        all.pop_back();
        co_await coil::drop(last);
    }
    co_await coil::drop(all);
    all.clear();
}

class pool {
public:
    coil::task<> open() {
        if (!first_) first_ = make();
        co_await work();
    }
    coil::task<> reopen() {
        first_ = make();  // expected-error {{this destroys what 'first_' holds}}
        co_await work();
    }
    coil::task<> close() {
        co_await coil::drop(first_);
        first_.reset();
    }
    coil::task<> async_drop() { return close(); }

private:
    std::optional<connection> first_;
};

// By hand.

void deletes(connection* c) {
    delete c;  // expected-error {{this destroys a 'connection' without its async drop}}
}
void destroys(connection* c) {
    c->~connection();    // expected-error {{this destroys a 'connection' without its}}
    std::destroy_at(c);  // expected-error {{this destroys a 'connection' without its}}
}
coil::task<> drops_and_deletes(connection* c) {
    co_await coil::drop(*c);
    delete c;
}
coil::task<> drops_by_hand_and_deletes(connection* c) {
    co_await c->async_drop();
    delete c;
}

// Through an interface.

struct closable {
    virtual ~closable() = default;
    virtual coil::task<> async_drop() = 0;
};
struct file final : closable {
    coil::task<> async_drop() override;
};
coil::task<> polymorphic() {
    std::unique_ptr<closable> c = std::make_unique<file>();
    co_await coil::drop(c);
    // expected-error@+1 {{'d' is}}
    std::unique_ptr<closable> d = std::make_unique<file>();
}
