// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Known gaps: mending one fails here.
#include <coil/core/core.hpp>

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

void naps() {
    ::usleep(1);
}

// Not found: a function that is not marked, though its text is there to be read.
coil::task<> calls_a_function() {
    naps();
    co_return;
}

// Not found: a closure that somebody else calls, here and now.
coil::task<> hands_a_closure_on(std::vector<int>& all) {
    std::for_each(all.begin(), all.end(), [](int) { ::usleep(1); });
    co_return;
}

// Not found: a destructor that joins.
coil::task<> joins_at_the_end() {
    const std::jthread other(&naps);
    co_return;
}

// Not found: by a pointer to the function.
coil::task<> calls_a_pointer(void (*nap)()) {
    nap();
    co_return;
}

// Found, although it may be right: what another function made non-blocking.
coil::task<> reads_what_it_was_given(int from, char* into) {
    ::read(from, into, 1);  // expected-warning {{'read' blocks}}
    co_return;
}
