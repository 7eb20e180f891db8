// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the checker lets loads read, in the small programs that memory models are
// explained with: every outcome that C++20 allows is seen, and no other. Two exceptions
// are stated where they are.
#include "all_models.hpp"
#include <doctest/doctest.h>

#include <set>

using namespace coil::models;
using coil::atomic;
using coil::memory_order;

namespace {

using outcomes = std::set<std::vector<int>>;
constexpr memory_order relaxed = memory_order::relaxed;
constexpr memory_order acquire = memory_order::acquire;
constexpr memory_order release = memory_order::release;
constexpr memory_order seq_cst = memory_order::seq_cst;

struct words {
    atomic<int> x = 0;
    atomic<int> y = 0;
    plain data;
    std::vector<int> read = std::vector<int>(4, -1);
};

/// All outcomes: what `saw` makes of the words in the end.
template <class Make, class Saw>
outcomes all_of(Make make, Saw saw) {
    outcomes found;
    const auto v = explore(model_of<words>(
        "litmus",
        [&](words& w) {
            program p{make(w)};
            p.after = [&w, &found, saw] { found.insert(saw(w)); };
            return p;
        },
        99));
    CHECK(v.failure.empty());
    return found;
}
using threads = std::vector<std::function<void()>>;

std::vector<int> first_two(words& w) {
    return {w.read[0], w.read[1]};
}

outcomes store_buffering(memory_order stores, memory_order loads) {
    return all_of(
        [=](words& w) {
            return threads{[&w, stores, loads] {
                               w.x.store(1, stores);
                               w.read[0] = w.y.load(loads);
                           },
                           [&w, stores, loads] {
                               w.y.store(1, stores);
                               w.read[1] = w.x.load(loads);
                           }};
        },
        first_two);
}

outcomes message_passing(memory_order stores, memory_order loads) {
    return all_of(
        [=](words& w) {
            return threads{[&w, stores] {
                               w.x.store(1, relaxed);
                               w.y.store(1, stores);
                           },
                           [&w, loads] {
                               w.read[0] = w.y.load(loads);
                               w.read[1] = w.x.load(relaxed);
                           }};
        },
        first_two);
}

const outcomes all_four = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

}  // namespace

TEST_CASE("litmus: store buffering is seen unless all is seq_cst") {
    CHECK(store_buffering(relaxed, relaxed) == all_four);
    CHECK(store_buffering(release, acquire) == all_four);
    CHECK(store_buffering(seq_cst, seq_cst) == outcomes{{0, 1}, {1, 0}, {1, 1}});
}

TEST_CASE("litmus: a message passes by release and acquire, by neither alone") {
    const outcomes passed = {{0, 0}, {0, 1}, {1, 1}};
    CHECK(message_passing(release, acquire) == passed);
    CHECK(message_passing(seq_cst, seq_cst) == passed);
    CHECK(message_passing(relaxed, relaxed) == all_four);
    CHECK(message_passing(release, relaxed) == all_four);
    CHECK(message_passing(relaxed, acquire) == all_four);
}

TEST_CASE("litmus: loads do not read what is stored later") {
    // Load buffering: C++ would allow {1, 1}, which no such checker gives.
    const auto seen = all_of(
        [](words& w) {
            return threads{[&w] {
                               w.read[0] = w.x.load(relaxed);
                               w.y.store(1, relaxed);
                           },
                           [&w] {
                               w.read[1] = w.y.load(relaxed);
                               w.x.store(1, relaxed);
                           }};
        },
        first_two);
    CHECK(seen == outcomes{{0, 0}, {0, 1}, {1, 0}});
}

TEST_CASE("litmus: one word's values are never seen to go back") {
    // CoRR: a thread that read the newer value does not read the older one.
    const auto seen = all_of(
        [](words& w) {
            return threads{[&w] { w.x.store(1, relaxed); },
                           [&w] {
                               w.read[0] = w.x.load(relaxed);
                               w.read[1] = w.x.load(relaxed);
                           }};
        },
        first_two);
    CHECK(seen == outcomes{{0, 0}, {0, 1}, {1, 1}});
}

TEST_CASE("litmus: a thread reads its own store, or a later one") {
    const auto seen = all_of(  // CoWR
        [](words& w) {
            return threads{[&w] { w.x.store(1, relaxed); },
                           [&w] {
                               w.x.store(2, relaxed);
                               w.read[0] = w.x.load(relaxed);
                           }};
        },
        [](words& w) { return std::vector{w.read[0]}; });
    CHECK(seen == outcomes{{1}, {2}});
}

TEST_CASE("litmus: two threads that store to two words leave a last one of each") {
    // 2+2W: C++ would allow {1, 1} by stores that take their place before earlier ones.
    const auto seen = all_of(
        [](words& w) {
            return threads{[&w] {
                               w.x.store(1, relaxed);
                               w.y.store(2, relaxed);
                           },
                           [&w] {
                               w.y.store(1, relaxed);
                               w.x.store(2, relaxed);
                           }};
        },
        [](words& w) { return std::vector{w.x.load(relaxed), w.y.load(relaxed)}; });
    CHECK(seen == outcomes{{1, 2}, {2, 1}, {2, 2}});
}

TEST_CASE("litmus: what is written before, and read before, is passed on") {
    const auto chain = [](memory_order middle) {  // WRC
        return all_of(
            [=](words& w) {
                return threads{[&w] { w.x.store(1, relaxed); },
                               [&w, middle] {
                                   w.read[0] = w.x.load(relaxed);
                                   w.y.store(1, middle);
                               },
                               [&w] {
                                   w.read[1] = w.y.load(acquire);
                                   w.read[2] = w.x.load(relaxed);
                               }};
            },
            [](words& w) { return std::vector{w.read[0], w.read[1], w.read[2]}; });
    };
    CHECK_FALSE(chain(release).contains({1, 1, 0}));
    CHECK(chain(relaxed).contains({1, 1, 0}));
}

