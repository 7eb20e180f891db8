// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/inbox.hpp>
#include <coil/core/mailbox.hpp>

#include "all_models.hpp"

#include <vector>

namespace coil::models {

namespace {

/// A message with something in it that nobody else guards.
struct letter : remote_message {
    letter() : remote_message(delivered) {}
    static void delivered(remote_message& m) noexcept {
        auto& self = static_cast<letter&>(m);
        expect(self.text.read() == 7, "what was written before the push is seen");
        ++self.deliveries;
        if (self.log != nullptr) self.log->push_back(self.number);
    }
    void send_to(inbox& to) {
        text.write(7);
        was_resting = to.push(*this);
    }
    plain text;
    int number = 0;
    int deliveries = 0;
    bool was_resting = false;
    std::vector<int>* log = nullptr;
};

struct post {
    inbox box;
    letter first;
    letter second;
    std::vector<int> log;
    plain state;  // the owner's, which goes to who takes it up
    bool has_rested = false;
    bool is_asked = false;
};

/// A strand in small: drains, then rests, until it does rest.
void drain_and_rest(post& d) {
    for (;;) {
        const inbox::news found = d.box.drain();
        d.is_asked = d.is_asked || found.was_asked_to_stop;
        d.state.write(d.state.read() + 1);
        if (d.box.try_rest()) break;
    }
    d.has_rested = true;
}

/// Whoever found the owner resting takes it up, and looks.
void take_up(post& d) {
    d.state.write(d.state.read() + 1);
    drain_and_rest(d);
}

model two_senders() {
    return model_of<post>(
        "an inbox gets each message of two senders once", [](post& d) {
            return program{{[&d] { d.first.send_to(d.box); },
                            [&d] { d.second.send_to(d.box); }, [&d] { d.box.drain(); }},
                           [&d] {
                               d.box.drain();
                               expect(
                                   d.first.deliveries == 1 && d.second.deliveries == 1,
                                   "each was delivered once");
                           }};
        });
}

model one_senders_order() {
    return model_of<post>("an inbox keeps the order of one sender", [](post& d) {
        d.first.log = d.second.log = &d.log;
        d.first.number = 1;
        d.second.number = 2;
        return program{{[&d] {
                            d.first.send_to(d.box);
                            d.second.send_to(d.box);
                        },
                        [&d] { d.box.drain(); }},
                       [&d] {
                           d.box.drain();
                           expect(d.log == std::vector{1, 2}, "in the order of pushes");
                       }};
    });
}

model sender_and_rest() {
    return model_of<post>(
        "a sender finds a strand resting, or the strand finds the message",
        [](post& d) {
            return program{
                {[&d] {
                     d.first.send_to(d.box);
                     if (d.first.was_resting) take_up(d);
                 },
                 [&d] { drain_and_rest(d); }},
                [&d] { expect(d.first.deliveries == 1, "it was delivered"); }};
        });
}

model sender_takes_up() {
    return model_of<post>(
        "who takes a resting strand up sees it as it was left", [](post& d) {
            return program{
                {[&d] {
                     if (d.box.take_up()) {
                         d.first.text.write(7);
                         inbox::deliver(d.first);
                         return take_up(d);
                     }
                     d.first.send_to(d.box);
                     if (d.first.was_resting) take_up(d);
                 },
                 [&d] { drain_and_rest(d); }},
                [&d] { expect(d.first.deliveries == 1, "it was delivered"); }};
        });
}

model two_senders_and_rest() {
    return model_of<post>(
        "of two senders at most one takes a resting strand up", [](post& d) {
            return program{{[&d] {
                                d.first.send_to(d.box);
                                if (d.first.was_resting) take_up(d);
                            },
                            [&d] {
                                d.second.send_to(d.box);
                                if (d.second.was_resting) take_up(d);
                            },
                            [&d] { drain_and_rest(d); }},
                           [&d] {
                               expect(d.first.deliveries + d.second.deliveries == 2,
                                      "both were delivered");
                           }};
        });
}

model stop_and_rest() {
    return model_of<post>("a strand that is asked to stop hears of it", [](post& d) {
        return program{{[&d] {
                            if (d.box.ask_to_stop()) take_up(d);
                        },
                        [&d] { drain_and_rest(d); }},
                       [&d] { expect(d.is_asked, "it was told"); }};
    });
}

model stop_and_message() {
    return model_of<post>("a stop and a message both arrive", [](post& d) {
        return program{{[&d] {
                            if (d.box.ask_to_stop()) take_up(d);
                        },
                        [&d] {
                            d.first.send_to(d.box);
                            if (d.first.was_resting) take_up(d);
                        },
                        [&d] { drain_and_rest(d); }},
                       [&d] {
                           expect(d.is_asked, "the stop was told");
                           expect(d.first.deliveries == 1, "the message, too");
                       }};
    });
}

/// What precedes the request is seen by who is told of it.
model stop_gives() {
    struct data {
        inbox box;
        plain why;
    };
    return model_of<data>("who is told to stop sees why", [](data& d) {
        return program{{[&d] {
                            d.why.write(3);
                            (void)d.box.ask_to_stop();
                        },
                        [&d] {
                            if (d.box.drain().was_asked_to_stop)
                                expect(d.why.read() == 3, "the reason is seen");
                        }}};
    });
}

/// A runtime in small: its notify ends its sleep.
struct sleeper : mailbox {
    void notify() noexcept override { ++rung; }
    void run_until_delivered(const letter& awaited) {
        while (awaited.deliveries == 0) {
            drain();
            if (awaited.deliveries != 0 || !try_sleep()) continue;
            wait_until([this] { return rung != 0; });
            if (!wake_up()) wait_until([this] { return rung != 0; });
            rung = 0;
        }
    }
    int rung = 0;
};

model post_and_sleep() {
    struct data {
        sleeper owner;
        letter news;
    };
    return model_of<data>(
        "a post ends a runtime's sleep, or comes before it", [](data& d) {
            return program{{[&d] {
                                d.news.text.write(7);
                                d.owner.post(d.news);
                            },
                            [&d] { d.owner.run_until_delivered(d.news); }}};
        });
}

/// With a timer that ends the sleep as well.
model post_and_time() {
    struct data {
        sleeper owner;
        letter news;
        bool is_late = false;
    };
    return model_of<data>(
        "a runtime that wakes by itself awaits its notifier", [](data& d) {
            return program{{[&d] {
                                d.news.text.write(7);
                                d.owner.post(d.news);
                            },
                            [&d] {
                                if (d.owner.try_sleep()) {  // and its deadline passes
                                    if (!d.owner.wake_up())
                                        wait_until([&d] { return d.owner.rung != 0; });
                                }
                                d.owner.drain();
                            }},
                           [&d] {
                               d.owner.drain();
                               expect(d.news.deliveries == 1, "it was delivered once");
                           }};
        });
}

}  // namespace

std::vector<model> inbox_models() {
    return {two_senders(),      one_senders_order(),    sender_and_rest(),
            sender_takes_up(),  two_senders_and_rest(), stop_and_rest(),
            stop_and_message(), stop_gives(),           post_and_sleep(),
            post_and_time()};
}

}  // namespace coil::models
