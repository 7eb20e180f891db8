// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

//! [group]
coil::task<> visit(int page, int& bytes) {
    co_await coil::sleep(page * 20ms);
    bytes += page * 100;
    std::printf("page %d\n", page);
}

coil::task<int> visit_all(int count) {
    int bytes = 0;  // declared outside of the group: its children may borrow it
    co_await coil::with_group([&](coil::group& group) {
        for (int page = count; page > 0; --page) group.spawn(visit(page, bytes));
    });  // all have ended
    co_return bytes;
}
//! [group]

//! [limit]
coil::task<> limited() {
    int running = 0, most = 0;
    auto work = [&]() -> coil::task<> {
        running += 1;
        if (running > most) most = running;
        co_await coil::sleep(1ms);
        running -= 1;
    };
    co_await coil::with_group({.limit = 2}, [&](coil::group& group) {
        for (int i = 0; i < 6; ++i) group.spawn(work());
    });
    std::printf("at most %d at once\n", most);
}
//! [limit]

//! [error]
coil::task<> fails_soon() {
    co_await coil::sleep(1ms);
    throw std::runtime_error("disk full");
}

coil::task<> goes_on() {
    struct note {
        ~note() { std::puts("sibling ended"); }
    } n;
    co_await coil::sleep(1h);
}

coil::task<> error() {
    try {
        co_await coil::with_group([](coil::group& group) {
            group.spawn(goes_on());
            group.spawn(fails_soon());
        });
    } catch (const std::runtime_error& e) {
        std::printf("the group threw: %s\n", e.what());
    }
}
//! [error]

//! [service]
coil::task<> heartbeat() {
    for (coil::interval every(1ms);;) co_await every.next();
}

coil::task<> service() {
    const int answer =
        co_await coil::with_group([](coil::group& group) -> coil::task<int> {
            group.spawn(heartbeat());  // never ends by itself
            co_await coil::sleep(5ms);
            group.request_stop();  // asks the children; this body goes on
            co_return 42;
        });
    std::printf("answer %d\n", answer);
}
//! [service]

//! [handle]
coil::task<int> square(int number) {
    co_await coil::sleep(1ms);
    co_return number* number;
}

coil::task<> handles() {
    co_await coil::with_group([](coil::group& group) -> coil::task<> {
        auto nine = coil::spawn_with_handle(group, square(3));
        auto beat = coil::spawn_with_handle(group, heartbeat());
        std::printf("%d\n", co_await nine.join());
        beat.request_stop();  // this one alone
        auto ended = co_await coil::as_outcome(beat.join());
        std::printf("stopped %d\n", ended.is_stopped());
    });
}
//! [handle]

//! [set]
coil::task<> results() {
    co_await coil::with_group([](coil::group& group) -> coil::task<> {
        coil::join_set<int> squares(group);
        for (int i = 1; i <= 3; ++i) squares.spawn(square(i));
        int sum = 0;
        while (auto one = co_await squares.next()) sum += *one;
        std::printf("sum %d\n", sum);
    });
}
//! [set]

//! [started]
coil::task<> serve(coil::started<int>& listens) {
    co_await coil::sleep(1ms);  // opens its port
    listens.set(8080);
    co_await coil::sleep(1h);
}

coil::task<> started() {
    co_await coil::with_group([](coil::group& group) -> coil::task<> {
        const int port = co_await coil::spawn_started<int>(group, serve);
        std::printf("listens on %d\n", port);
        group.request_stop();
    });
}
//! [started]

//! [value]
inline constexpr coil::task_local<std::string> request_id;

coil::task<> log_line(std::string text) {
    const std::string* id = co_await coil::value_of(request_id);
    std::printf("[%s] %s\n", id ? id->c_str() : "-", text.c_str());
}

coil::task<> handle_request() {
    co_await coil::join(log_line("read"), log_line("written"));
}

coil::task<> values() {
    co_await coil::with_value(request_id, "r-17", handle_request());
    co_await log_line("idle");
}
//! [value]

coil::task<> all() {
    std::printf("%d bytes\n", co_await visit_all(3));
    co_await limited();
    co_await error();
    co_await service();
    co_await handles();
    co_await results();
    co_await started();
    co_await values();
}

int main() {
    coil::run(all());
}
