// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/idle_workers.hpp>
#include <coil/runtime/detail/work_queue.hpp>

#include "all_models.hpp"

#include <array>

namespace coil::models {

namespace {

/// A strand in small: run once each time it was queued.
struct work {
    void make() { made.write(1); }
    void run() {
        expect(made.read() == 1, "what the waker wrote is seen");
        ++runs;
    }
    plain made;
    int runs = 0;
};

template <unsigned Count, std::uint32_t Places = 4>
struct shared_queue {
    using queue = detail::basic_work_queue<work, Places>;
    queue owners;
    queue thiefs;
    queue other_thiefs;
    std::array<work, Count> all;

    void push(unsigned which) {
        all[which].make();
        while (!owners.push(all[which]))
            owners.give_half([](work& oldest) { oldest.run(); });
    }
    static void drain(queue& from) {
        while (work* const next = from.pop()) next->run();
    }
    void steal(queue& into) {
        if (work* const first = owners.steal_into(into)) first->run();
        drain(into);
    }
    void expect_each_once() {
        drain(owners);
        for (const work& each : all) expect(each.runs == 1, "each was run once");
    }
};

template <unsigned Count, std::uint32_t Places>
model owner_and_thief(const char* name) {
    using data = shared_queue<Count, Places>;
    return model_of<data>(
        name,
        [](data& d) {
            return program{{[&d] {
                                for (unsigned i = 0; i < Count; ++i) d.push(i);
                                data::drain(d.owners);
                            },
                            [&d] { d.steal(d.thiefs); }},
                           [&d] { d.expect_each_once(); }};
        },
        2);
}

model two_thieves() {
    using data = shared_queue<2>;
    return model_of<data>(
        "two thieves and the owner run each strand once",
        [](data& d) {
            return program{
                {[&d] {
                     for (unsigned i = 0; i < 2; ++i) d.push(i);
                     data::drain(d.owners);
                 },
                 [&d] { d.steal(d.thiefs); }, [&d] { d.steal(d.other_thiefs); }},
                [&d] { d.expect_each_once(); }};
        },
        2);
}

/// The owner goes around, so that places are used again while a thief looks at them.
model goes_around() {
    using data = shared_queue<4, 2>;
    return model_of<data>(
        "a place that is used again does not deceive a thief",
        [](data& d) {
            return program{{[&d] {
                                for (unsigned i = 0; i < 4; ++i) {
                                    d.push(i);
                                    if (work* const next = d.owners.pop()) next->run();
                                }
                            },
                            [&d] { d.steal(d.thiefs); }},
                           [&d] { d.expect_each_once(); }};
        },
        2);
}

model stolen_from_thief() {
    using data = shared_queue<4>;
    return model_of<data>(
        "what was stolen may be stolen again",
        [](data& d) {
            for (unsigned i = 0; i < 4; ++i) d.push(i);
            return program{
                {[&d] {
                     if (work* const first = d.owners.steal_into(d.thiefs))
                         first->run();
                 },
                 [&d] {
                     if (work* const first = d.thiefs.steal_into(d.other_thiefs))
                         first->run();
                     data::drain(d.other_thiefs);
                 }},
                [&d] {
                    data::drain(d.thiefs);
                    d.expect_each_once();
                }};
        },
        3);
}

// --- sleeping workers ---

/// Workers in small: work is a number that stands for a queue.
struct workers {
    workers() : idle(2) {}
    detail::basic_idle_workers<mutex> idle;
    atomic<int> queued{0};
    std::array<bool, 2> poked = {};
    int done = 0;

    void add_work() {
        // relaxed: `idle` is what orders it.
        queued.store(1, memory_order_relaxed);
        const unsigned picked = idle.pick();
        if (picked != idle.nobody) poked[picked] = true;
    }
    bool take_work() {
        // relaxed: as above.
        const bool took = queued.exchange(0, memory_order_relaxed) == 1;
        done += took ? 1 : 0;
        return took;
    }
    /// Until one has done the work. A worker that sleeps is woken by being poked.
    void work_until_done(unsigned index) {
        bool searches = idle.begin_search();
        while (done == 0) {
            if (take_work()) break;
            idle.fall_asleep(index, searches);
            // relaxed: as above.
            if (queued.load(memory_order_relaxed) == 0)
                wait_until([this, index] { return poked[index] || done != 0; });
            if (!idle.get_up(index)) {
                wait_until([this, index] { return poked[index]; });
                poked[index] = false;
            }
            searches = true;
        }
        if (searches) (void)idle.end_search();
    }
};

model work_and_sleep() {
    return model_of<workers>(
        "work wakes a sleeper, or it sees the work", [](workers& d) {
            return program{{[&d] { d.add_work(); }, [&d] { d.work_until_done(0); }},
                           [&d] { expect(d.done == 1, "it was done once"); }};
        });
}

model work_and_two_sleepers() {
    return model_of<workers>(
        "work wakes one of two sleepers",
        [](workers& d) {
            return program{{[&d] { d.add_work(); }, [&d] { d.work_until_done(0); },
                            [&d] { d.work_until_done(1); }},
                           [&d] { expect(d.done == 1, "it was done once"); }};
        },
        2);
}

}  // namespace

std::vector<model> queue_models() {
    return {
        owner_and_thief<1, 4>("a thief and the owner of one strand run it once"),
        owner_and_thief<3, 4>("a thief and the owner run each of three strands once"),
        owner_and_thief<3, 2>("a full queue loses nothing to a thief"),
        two_thieves(),
        goes_around(),
        stolen_from_thief(),
        work_and_sleep(),
        work_and_two_sleepers()};
}

}  // namespace coil::models
