// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is returned converts to what was promised.
#include <coil/core/task.hpp>

struct fruit {};
struct apple : fruit {};
struct stone {};

int sync_number() {
    return "one";  // expected-error {{cannot initialize return object of type 'int' with an lvalue of type 'const char[4]'}}
}
coil::task<int> async_number() {
    co_return "one";  // expected-error {{no matching member function for call to 'return_value'}}
}

apple sync_apple(fruit any) {
    return any;  // expected-error {{no viable conversion from returned value of type 'fruit' to function return type 'apple'}}
}
coil::task<apple> async_apple(fruit any) {
    co_return any;  // the error stands in task.hpp
}

stone sync_stone(apple any) {
    return any;  // expected-error {{no viable conversion from returned value of type 'apple' to function return type 'stone'}}
}
coil::task<stone> async_stone(apple any) {
    co_return any;  // the error stands in task.hpp
}
// expected-error@coil/core/task.hpp:* 2 {{what this co_return has does not convert to what the task gives}}
// expected-error@coil/core/outcome.hpp:* 0+ {{}}
// expected-note@*:* 0+ {{}}
