// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program asks before it lets an object go, and what goes on in loops.
// plugin: lifetime=off
#include <coil/core/core.hpp>
#include <coil/time/timeout.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

struct connection {
    int id = 0;
    connection() = default;
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) noexcept = default;
    coil::task<> send(int value);
    coil::task<> async_drop(coil::exit_reason why);
};
connection make();
coil::task<connection> dial();
coil::task<std::optional<connection>> try_dial();
coil::task<> serve(coil::owned<connection> c);
coil::task<> work();

// Elements of containers.

coil::task<> drops_each() {
    std::vector<connection> all;
    all.push_back(make());
    for (auto& c : all) co_await coil::drop(c);
    std::map<int, connection> by_id;
    by_id.emplace(1, make());
    for (auto& [id, c] : by_id) co_await coil::drop(c);
    std::vector<connection> by_iterator;
    by_iterator.push_back(make());
    for (auto it = by_iterator.begin(); it != by_iterator.end(); ++it)
        co_await it->async_drop(coil::exit_reason::returned);
}

coil::task<> only_looks_at_each() {
    std::vector<connection> all;  // expected-error {{'all' is destroyed at the end of}}
    all.push_back(make());
    int sum = 0;
    for (auto& c : all) sum += c.id;
    co_return;
}

// Accepting, in a loop.

coil::task<> serves_each(coil::group& g) {
    for (;;) {
        connection c = co_await dial();
        g.spawn(serve(std::move(c)));
    }
}

coil::task<> serves_until_the_end(coil::group& g) {
    for (;;) {
        auto c = co_await try_dial();
        if (!c) break;
        g.spawn(serve(*std::move(c)));
    }
}

coil::task<> greets_before_it_serves(coil::group& g) {
    for (;;) {
        connection c = co_await dial();  // expected-error {{is stopped}}
        co_await c.send(1);
        g.spawn(serve(std::move(c)));
    }
}

// Conditions.

coil::task<> declared_in_a_condition() {
    if (auto c = co_await try_dial()) co_await coil::own(std::move(*c));
    if (auto c = co_await try_dial(); c && c->id > 0) {
        co_await coil::own(std::move(*c));
    } else if (c) {
        co_await coil::drop(*c);
    }
    if (auto c = co_await try_dial(); c && c->id > 0) {  // expected-error {{'c' is}}
        co_await coil::own(std::move(*c));
    }
}

coil::task<> in_time() {
    auto c = co_await coil::with_timeout(std::chrono::seconds(1), dial());
    if (!c) co_return;
    co_await coil::own(std::move(*c));
}

coil::task<> not_in_time() {
    // expected-error@+1 {{'c' is destroyed at the end of its scope}}
    auto c = co_await coil::with_timeout(std::chrono::seconds(1), dial());
    if (!c) co_return;
    co_await work();
}

coil::task<> as_an_outcome() {
    auto ended = co_await coil::as_outcome(dial());
    if (!ended.has_value()) co_return;
    co_await coil::own(ended.take());
    auto again = co_await coil::as_outcome(dial());
    if (again.has_error() || again.is_stopped()) co_return;
    co_await coil::drop(again);
    auto lost = co_await coil::as_outcome(dial());  // expected-error {{'lost' is}}
    if (lost.has_error()) co_return;
}

coil::task<> won_a_race() {
    auto won = co_await coil::race(dial(), work());
    if (won.index() == 0) co_await coil::own(std::move(won.get<0>()));
    auto second = co_await coil::race(work(), dial());
    if (second.index() == 0) co_return;
    co_await coil::drop(second);
    auto lost = co_await coil::race(work(), dial());  // expected-error {{'lost' is}}
    if (lost.index() != 0) co_return;
}

coil::task<> has_won_either(bool is_first) {
    // expected-error@+1 {{'won' is destroyed at the end of its scope}}
    auto won = co_await coil::race(dial(), dial());
    if (won.index() == 0) co_await coil::own(std::move(won.get<0>()));
}

coil::task<> chooses_by_index() {
    auto won = co_await coil::race(dial(), work());
    switch (won.index()) {
        case 0: co_await coil::own(std::move(won.get<0>())); break;
        case 1: break;
    }
}

coil::task<> asks_a_variant(std::variant<int, connection> (*either)()) {
    auto a = either();
    if (std::holds_alternative<connection>(a)) co_await coil::drop(a);
    auto b = either();
    if (std::holds_alternative<int>(b)) co_return;
    co_await coil::drop(b);
    auto c = either();
    if (auto* held = std::get_if<connection>(&c)) co_await coil::own(std::move(*held));
    auto d = either();  // expected-error {{'d' is destroyed at the end of its scope}}
    if (!std::holds_alternative<int>(d)) co_return;
}

// Functions that hand it on.

class holder {
public:
    explicit holder(connection c) : slot_(std::move(c)) {}
    holder(holder&& other) noexcept : slot_(std::exchange(other.slot_, std::nullopt)) {}
    holder& operator=(holder&& other) noexcept {
        slot_ = std::exchange(other.slot_, std::nullopt);
        return *this;
    }
    std::optional<connection> take() { return std::exchange(slot_, std::nullopt); }
    connection release() {
        connection c = std::move(*slot_);
        slot_.reset();
        return c;
    }
    void put(connection c) {
        if (!slot_) {
            slot_.emplace(std::move(c));
        } else {
            more_.push_back(std::move(c));
        }
    }
    void replace(connection c) {
        slot_ = std::move(c);  // expected-error {{this destroys what 'slot_' holds}}
    }
    coil::task<> async_drop() {
        for (auto& c : more_) co_await coil::drop(c);
        if (slot_) co_await coil::drop(*slot_);
    }

private:
    std::optional<connection> slot_;
    std::vector<connection> more_;
};

class pool {
public:
    coil::task<connection*> get(std::string name) {
        auto found = all_.find(name);
        if (found == all_.end()) found = all_.emplace(name, co_await dial()).first;
        co_return &found->second;
    }
    coil::task<> forget(std::string name) {
        auto found = all_.find(name);
        if (found == all_.end()) co_return;
        co_await coil::drop(found->second);
        all_.erase(found);
    }
    void forget_at_once(const std::string& name) {
        all_.erase(name);  // expected-error {{this destroys what 'all_' holds}}
    }
    coil::task<> async_drop() {
        for (auto& [name, c] : all_) co_await coil::drop(c);
    }

private:
    std::map<std::string, connection> all_;
};

template <class T>
T identity(T given) {
    return given;
}
coil::task<> passes_it_through() {
    co_await coil::own(identity(make()));
}

connection chooses(bool is_first) {
    // expected-error@+1 {{'a' is destroyed at the end of its scope}}
    connection a = make();
    // expected-error@+1 {{'b' is destroyed at the end of its scope}}
    connection b = make();
    return is_first ? std::move(a) : std::move(b);
}

coil::task<std::pair<connection, int>> gives_a_pair() {
    connection c = co_await dial();
    co_return std::pair(std::move(c), 1);
}

coil::task<> takes_a_pair() {
    auto [c, number] = co_await gives_a_pair();
    co_await coil::own(std::move(c));
}
