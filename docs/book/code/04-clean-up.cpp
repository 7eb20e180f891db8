// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

//! [connection]
class connection {
public:
    explicit connection(std::string name) : name_(std::move(name)) {}
    connection(connection&& other) noexcept
        : name_(std::exchange(other.name_, std::string())) {}

    coil::task<> send(std::string text) {
        co_await coil::sleep(1ms);
        std::printf("%s: %s\n", name_.c_str(), text.c_str());
    }
    coil::task<> async_drop() {        // that is all a type needs
        if (name_.empty()) co_return;  // was moved from
        co_await coil::sleep(1ms);
        std::printf("%s: closed\n", name_.c_str());
    }

private:
    std::string name_;
};

coil::task<connection> connect(std::string name) {
    co_await coil::sleep(1ms);
    co_return connection(std::move(name));
}
//! [connection]

//! [with]
coil::task<> use() {
    int answer =
        co_await coil::with(connect("a"), [](connection& c) -> coil::task<int> {
            co_await c.send("hello");
            co_return 42;
        });  // closed here
    std::printf("got %d\n", answer);
}

coil::task<> fails() {
    co_await coil::with(connect("b"), [](connection& c) -> coil::task<> {
        co_await c.send("hello");
        throw std::runtime_error("no answer");
    });  // closed here, too; then the error goes on
}

coil::task<> waits() {
    co_await coil::with(connect("c"), [](connection&) -> coil::task<> {
        co_await coil::sleep(1h);
    });  // and here, when it is stopped
}

coil::task<> three_ways() {
    co_await use();
    try {
        co_await fails();
    } catch (const std::runtime_error& error) {
        std::printf("error: %s\n", error.what());
    }
    (void)co_await coil::with_timeout(10ms, waits());
}
//! [with]

//! [transaction]
class transaction {
public:
    explicit transaction(connection& on) : on_(&on) {}
    coil::task<> commit() {
        co_await on_->send("commit");
        is_committed_ = true;
    }
    coil::task<> async_drop() {
        if (!is_committed_) co_await on_->send("roll back");
    }

private:
    connection* on_;
    bool is_committed_ = false;
};

coil::task<> transfer(int amount) {
    co_await coil::with(
        connect("db"), [](connection& c) { return transaction(c); },
        [amount](connection& c, transaction& tx) -> coil::task<> {
            co_await c.send("take " + std::to_string(amount));
            if (amount > 100) co_return;  // not enough: nothing was committed
            co_await tx.commit();
        });
}
//! [transaction]

//! [own]
coil::task<> straight() {
    connection& log = co_await coil::own(co_await connect("log"));
    connection& out = co_await coil::own(co_await connect("out"));
    co_await log.send("begin");
    co_await out.send("text");
}  // out is closed, then log

coil::task<> serve(coil::owned<connection> c) {
    co_await c->send("served");
}  // c is closed
//! [own]

//! [containers]
coil::task<> chat() {
    auto& peers = co_await coil::own(coil::async_map<std::string, connection>());
    co_await peers.insert_or_assign("anna", co_await connect("anna"));
    co_await peers.insert_or_assign("ben", co_await connect("ben"));
    co_await peers.erase("anna");  // closes that one
    co_await peers.at("ben").send("hello");
    co_await peers.insert_or_assign("ben", co_await connect("ben again"));
    std::puts("the old one is closed");
}  // closes what is left
//! [containers]

//! [reason]
struct upload {
    coil::task<> async_drop(coil::exit_reason why) {
        co_await coil::yield_now();
        std::puts(why == coil::exit_reason::returned ? "upload: complete"
                  : why == coil::exit_reason::error  ? "upload: failed"
                                                     : "upload: stopped");
    }
};

coil::task<> reasons() {
    co_await coil::with(upload{}, [](upload&) {});  // a plain body is right, too
    auto wait = [](upload&) { return coil::sleep(1h); };
    (void)co_await coil::with_timeout(1ms, coil::with(upload{}, wait));
}
//! [reason]

coil::task<> all() {
    co_await three_ways();
    co_await transfer(50);
    co_await transfer(500);
    co_await straight();
    co_await serve(co_await connect("peer"));
    co_await chat();
    co_await reasons();
}

int main() {
    coil::run(all());
}
