// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;

//! [generator]
coil::generator<int> countdown(int from) {
    for (int i = from; i > 0; --i) {
        co_await coil::sleep(1ms);
        co_yield i;
    }
}

coil::task<> read() {
    auto numbers = countdown(3);
    while (auto number = co_await numbers.next()) std::printf("%d ", *number);
    std::puts("lift-off");
}
//! [generator]

//! [delegate]
coil::generator<int> twice(int from) {
    co_yield coil::elements_of(countdown(from));
    co_yield coil::elements_of(countdown(from));
}
//! [delegate]

//! [adaptors]
coil::task<bool> is_known(const std::string& name) {
    co_await coil::sleep(1ms);
    co_return name != "mallory";
}

coil::task<> adaptors() {
    const std::vector<std::string> names{"alice", "mallory", "bob"};
    auto lengths = co_await (
        names | coil::filter([](const std::string& n) { return is_known(n); }) |
        coil::map([](const std::string& n) { return n.size(); }) |
        coil::collect<std::vector>());
    std::printf("%zu lengths: %zu %zu\n", lengths.size(), lengths[0], lengths[1]);

    int sum = co_await (
        twice(3) | coil::take(5) |
        coil::fold_left(0, [](int so_far, int number) { return so_far + number; }));
    std::printf("sum %d\n", sum);
}
//! [adaptors]

//! [leave]
coil::task<> leave() {
    co_await (countdown(100) | coil::for_each([](int number) {
                  std::printf("%d\n", number);
                  return number == 99 ? coil::loop::leave : coil::loop::go_on;
              }));
    COIL_FOR(int number, countdown(9)) {
        if (number == 8) continue;
        if (number == 6) break;
        std::printf("%d\n", number);
    }
}
//! [leave]

//! [merge]
coil::generator<std::string> clock_of(std::string shop,
                                      std::chrono::milliseconds pause) {
    for (int i = 1; i <= 2; ++i) {
        co_await coil::sleep(pause);
        co_yield shop + " " + std::to_string(i);
    }
}

coil::task<> merged() {
    auto both = coil::merge(clock_of("slow", 30ms), clock_of("fast", 20ms));
    co_await (std::move(both) |
              coil::for_each([](std::string order) { std::puts(order.c_str()); }));
}
//! [merge]

//! [resource]
struct cursor {
    coil::task<> async_drop() {
        co_await coil::sleep(1ms);
        std::puts("cursor closed");
    }
};

coil::resource_generator<int> rows(coil::owned<cursor>) {
    for (int row = 1;; ++row) co_yield row;
}

coil::task<> first_rows() {
    auto some = co_await (rows(cursor{}) | coil::take(2) | coil::collect<std::set>());
    std::printf("%zu rows\n", some.size());
}
//! [resource]

//! [sink]
coil::task<> through_a_channel() {
    coil::channel<int> queue(2);
    auto produce = [](coil::channel<int>& to) -> coil::task<> {
        (void)co_await (countdown(3) | coil::into(to));
        to.close();
    };
    auto consume = [](coil::channel<int>& from) -> coil::task<> {
        while (auto item = co_await from.next()) std::printf("item %d\n", *item);
    };
    co_await coil::join(produce(queue), consume(queue));
}
//! [sink]

//! [own stream]
class dice {
public:
    coil::task<std::optional<int>> next() {
        co_await coil::yield_now();
        seed_ = seed_ * 5 + 1;
        co_return static_cast<int>(seed_ % 6 + 1);
    }

private:
    unsigned seed_ = 1;
};

coil::task<> own_stream() {
    auto thrown = co_await (dice() | coil::take(3) | coil::collect<std::vector>());
    for (int number : thrown) std::printf("%d ", number);
    std::puts("");
}
//! [own stream]

coil::task<> all() {
    co_await read();
    co_await adaptors();
    co_await leave();
    co_await merged();
    co_await first_rows();
    co_await through_a_channel();
    co_await own_stream();
}

int main() {
    coil::run(all());
}
