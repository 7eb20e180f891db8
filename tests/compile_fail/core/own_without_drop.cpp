// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// own is for what has an async destructor.
#include <coil/core/own.hpp>

#include <string>

struct connection {
    coil::task<> async_drop();
    void send();
};
struct broken {
    coil::task<int> async_drop();
};
coil::task<connection> open();

coil::task<> work() {
    auto& text = co_await coil::own(std::string());
    text.clear();
    auto& opened = co_await coil::own(open());
    opened.send();
    auto& other = co_await coil::own(broken());
    (void)other;
}
// expected-error@coil/core/own.hpp:* {{coil::own is for types with a member async_drop(), and this one has none: a plain local does}}
// expected-error@coil/core/own.hpp:* {{coil::own keeps the object, not the task that gives it: write co_await coil::own(co_await it)}}
// expected-error@coil/core/drop_traits.hpp:* {{an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-note@*:* 0+ {{in instantiation of}}
