// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/sync/channel.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/sync/unbounded_channel.hpp>

#include "strands.hpp"

namespace coil::models {

namespace {

/// Items are numbers from 1 on; `text` is written before the first is sent.
struct post_office {
    crew all{3};
    std::unique_ptr<channel<int, 1>> items = std::make_unique<channel<int, 1>>();
    oneshot<int> reply;
    unbounded_channel<int> many;
    plain text;
    int sent = 0;
    int received = 0;
    int refused = 0;
    int ended = 0;

    void put(int item) {
        text.write(7);
        expect(items->try_send(item), "there is room");
        sent += item;
    }
    void expect_all_received() {
        while (const auto item = items->try_receive()) received += *item;
        expect(sent == received, "each item was received once");
    }
};

task<> send(post_office& d, int item) {
    if (co_await d.items->send(item)) {
        d.sent += item;
    } else {
        ++d.refused;
    }
}

task<> receive(post_office& d) {
    const auto item = co_await d.items->receive();
    if (item) {
        d.received += *item;
    } else {
        ++d.ended;
    }
}

task<> receive_and_read(post_office& d) {
    const auto item = co_await d.items->receive();
    if (item) expect(d.text.read() == 7, "what was written before is seen");
    d.received += item.value_or(0);
}

task<> receive_two(post_office& d) {
    co_await receive(d);
    co_await receive(d);
}

task<> receive_and_end_it(post_office& d) {
    const auto item = co_await d.items->receive();
    d.received += *item;
    d.items.reset();
}

model put_and_receive() {
    return strands_model<post_office>(
        "who receives an item sees what was before it",
        {"between_is_missed", "rests_over_messages"},
        [](post_office& d) {
            d.all.start(0, receive_and_read(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.put(1); }},
                           [&d] { d.expect_all_received(); }};
        },
        4);
}

model receive_and_end() {
    return strands_model<post_office>(
        "who has received the last item may end the channel", {"between_is_missed"},
        [](post_office& d) {
            d.all.start(0, receive_and_end_it(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.put(1); }},
                           [&d] { expect(d.received == 1, "it was received"); }};
        },
        4);
}

model two_producers() {
    return strands_model<post_office>(
        "two producers give one consumer each item once",
        {"between_is_missed", "messages_wake_nobody"},
        [](post_office& d) {
            d.all.start(0, receive_two(d));
            d.all.start(1, send(d, 1));
            d.all.start(2, send(d, 2));
            return d.all.working([&d] {
                expect(d.sent == 3, "both were sent");
                d.expect_all_received();
            });
        },
        1);
}

model two_consumers() {
    return strands_model<post_office>(
        "an item goes to one of two consumers, and a close to the other",
        {"between_is_missed", "rests_over_messages"},
        [](post_office& d) {
            d.all.start(0, receive(d));
            d.all.start(1, receive(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.all.work(1); },
                            [&d] {
                                d.put(1);
                                d.items->close();
                            }},
                           [&d] {
                               expect(d.received == 1 && d.ended == 1,
                                      "one has it, one was told the end");
                           }};
        },
        1);
}

model close_and_receive() {
    return strands_model<post_office>(
        "a close wakes who waits for an item", {"between_is_missed"},
        [](post_office& d) {
            d.all.start(0, receive(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.items->close(); }},
                           [&d] { expect(d.ended == 1, "it was told the end"); }};
        },
        4);
}

model close_and_send() {
    return strands_model<post_office>(
        "a close wakes who waits for room, or the item was sent before",
        {"between_is_missed"}, [](post_office& d) {
            d.put(1);
            d.all.start(0, send(d, 2));
            return program{{[&d] { d.all.work(0); }, [&d] { d.items->close(); },
                            [&d] { d.received += d.items->try_receive().value_or(0); }},
                           [&d] {
                               expect(d.refused == (d.sent == 1 ? 1 : 0), "once");
                               d.expect_all_received();
                           }};
        });
}

model stop_and_receive() {
    return strands_model<post_office>(
        "a stop loses no item that is being sent", {"woken_ones_withdraw"},
        [](post_office& d) {
            d.all.start(0, receive(d));
            return program{
                {[&d] { d.all.work(0); }, [&d] { d.put(1); }, [&d] { d.all.stop(0); }},
                [&d] {
                    expect(d.all.was_stopped(0) == (d.received == 0),
                           "it ended in one way");
                    d.expect_all_received();
                }};
        });
}

model stop_and_send() {
    return strands_model<post_office>(
        "an item whose sender is stopped is sent, or not at all",
        {"woken_ones_withdraw"}, [](post_office& d) {
            d.put(1);
            d.all.start(0, send(d, 2));
            return program{{[&d] { d.all.work(0); }, [&d] { d.all.stop(0); },
                            [&d] { d.received += d.items->try_receive().value_or(0); }},
                           [&d] {
                               expect(d.all.was_stopped(0) == (d.sent == 1),
                                      "it ended in one way");
                               d.expect_all_received();
                           }};
        });
}

model promise_and_stop() {
    return strands_model<post_office>(
        "an item that was promised to who is stopped goes to the next",
        {"stopped_ones_keep_promises"},
        [](post_office& d) {
            d.all.start(0, receive(d));
            d.all.start(1, receive(d));
            program p = d.all.working([&d] {
                expect(d.received + 10 * d.ended == (d.all.was_stopped(0) ? 1 : 11),
                       "one has it, the other was told the end or stopped");
            });
            p.threads[2] = [&d] {
                d.put(1);
                d.all.stop(0);
                d.items->close();
            };
            return p;
        },
        1);
}

