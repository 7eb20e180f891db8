// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an erased function may be made of.
#include <coil/erased/async_function.hpp>

#include <array>

coil::local_task<int> stays(int n);

struct of_one_thread {
    static constexpr bool is_local = true;
    int operator()(int n) const;
};

void use() {
    coil::async_function<int(int)> other = [](char*) -> coil::task<int> { co_return 1; };
    coil::async_function<int(int)> local = stays;
    coil::async_function<int(int) const> changes = [n = 0](int by) mutable { return n += by; };
    coil::async_function<int(int)> held = of_one_thread();
    coil::inplace_async_function<int(int), 8> large = [a = std::array<int, 9>()](int n) { return n + a[0]; };
}
// expected-error@*:* 3 {{this is not callable with the arguments of the signature, or gives something else}}
// expected-error@*:* {{an async_function may be called on any thread, and what this function holds may not go there}}
// expected-error@*:* {{this type is too large for a place of fixed size, or its move may throw}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{evaluates to}}
