// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An object that nobody can call is meant to be the resource itself.
#include <coil/core/core.hpp>

#include <memory>
#include <string>

struct connection {
    coil::task<> async_drop();
};
coil::task<connection> open();

coil::task<> work() {
    co_await coil::with(std::string(), [](std::string&) {});
    co_await coil::with(std::make_unique<connection>(), [](auto&) {});
    auto opening = open();
    co_await coil::with(opening, [](connection&) {});
    co_await coil::with([](int) { return connection(); }, [](connection&) {});
}
// expected-error@coil/core/with.hpp:* 2 {{coil::with needs a resource that has a member async_drop(), and this type has none; a resource that a std::unique_ptr or the like holds is given as *it}}
// expected-error@coil/core/with.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-error@coil/core/with.hpp:* {{before its body coil::with takes resources, awaitables that give one, and makers}}
// expected-note@*:* 0+ {{in instantiation of}}
