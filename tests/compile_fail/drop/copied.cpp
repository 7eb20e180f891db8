// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each object is dropped once, so nothing that holds one is copied.
#include <coil/core/core.hpp>
#include <coil/drop/async_map.hpp>

struct connection {
    coil::task<> async_drop();
};

void copy(coil::async_map<int, connection> from) {
    // expected-error@+1 {{call to implicitly-deleted copy constructor}}
    const coil::async_map<int, connection> copied = from;
}
// expected-note@coil/drop/async_map.hpp:* {{implicitly deleted because}}
