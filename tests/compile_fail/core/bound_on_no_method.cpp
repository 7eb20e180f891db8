// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A bound on a method that is not there is an error, and names it.
#include <coil/core/task.hpp>

struct store {
    coil::task<int> get(int key);
};
template <class S>
concept puts_anywhere = !coil::is_local_v<decltype(std::declval<S&>().put(1))>;

template <puts_anywhere S>
void put_all(S& to);

void use(store& one) {
    put_all(one);  // expected-error {{no matching function for call to 'put_all'}}
}
// expected-note@*:* {{candidate template ignored: constraints not satisfied}}
// expected-note@*:* {{because 'store' does not satisfy 'puts_anywhere'}}
// expected-note@*:* {{no member named 'put' in 'store'}}
