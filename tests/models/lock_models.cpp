// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/spin_lock.hpp>

#include "all_models.hpp"

// In the place of spin_lock.cpp's, which looks at the word for a while.
void coil::spin_lock::wait() const noexcept {
    models::pause();
}

namespace coil::models {

namespace {

struct counter {
    spin_lock lock;
    plain count;
    void add() {
        lock.lock();
        count.write(count.read() + 1);
        lock.unlock();
    }
};

model two_hold_it_in_turn() {
    return model_of<counter>("a lock is held by one at a time", [](counter& d) {
        return program{{[&d] { d.add(); }, [&d] { d.add(); }},
                       [&d] { expect(d.count.read() == 2, "nothing was lost"); }};
    });
}

model three_hold_it_in_turn() {
    return model_of<counter>("three hold a lock in turn", [](counter& d) {
        return program{{[&d] { d.add(); }, [&d] { d.add(); }, [&d] { d.add(); }},
                       [&d] { expect(d.count.read() == 3, "nothing was lost"); }};
    });
}

/// As a primitive does: who is woken may end it.
model who_has_it_last_ends_it() {
    struct data {
        std::unique_ptr<counter> of = std::make_unique<counter>();
    };
    return model_of<data>("who locks after another may end the lock", [](data& d) {
        return program{{[&d] { d.of->add(); },
                        [&d] {
                            for (bool is_done = false; !is_done; pause()) {
                                d.of->lock.lock();
                                is_done = d.of->count.read() == 1;
                                d.of->lock.unlock();
                                if (is_done) break;
                            }
                            d.of.reset();
                        }}};
    });
}

}  // namespace

std::vector<model> lock_models() {
    return {two_hold_it_in_turn(), three_hold_it_in_turn(), who_has_it_last_ends_it()};
}

}  // namespace coil::models
