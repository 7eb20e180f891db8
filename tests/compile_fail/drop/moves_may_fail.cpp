// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An element that could not be moved to more room would be lost.
#include <coil/core/core.hpp>
#include <coil/drop/async_vector.hpp>

struct connection {
    connection();
    connection(connection&& other);  // may throw
    coil::task<> async_drop();
};

void open(coil::async_vector<connection>& all) {
    all.push_back(connection());
}
// expected-error@coil/drop/async_vector.hpp:* {{an object that could not be moved to more room would be lost}}
// expected-note@*:* 0+ {{in instantiation of}}
