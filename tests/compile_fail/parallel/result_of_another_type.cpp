// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a join_set gives has one type.
#include <coil/core/task.hpp>
#include <coil/parallel/join_set.hpp>

coil::task<int> count();

void spawn_into(coil::join_set<long>& results) {
    results.spawn(count());
}
// expected-error@coil/parallel/join_set.hpp:* {{the children of a join_set<T> give exactly a T}}
// expected-note@*:* 0+ {{}}