TEST_CASE("litmus: readers may see independent writes in different orders") {
    const auto readers =
        [](memory_order order) {  // IRIW, the writers in one thread each
            return all_of(
                [=](words& w) {
                    return threads{[&w, order] { w.x.store(1, order); },
                                   [&w, order] {
                                       w.read[0] = w.x.load(order);
                                       w.read[1] = w.y.load(order);
                                   },
                                   [&w, order] {
                                       w.y.store(1, order);
                                       w.read[2] = w.x.load(order);
                                   }};
                },
                [](words& w) { return std::vector{w.read[0], w.read[1], w.read[2]}; });
        };
    // The second thread sees x before y, the third y before x.
    CHECK(readers(relaxed).contains({1, 0, 0}));
    CHECK_FALSE(readers(seq_cst).contains({1, 0, 0}));
}

TEST_CASE("litmus: a release sequence goes on through another's change") {
    const auto sequence = [](bool by_change) {
        return all_of(
            [=](words& w) {
                return threads{[&w] {
                                   w.y.store(1, relaxed);
                                   w.x.store(1, release);
                               },
                               [&w, by_change] {
                                   if (by_change) {
                                       w.x.fetch_add(1, relaxed);
                                   } else if (w.x.load(relaxed) == 1) {
                                       w.x.store(2, relaxed);
                                   }
                               },
                               [&w] {
                                   w.read[0] = w.x.load(acquire);
                                   w.read[1] = w.y.load(relaxed);
                               }};
            },
            first_two);
    };
    CHECK_FALSE(sequence(true).contains({2, 0}));
    CHECK(sequence(false).contains({2, 0}));
}

TEST_CASE("litmus: changes of one word are never lost") {
    const auto seen = all_of(
        [](words& w) {
            const auto add = [&w] {
                int found = w.x.load(relaxed);
                while (!w.x.compare_exchange_weak(found, found + 1, relaxed)) {}
            };
            return threads{add, add, add};
        },
        [](words& w) { return std::vector{w.x.load(relaxed)}; });
    CHECK(seen == outcomes{{3}});
}

TEST_CASE("litmus: Dekker's two are never both inside with seq_cst") {
    const auto both = [](memory_order order) {
        return all_of(
            [=](words& w) {
                return threads{[&w, order] {
                                   w.x.store(1, order);
                                   w.read[0] = w.y.load(order) == 0 ? 1 : 0;
                               },
                               [&w, order] {
                                   w.y.store(1, order);
                                   w.read[1] = w.x.load(order) == 0 ? 1 : 0;
                               }};
            },
            first_two);
    };
    CHECK_FALSE(both(seq_cst).contains({1, 1}));
    CHECK(both(acquire).contains({1, 1}));
}

namespace {

verdict pass_plain_data(memory_order stores, memory_order loads) {
    return explore(model_of<words>(
        "plain data",
        [=](words& w) {
            return program{{[&w, stores] {
                                w.data.write(1);
                                w.x.store(1, stores);
                            },
                            [&w, loads] {
                                if (w.x.load(loads) == 1)
                                    expect(w.data.read() == 1, "seen");
                            }}};
        },
        99));
}

}  // namespace

TEST_CASE("checker: plain data without an order is a race, and the trace tells") {
    CHECK(pass_plain_data(release, acquire).failure.empty());
    const verdict raced = pass_plain_data(relaxed, acquire);
    CHECK(raced.failure == "a race: plain data is read while written");
    CHECK_FALSE(raced.trace.empty());
    CHECK_FALSE(pass_plain_data(release, relaxed).failure.empty());
}

TEST_CASE("checker: a mutex orders what it guards") {
    struct guarded {
        mutex lock;
        plain count;
        void add() {
            lock.lock();
            count.write(count.read() + 1);
            lock.unlock();
        }
    };
    const auto v = explore(model_of<guarded>("mutex", [](guarded& g) {
        return program{{[&g] { g.add(); }, [&g] { g.add(); }, [&g] { g.add(); }},
                       [&g] { expect(g.count.read() == 3, "nothing was lost"); }};
    }));
    CHECK(v.failure.empty());
}

TEST_CASE("checker: who says the address of what has ended is found") {
    const auto v = explore(model_of<words>("address", [](words&) {
        return program{{[] {
            atomic<void*> word;
            void* const memory = take_memory(1);
            word.store(memory, relaxed);
            give_memory_back(memory, 1);
            word.store(memory, relaxed);
        }}};
    }));
    CHECK(v.failure == "a word is made to hold the address of what has ended");
    CHECK(v.trace.size() == 1);
}

TEST_CASE("checker: a deadlock, a livelock and a word after its end are found") {
    const auto failure_of = [](std::function<void(words&)> first) {
        return explore(model_of<words>("wrong",
                                       [=](words& w) {
                                           return program{{[&w, first] { first(w); }}};
                                       }))
            .failure;
    };
    CHECK(failure_of([](words&) { wait_until([] { return false; }); }) ==
          "a deadlock: threads wait for what nobody will do");
    CHECK(failure_of([](words& w) {
              while (w.x.load(relaxed) == 0) {}
          }) == "it takes too many steps: a livelock?");
    CHECK(failure_of([](words&) {
              auto word = std::make_unique<atomic<int>>(0);
              atomic<int>& ended = *word;
              word.reset();
              ended.store(1, relaxed);
          }) == "an atomic word is used after its end");
}
