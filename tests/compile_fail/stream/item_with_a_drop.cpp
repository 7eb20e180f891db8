// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Streams that have to be dropped are no items: what holds them could not await that.
#include <coil/core/core.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/transform.hpp>

coil::generator<int> numbers();
coil::resource_generator<int> rows(int);

coil::task<> work() {
    (void)co_await (numbers() | coil::map(rows) | coil::flatten()).next();
}
// expected-error@coil/stream/map.hpp:* {{coil::map has no place to await the async drop of a value that nobody takes: give a handle instead}}
// expected-note@*:* 0+ {{}}
