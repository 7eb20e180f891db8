// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Known gaps: mending one fails here.
#include <coil/core/core.hpp>

#include <array>
#include <memory>
#include <utility>
#include <vector>

struct connection {
    int id = 0;
    void ping();
    coil::task<> async_drop();
};
connection make();
coil::task<> work();
coil::task<> closes(connection& c);

// Not found: any call may throw, and what it leaves is destroyed.
coil::task<> a_call_throws() {
    connection c = make();
    c.ping();
    co_await coil::own(std::move(c));
}

// Not found: a condition that only some of them meet.
coil::task<> drops_some_in_a_loop(int from) {
    std::vector<connection> all;
    all.push_back(make());
    for (auto& each : all)
        if (from > 0) co_await coil::drop(each);
}

// Not found: only one of a fixed number is dropped.
coil::task<> drops_one_of_an_array() {
    std::array<connection, 2> both = {make(), make()};
    co_await coil::drop(both[0]);
}

// Not found: whose member it is, nobody looks.
struct holder {
    std::unique_ptr<connection> c;
    coil::task<> async_drop();
};
coil::task<> overwrites_in_another(holder* of) {
    of->c = nullptr;
    co_await work();
}
struct beside_another {
    holder* other;
    void overwrites_in_another() { other->c = nullptr; }
};
void overwrites_in_a_parameter(holder* of) {
    of->c = nullptr;
}

// Not found: a template that nobody makes an instance of.
template <class T>
coil::task<> never_instantiated() {
    connection c = make();
    co_await work();
}

// Found, although it is right: the parameter has no mark COIL_DROPS.
coil::task<> dropped_by_another() {
    // expected-error@+1 {{'c' is destroyed at the end of its scope}}
    connection c = make();
    co_await closes(c);
}
