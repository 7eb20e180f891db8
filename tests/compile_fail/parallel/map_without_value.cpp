// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// There is nothing to combine where map, sync or async, gives nothing.
#include <coil/core/task.hpp>
#include <coil/parallel/parallel_reduce.hpp>

#include <vector>

coil::task<int> work(std::vector<int>& all) {
    auto add = [](int one, int other) { return one + other; };
    auto look = [](int) {};
    auto look_later = [](int) -> coil::task<> { co_return; };
    const int sum = co_await coil::parallel_reduce(all, 10, 0, look, add);
    co_return co_await coil::parallel_reduce(all, 10, sum, look_later, add);
}
// expected-error@coil/parallel/parallel_reduce.hpp:* 2 {{the map of a parallel_reduce gives a value for each element, of the type of the initial one: for what gives none use parallel_for_each}}
// expected-note@*:* 0+ {{in instantiation of}}
