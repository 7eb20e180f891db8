// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/testing/stepped.hpp>

namespace coil::testing {

void stepping_executor::step() noexcept {
    remote().drain();
    woken_.run_turn();
}

void stepping_executor::step_to_end(const bool& has_ended) noexcept {
    while (!has_ended) {
        const bool had_messages = remote().drain();
        if (woken_.is_empty() && !had_messages)
            fatal("stepped work was stopped, and waits for what nobody here can do: ",
                  "let it end before its test does");
        woken_.run_turn();
    }
}

void stepping_executor::schedule(strand& woken) noexcept {
    woken_.push(woken);
    if (&woken == counted_) ++wakes_;
}

}  // namespace coil::testing
