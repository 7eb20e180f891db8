// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// join uses up the tasks of a range, and gives their values in a vector.
#include <coil/core/core.hpp>
#include <coil/parallel/join_range.hpp>

coil::task<int> load();
coil::task<int&> find();

coil::task<> by_name() {
    std::vector<coil::task<int>> loads;
    loads.push_back(load());
    co_await coil::join(loads);
}
// expected-error@coil/parallel/join_range.hpp:* {{tasks are awaited once and are used up by it: write std::move(it)}}
coil::task<> by_reference() {
    std::vector<coil::task<int&>> finds;
    finds.push_back(find());
    co_await coil::join_outcomes(std::move(finds));
}
// expected-error@coil/parallel/join_range.hpp:* {{what a range of parts gives comes in a vector, so it cannot be references: let the parts give pointers}}
// expected-note@*:* 0+ {{}}
