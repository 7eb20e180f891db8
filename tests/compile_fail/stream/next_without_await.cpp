// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What next() gives is no item before it is awaited.
#include <coil/stream/filter.hpp>
#include <coil/stream/generator.hpp>

coil::generator<int> numbers();

coil::task<> work() {
    auto all = numbers();
    while (auto n = all.next())  // expected-error {{attempt to use a deleted function}}
        (void)n;
    auto odd = numbers() | coil::filter([](int n) { return n % 2 == 1; });
    while (auto n = odd.next())  // expected-error {{attempt to use a deleted function}}
        (void)n;
    co_return;
}
// expected-note@coil/stream/generator.hpp:* {{has been explicitly marked deleted here}}
// expected-note@coil/stream/detail/source.hpp:* {{has been explicitly marked deleted here}}
