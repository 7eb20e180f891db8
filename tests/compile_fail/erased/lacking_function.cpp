// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an object behind an interface must have.
#include <coil/erased/interface.hpp>

COIL_INTERFACE(store, (get, coil::task<int>(int key) const), (put, coil::task<>(int key, int value)));

struct without_put {
    coil::task<int> get(int key) const;
};
struct with_local_put : without_put {
    coil::local_task<> put(int key, int value);
};
struct closed : without_put {
    coil::task<> put(int key, int value);
    coil::task<> async_drop();
};

void use(without_put& a, with_local_put& b, closed& c) {
    store_ref lacks = a;
    store_ref stays = b;
    store_ref drops = c;
    const any_store unchanged = [&]() -> any_store { return any_store(lacks); }();
    unchanged.put(1, 2);  // expected-error {{no matching member function for call to 'put'}}
    (void)stays;
    (void)drops;
}
// expected-error@*:* {{has_method<without_put, coil::detail::erased_call<store_interface::call_put, coil::basic_task<void, coil::flavour::movable> (int, int)>>': this type lacks this function of the interface, or its own takes or gives something else}}
// expected-error@*:* {{has_method<with_local_put, coil::detail::erased_call<store_interface::call_put, coil::basic_task<void, coil::flavour::movable> (int, int)>>': this type lacks this function of the interface, or its own takes or gives something else}}
// expected-error@*:* {{this type has an async destructor: give the interface one, too, as (async_drop, coil::task<>())}}
// expected-note@*:* 0+ {{evaluates to}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{candidate}}
// expected-note@*:* 0+ {{because}}
// expected-note@*:* 0+ {{and }}
