// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! [together]
#include <coil/coil.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

coil::task<std::string> get(std::string what, std::chrono::milliseconds pause) {
    co_await coil::sleep(pause);
    std::printf("got %s\n", what.c_str());
    co_return what;
}

coil::task<> together() {
    auto [user, orders] = co_await coil::join(get("user", 60ms), get("orders", 20ms));
    std::printf("join: %s, %s\n", user.c_str(), orders.c_str());

    auto first = co_await coil::race(get("slow", 1h), get("fast", 1ms));
    std::printf("race: branch %zu, %s\n", first.index(), first->c_str());

    auto reply = co_await coil::with_timeout(5ms, get("reply", 1h));
    std::printf("with_timeout: %s\n", reply ? reply->c_str() : "too late");
}
//! [together]

//! [unlike]
coil::task<> unlike() {
    auto ended = co_await coil::race(coil::sleep(1ms), get("number", 1h));
    switch (ended.index()) {
        case 0: std::puts("the pause was shorter"); break;
        case 1: std::puts(ended.get<1>().c_str()); break;
    }
}
//! [unlike]

//! [no lock]
struct account {
    int balance = 0;
    int changes = 0;
};

coil::task<> deposit(account& to, int amount) {
    to.balance += amount;  // no other branch runs here
    to.changes += 1;
    co_await coil::sleep(1ms);  // here they may
}

coil::task<> no_lock() {
    account shared;
    co_await coil::join(deposit(shared, 1), deposit(shared, 2), deposit(shared, 3));
    std::printf("%d in %d changes\n", shared.balance, shared.changes);
}
//! [no lock]

//! [errors]
coil::task<std::string> fail() {
    co_await coil::sleep(1ms);
    throw std::runtime_error("no such user");
}

coil::task<> errors() {
    try {
        co_await coil::join(get("never shown", 1h), fail());
    } catch (const std::runtime_error& error) {
        std::printf("join threw: %s\n", error.what());
    }
    auto [good, bad] = co_await coil::join_outcomes(get("good", 5ms), fail());
    std::printf("%s %s\n", good.has_value() ? good.value().c_str() : "-",
                bad.has_error() ? "failed" : "-");
}
//! [errors]

//! [turns]
coil::task<> count(const char* name) {
    for (int i = 1; i <= 2; ++i) {
        std::printf("%s %d\n", name, i);
        co_await coil::yield_now();  // gives the others their turn
    }
}

coil::task<> turns() {
    co_await coil::join(count("a"), count("b"));
}
//! [turns]

//! [ticks]
coil::task<> ticks() {
    const coil::instant start = coil::now();
    coil::interval every(2ms);  // the first tick comes at once
    for (int i = 1; i <= 3; ++i) (void)co_await every.next();
    std::puts(coil::now() - start >= 4ms ? "three ticks" : "too early");
}
//! [ticks]

coil::task<> all() {
    co_await together();
    co_await unlike();
    co_await no_lock();
    co_await errors();
    co_await turns();
    co_await ticks();
}

int main() {
    coil::run(all());
}
