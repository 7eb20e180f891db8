// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

//! [channel]
coil::task<> produce(coil::channel<std::string>& to) {
    for (int i = 1; i <= 3; ++i) {
        const bool is_open = co_await to.send("item " + std::to_string(i));
        if (!is_open) co_return;  // the receiver has closed it
    }
    to.close();  // no more items
}

coil::task<> consume(coil::channel<std::string>& from) {
    while (auto item = co_await from.next()) std::puts(item->c_str());
}

coil::task<> channel() {
    coil::channel<std::string> queue(2);  // holds two items; then send() waits
    co_await coil::join(produce(queue), consume(queue));
}
//! [channel]

//! [actor]
struct question {
    int number;
    coil::oneshot<int>* reply;
};

coil::task<> answer_all(coil::channel<question>& questions) {
    while (auto asked = co_await questions.next()) {
        (void)asked->reply->send(asked->number * 2);
    }
}

coil::task<int> ask(coil::channel<question>& questions, int number) {
    coil::oneshot<int> reply;
    // A stop between the two awaits would leave `reply` in the queue: keep it out.
    auto both = [&]() -> coil::task<int> {
        (void)co_await questions.send({number, &reply});
        co_return *co_await reply.receive();
    };
    co_return co_await coil::shield(both());
}

coil::task<> actor() {
    coil::channel<question> questions(8);
    auto client = [&]() -> coil::task<> {
        std::printf("twice 21 is %d\n", co_await ask(questions, 21));
        questions.close();
    };
    co_await coil::join(answer_all(questions), client());
}
//! [actor]

//! [event]
coil::task<> event() {
    coil::event loaded;
    auto user = [&]() -> coil::task<> {
        co_await loaded.wait();
        std::puts("loaded");
    };
    auto loader = [&]() -> coil::task<> {
        co_await coil::sleep(1ms);
        loaded.set();  // for ever: later waits do not wait
    };
    co_await coil::join(user(), user(), loader());
}
//! [event]

//! [thread]
coil::task<> from_a_thread() {
    coil::channel<int> queue(4);
    auto sensor = [&queue] {  // any thread may send, as long as it need not wait
        for (int i = 1; i <= 3; ++i) (void)queue.try_send(i);
        queue.close();
    };
    auto reader = [&queue]() -> coil::task<> {
        while (auto value = co_await queue.next()) std::printf("sensor %d\n", *value);
    };
    co_await coil::join(coil::blocking(sensor), reader());
}
//! [thread]

//! [mutex]
coil::task<> pay(coil::mutex& lock, int& balance, int amount) {
    const auto held = co_await lock.lock();  // until the end of the block
    const int before = balance;
    co_await coil::sleep(1ms);  // others may run, but not past lock()
    balance = before - amount;
}

coil::task<> mutex() {
    coil::mutex lock;
    int balance = 100;
    co_await coil::join(pay(lock, balance, 10), pay(lock, balance, 20));
    std::printf("balance %d\n", balance);
}
//! [mutex]

//! [semaphore]
coil::task<> semaphore() {
    coil::semaphore places(2);
    int inside = 0, most = 0;
    auto guest = [&]() -> coil::task<> {
        const auto permit = co_await places.acquire();
        if (++inside > most) most = inside;
        co_await coil::sleep(1ms);
        --inside;
    };
    co_await coil::join(guest(), guest(), guest(), guest());
    std::printf("at most %d inside\n", most);
}
//! [semaphore]

//! [watch]
coil::task<> watch() {
    coil::watch<std::string> mode("day");
    auto reader = [&]() -> coil::task<> {
        auto seen = mode.subscribe();
        while (co_await seen.wait_changed())
            std::printf("mode %s\n", seen.get().c_str());
    };
    auto writer = [&]() -> coil::task<> {
        co_await coil::sleep(1ms);
        mode.send("dusk");
        mode.send("night");  // the reader sees the latest only
        co_await coil::sleep(1ms);
        mode.close();
    };
    co_await coil::join(reader(), writer());
}
//! [watch]

//! [broadcast]
coil::task<> broadcast() {
    coil::broadcast<int> news(8);
    auto listen = [](coil::broadcast<int>::receiver from) -> coil::task<int> {
        int sum = 0;
        while (auto heard = co_await from.next()) sum += heard->item;
        co_return sum;
    };
    auto speak = [&]() -> coil::task<> {
        for (int i = 1; i <= 3; ++i) news.send(i);
        news.close();
        co_return;
    };
    auto [a, b, unused] = co_await coil::join(listen(news.subscribe()),
                                              listen(news.subscribe()), speak());
    std::printf("heard %d and %d\n", a, b);
}
//! [broadcast]

//! [once]
coil::task<> once() {
    coil::once_cell<std::string> settings;
    auto load = []() -> coil::task<std::string> {
        std::puts("loading");
        co_await coil::sleep(1ms);
        co_return "blue";
    };
    auto use = [&]() -> coil::task<> {
        const std::string& colour = co_await settings.get_or_init(load);
        std::puts(colour.c_str());
    };
    co_await coil::join(use(), use());
}
//! [once]

coil::task<> all() {
    co_await channel();
    co_await actor();
    co_await event();
    co_await from_a_thread();
    co_await mutex();
    co_await semaphore();
    co_await watch();
    co_await broadcast();
    co_await once();
}

int main() {
    coil::run(all());
}
