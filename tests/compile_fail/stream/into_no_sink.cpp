// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stream goes into what takes its items; nothing else is said than that.
#include <coil/core/task.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/into.hpp>
#include <coil/sync/channel.hpp>

#include <string>
#include <vector>

coil::generator<int> numbers();

struct answers_with_a_number {
    int send(int item);
};

coil::task<> work(coil::channel<std::string>& names, std::vector<int>& all,
                  answers_with_a_number& odd) {
    co_await (numbers() | coil::into(names));
    co_await (numbers() | coil::into(all));
    co_await (numbers() | coil::into(odd));
}
// expected-error@coil/stream/into.hpp:* 3 {{coil::into needs a sink that takes the items of this stream: its send(item) gives a bool or nothing, by an awaitable or not}}
// expected-note@*:* 0+ {{}}
