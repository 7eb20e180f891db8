// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What takes values away does nothing until its drop is awaited.
#include <coil/core/core.hpp>
#include <coil/drop/async_map.hpp>
#include <coil/drop/async_vector.hpp>

struct connection {
    coil::task<> async_drop();
};

coil::task<> close(coil::async_vector<connection>& all,
                   coil::async_map<int, connection>& by_number) {
    all.pop_back();      // expected-warning {{ignoring return value}}
    all.clear();         // expected-warning {{ignoring return value}}
    by_number.erase(1);  // expected-warning {{ignoring return value}}
    co_await by_number.clear();
}
