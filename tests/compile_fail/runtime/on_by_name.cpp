// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What goes to another executor is used up, as by every await; a function is called
// there, with what it takes.
#include <coil/core/task.hpp>
#include <coil/runtime/on.hpp>

coil::task<int> count();
coil::task<int> count_from(int first);

coil::task<int> ask(coil::executor& there) {
    auto counting = count();
    const int from_one = co_await coil::on(there, counting);
    const int from_two = co_await coil::on(there, count_from);
    co_return from_one + from_two;
}
// expected-error@coil/runtime/on.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-error@coil/runtime/on.hpp:* {{on() takes a task, or a function and its arguments, which it copies or moves: this cannot be called with these}}
// expected-note@*:* 0+ {{in instantiation of}}
