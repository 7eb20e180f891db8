// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An async destructor that is private by accident would be no drop, silently.
#include <coil/core/task.hpp>
#include <coil/core/with.hpp>

#include <vector>

class connection {
    coil::task<> async_drop();
};
class derived : connection {};

coil::task<connection> open() {
    co_return connection();
}
coil::task<derived> open_derived() {
    co_return derived();
}
coil::task<> work() {
    co_await coil::with([] { return connection(); }, [](connection&) {});
}
static_assert(!coil::needs_async_drop_v<std::vector<connection>>);
// expected-error@coil/core/with.hpp:* {{with_end<coil::detail::with_fault::shape, connection>::has_right_drop': an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-error@coil/core/drop_traits.hpp:* {{has_right_drops<std::vector<connection, std::allocator<connection>>>': an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-error@coil/core/drop_traits.hpp:* {{has_right_drops<connection>': an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-error@coil/core/drop_traits.hpp:* {{has_right_drops<derived>': an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-note@*:* 0+ {{}}
