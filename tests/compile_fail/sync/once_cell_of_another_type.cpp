// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is made becomes the value as it is: a conversion might fail, where nobody could
// be told.
#include <coil/core/task.hpp>
#include <coil/sync/once_cell.hpp>

#include <string>

coil::task<> work(coil::once_cell<std::string>& name) {
    co_await name.get_or_init([] { return "a name"; });
}
// expected-error@coil/sync/once_cell.hpp:* {{what initialises a once_cell gives its T, by value}}
// expected-note@*:* 0+ {{}}
