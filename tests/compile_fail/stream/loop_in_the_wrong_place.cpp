// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stream is read where one can wait, by a loop that waits.
#include <coil/stream/for.hpp>
#include <coil/stream/generator.hpp>

coil::generator<int> numbers();

void in_a_function() {  // expected-error 3 {{this function cannot be a coroutine}}
    COIL_FOR(const int each, numbers()) (void)each;
}
coil::task<> by_another_loop() {
    for (const int each : numbers()) (void)each;  // expected-error {{invalid range expression of type 'coil::generator<int>'}}
    co_return;
}
// expected-note@*:* 0+ {{}}
