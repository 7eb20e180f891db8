// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Known gaps: mending one fails here.
#include <coil/core/core.hpp>

#include <unistd.h>

// Not found: a function that waits for something only sometimes; it may know when.
void reads_if(bool is_late, int from, char* into) {
    if (is_late) ::fsync(::read(from, into, 1) < 0 ? from : 0);
}
coil::task<> calls_what_may_block(int from, char* into) {
    reads_if(true, from, into);
    co_return;
}

// Not found: a constructor that blocks, or a destructor of one's own.
struct naps_at_first {
    naps_at_first() { ::usleep(1); }
    ~naps_at_first() { ::usleep(1); }
};
coil::task<> makes_an_object() {
    const naps_at_first napping;
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