model try_and_close() {
    return strands_model<post_office>(
        "what is sent beside a close is received or refused", {"close_loses_items"},
        [](post_office& d) {
            d.all.start(0, receive_two(d));
            return program{{[&d] { d.all.work(0); },
                            [&d] { d.sent += d.items->try_send(1) ? 1 : 0; },
                            [&d] { d.items->close(); }},
                           [&d] { expect(d.received == d.sent, "neither is lost"); }};
        });
}

task<> ask(post_office& d) {
    d.received = (co_await d.reply.receive()).value_or(0);
}

model reply_once() {
    return strands_model<post_office>(
        "a oneshot gives its value to who asks, or says that there is none",
        {"between_is_missed", "rests_over_messages"}, [](post_office& d) {
            d.all.start(0, ask(d));
            return program{
                {[&d] { d.all.work(0); }, [&d] { d.sent = d.reply.send(5) ? 5 : 0; },
                 [&d] { d.reply.close(); }},
                [&d] { expect(d.received == d.sent, "as was sent"); }};
        });
}

task<> receive_many(post_office& d) {
    while (const auto item = co_await d.many.receive()) d.received += *item;
}

model never_full() {
    return strands_model<post_office>(
        "two who send without a bound lose nothing",
        {"between_is_missed", "rests_over_messages"}, [](post_office& d) {
            d.all.start(0, receive_many(d));
            return program{
                {[&d] { d.all.work(0); }, [&d] { d.sent += d.many.send(1) ? 1 : 0; },
                 [&d] {
                     d.sent += d.many.send(2) ? 2 : 0;
                     d.many.close();
                 }},
                [&d] { expect(d.received == d.sent, "as was sent"); }};
        });
}

// --- reserved room, several items, and the end ---

task<> reserve_and_send(post_office& d, int item) {
    auto permit = co_await d.items->reserve();
    if (permit && permit->send(item)) {
        d.sent += item;
    } else {
        ++d.refused;
    }
}

model reserve_and_receive() {
    return strands_model<post_office>(
        "who reserves room and who sends have it one after the other",
        {"between_is_missed", "messages_wake_nobody"},
        [](post_office& d) {
            d.all.start(0, receive_two(d));
            d.all.start(1, reserve_and_send(d, 1));
            d.all.start(2, send(d, 2));
            return d.all.working([&d] {
                expect(d.sent == 3, "both were sent");
                d.expect_all_received();
            });
        },
        1);
}

model stop_and_reserve() {
    return strands_model<post_office>(
        "room whose taker is stopped is there again", {"woken_ones_withdraw"},
        [](post_office& d) {
            d.put(1);
            d.all.start(0, reserve_and_send(d, 2));
            return program{{[&d] { d.all.work(0); }, [&d] { d.all.stop(0); },
                            [&d] { d.received += d.items->try_receive().value_or(0); }},
                           [&d] {
                               expect(d.all.was_stopped(0) == (d.sent == 1),
                                      "it ended in one way");
                               d.expect_all_received();
                               expect(d.items->try_reserve().has_value(), "room");
                           }};
        });
}

model permit_and_close() {
    return strands_model<post_office>(
        "a permit sends, or the channel was closed before", {"close_loses_items"},
        [](post_office& d) {
            d.all.start(0, reserve_and_send(d, 1));
            return program{{[&d] { d.all.work(0); }, [&d] { d.items->close(); }}, [&d] {
                               expect(d.sent + d.refused == 1, "it was told which");
                               d.expect_all_received();
                           }};
        });
}

task<> receive_all_at_once(post_office& d) {
    std::vector<int> items;
    while (co_await d.items->receive_many(items, 2) > 0) {
        for (const int item : items) d.received += item;
        items.clear();
    }
    ++d.ended;
}

model several_and_close() {
    return strands_model<post_office>(
        "who receives several has each once, and hears of the end",
        {"between_is_missed", "rests_over_messages"},
        [](post_office& d) {
            d.all.start(0, receive_all_at_once(d));
            return program{{[&d] { d.all.work(0); },
                            [&d] {
                                d.put(1);
                                d.items->close();
                            }},
                           [&d] {
                               expect(d.ended == 1, "it was told the end");
                               d.expect_all_received();
                           }};
        },
        4);
}

task<> wait_and_read(post_office& d) {
    co_await d.items->wait_closed();
    expect(d.text.read() == 7, "what was written before is seen");
    ++d.ended;
}

model close_and_wait() {
    return strands_model<post_office>(
        "who waits for the end sees what was before it", {"between_is_missed"},
        [](post_office& d) {
            d.all.start(0, wait_and_read(d));
            return program{{[&d] { d.all.work(0); },
                            [&d] {
                                d.text.write(7);
                                d.items->close();
                            }},
                           [&d] { expect(d.ended == 1, "it was told the end"); }};
        },
        4);
}

task<> wait_and_end_it(post_office& d) {
    co_await d.items->wait_closed();
    d.items.reset();
}

model close_and_end() {
    return strands_model<post_office>(
        "who has heard of the end may end the channel, or is stopped before",
        {"woken_ones_withdraw"}, [](post_office& d) {
            d.all.start(0, wait_and_end_it(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.items->close(); },
                            [&d] { d.all.stop(0); }},
                           [&d] {
                               expect(d.all.was_stopped(0) == (d.items != nullptr),
                                      "it ended in one way");
                           }};
        });
}

}  // namespace

std::vector<model> channel_models() {
    return {put_and_receive(),     receive_and_end(),   two_producers(),
            two_consumers(),       close_and_receive(), close_and_send(),
            stop_and_receive(),    stop_and_send(),     promise_and_stop(),
            try_and_close(),       reply_once(),        never_full(),
            reserve_and_receive(), stop_and_reserve(),  permit_and_close(),
            several_and_close(),   close_and_wait(),    close_and_end()};
}

}  // namespace coil::models
