// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/yield.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/sync/semaphore.hpp>

#include "strands.hpp"

namespace coil::models {

namespace {

struct shop {
    explicit shop(std::size_t permits) : of(std::make_unique<semaphore>(permits)) {}
    crew all{2};
    std::unique_ptr<semaphore> of;
    plain text;
    int taken = 0;

    void add(std::size_t count) {
        text.write(7);
        of->add(count);
    }
};
struct empty_shop : shop {
    empty_shop() : shop(0) {}
};
struct shop_of_one : shop {
    shop_of_one() : shop(1) {}
};

task<> take(shop& d, std::size_t count) {
    const auto permit = co_await d.of->acquire(count);
    ++d.taken;
}

task<> take_and_read(shop& d) {
    const auto permit = co_await d.of->acquire();
    expect(d.text.read() == 7, "what was written before is seen");
    ++d.taken;
}

task<> take_and_end_it(shop& d) {
    auto permit = co_await d.of->acquire();
    permit.give_back();
    d.of.reset();
    ++d.taken;
}

model add_and_take() {
    return strands_model<empty_shop>(
        "who gets a permit sees what was before it", {"between_is_missed"},
        [](shop& d) {
            d.all.start(0, take_and_read(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.add(1); }}, [&d] {
                               expect(d.taken == 1 && d.of->available() == 1,
                                      "it was taken once and given back");
                           }};
        },
        4);
}

model add_and_end() {
    return strands_model<empty_shop>(
        "who was given a permit may end the semaphore", {"between_is_missed"},
        [](shop& d) {
            d.all.start(0, take_and_end_it(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.of->add(1); }},
                           [&d] { expect(d.taken == 1, "it was taken"); }};
        },
        4);
}

model add_and_stop() {
    return strands_model<empty_shop>(
        "a stop loses no permit that is being given", {"woken_ones_withdraw"},
        [](shop& d) {
            d.all.start(0, take(d, 1));
            return program{{[&d] { d.all.work(0); }, [&d] { d.of->add(1); },
                            [&d] { d.all.stop(0); }},
                           [&d] {
                               expect(d.all.was_stopped(0) == (d.taken == 0),
                                      "it ended in one way");
                               expect(d.of->available() == 1, "it is there");
                           }};
        });
}

model two_take_one() {
    return strands_model<shop_of_one>(
        "a permit goes from hand to hand between threads",
        {"between_is_missed", "messages_wake_nobody"},
        [](shop& d) {
            d.all.start(0, take(d, 1));
            d.all.start(1, take(d, 1));
            return d.all.working([&d] {
                expect(d.taken == 2 && d.of->available() == 1, "each had it");
            });
        },
        3);
}

model stopped_is_first() {
    return strands_model<shop_of_one>(
        "who wants more and is stopped lets the next one in", {"stopped_waiter_blocks"},
        [](shop& d) {
            d.all.start(0, take(d, 2));
            d.all.start(1, take(d, 1));
            program p = d.all.working([&d] {
                expect(d.all.was_stopped(0) && d.taken == 1, "one was let in");
            });
            p.threads.emplace_back([&d] { d.all.stop(0); });
            return p;
        });
}

model try_and_take() {
    return strands_model<empty_shop>(
        "a permit goes to who waits, or to who asks in passing",
        {"between_is_missed", "rests_over_messages"}, [](shop& d) {
            d.all.start(0, take(d, 1));
            return program{{[&d] { d.all.work(0); }, [&d] { d.of->add(1); },
                            [&d] {
                                if (auto permit = d.of->try_acquire())
                                    expect(d.taken <= 1, "nobody else has it");
                            }},
                           [&d] {
                               expect(d.taken == 1 && d.of->available() == 1,
                                      "it was given back by each");
                           }};
        });
}

model two_want_many() {
    return strands_model<empty_shop>(
        "two who give permits to one give it enough",
        {"between_is_missed", "rests_over_messages"}, [](shop& d) {
            d.all.start(0, take(d, 2));
            return program{{[&d] { d.all.work(0); }, [&d] { d.of->add(1); },
                            [&d] { d.of->add(1); }},
                           [&d] {
                               expect(d.taken == 1 && d.of->available() == 2,
                                      "it had both");
                           }};
        });
}

// --- mutexes ---

struct account {
    crew all{2};
    coil::mutex in_use;
    coil::shared_mutex shared;
    plain balance;
    int reads = 0;
};

task<> deposit(account& d) {
    const auto guard = co_await d.in_use.lock();
    d.balance.write(d.balance.read() + 1);
}

model one_at_a_time() {
    return strands_model<account>(
        "a mutex guards plain data between threads",
        {"between_is_missed", "messages_wake_nobody"},
        [](account& d) {
            d.all.start(0, deposit(d));
            d.all.start(1, deposit(d));
            return d.all.working(
                [&d] { expect(d.balance.read() == 2, "nothing was lost"); });
        },
        3);
}

model lock_and_stop() {
    return strands_model<account>(
        "a mutex that was handed to who is stopped is free again",
        {"woken_ones_withdraw"},
        [](account& d) {
            d.all.start(0, deposit(d));
            d.all.start(1, deposit(d));
            program p = d.all.working([&d] {
                const int stopped = d.all.was_stopped(0) ? 1 : 0;
                expect(d.balance.read() == 2 - stopped, "nothing was lost");
                expect(d.in_use.try_lock().has_value(), "it is free");
            });
            p.threads.emplace_back([&d] { d.all.stop(0); });
            return p;
        },
        2);
}

task<> write(account& d) {
    const auto guard = co_await d.shared.lock();
    d.balance.write(d.balance.read() + 1);
}
task<> read(account& d) {
    const auto guard = co_await d.shared.lock_shared();
    expect(d.balance.read() <= 1, "it is whole");
    ++d.reads;
}

model readers_and_writer() {
    return strands_model<account>(
        "a reader and a writer keep apart", {"between_is_missed"},
        [](account& d) {
            d.all.start(0, write(d));
            d.all.start(1, read(d));
            return d.all.working([&d] {
                expect(d.balance.read() == 1 && d.reads == 1, "both were inside");
            });
        },
        3);
}

task<> write_and_read_on(account& d) {
    auto guard = co_await d.shared.lock();
    const int written = d.balance.read() + 1;
    d.balance.write(written);
    guard.downgrade();
    expect(d.balance.read() == written, "nobody has written since");
    ++d.reads;
}

model downgrade() {
    return strands_model<account>(
        "who writes and reads on sees what it wrote",
        {"between_is_missed", "downgrade_lets_go"},
        [](account& d) {
            d.all.start(0, write_and_read_on(d));
            d.all.start(1, write_and_read_on(d));
            return d.all.working([&d] {
                expect(d.balance.read() == 2 && d.reads == 2, "both were inside");
                expect(d.shared.try_lock().has_value(), "it is free");
            });
        },
        3);
}

}  // namespace

std::vector<model> permit_models() {
    return {add_and_take(),     add_and_end(),        add_and_stop(),  two_take_one(),
            stopped_is_first(), try_and_take(),       two_want_many(), one_at_a_time(),
            lock_and_stop(),    readers_and_writer(), downgrade()};
}

}  // namespace coil::models
