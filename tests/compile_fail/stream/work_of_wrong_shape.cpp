// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What works on items ahead of their reader takes the items, and gives what may be
// thrown away; chunks that do not wait leave a source that goes on.
#include <coil/core/core.hpp>
#include <coil/stream/batch.hpp>
#include <coil/stream/buffered.hpp>
#include <coil/stream/generator.hpp>

#include <string>

struct file {
    coil::task<> async_drop();
};
coil::generator<int> numbers();
coil::task<file> open(int);
coil::task<int> length(const std::string&);

coil::task<> work() {
    (void)co_await (numbers() | coil::buffered(2, length)).next();
    (void)sizeof(numbers() | coil::buffered_unordered(2, open));
    (void)sizeof(numbers() | coil::chunk_ready(2));
}
// expected-error@coil/stream/detail/source.hpp:* {{this function cannot be called with the items of this stream}}
// expected-error@coil/stream/detail/buffered_parts.hpp:* {{coil::buffered has no place to await the async drop of a value that nobody takes: give a handle instead}}
// expected-error@coil/stream/batch.hpp:* {{these chunks stop waiting for their source when they are to be given, and this source would end by that: read it into a channel}}
// expected-note@*:* 0+ {{}}
