// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines that await nothing.
// plugin: advice=warning
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>

#include <utility>

coil::task<int> number();
coil::task<int> known_to_others(int value);
void use(const auto&...) {}

namespace {

// expected-warning@+1 {{'twice' awaits nothing, so it need not be a coroutine}}
coil::task<int> twice(int value) {
    co_return 2 * value;
}
// expected-warning@+1 {{'note' awaits nothing, so it need not be a coroutine}}
coil::local_task<> note(int& at, int value) {
    at = value;
    co_return;
}
coil::task<int> awaits(int value) {
    co_return value + co_await number();
}
coil::task<int> is_a_part(int value) {
    co_return 2 * value;
}
coil::task<int> is_kept(int value) {
    co_return 2 * value;
}
coil::task<int> is_pointed_to(int value) {
    co_return 2 * value;
}
coil::task<> is_spawned(int& at) {
    ++at;
    co_return;
}
coil::task<int> is_no_coroutine(int value) {
    return known_to_others(value);
}
coil::generator<int> is_empty() {
    co_return;
}
template <class T>
coil::task<T> is_a_template(T value) {
    co_return value;
}
coil::task<int> is_used_in_a_template(int value) {
    co_return value;
}
template <class F>
coil::task<> calls(F f) {
    use(co_await f(1));
}
struct base {
    virtual ~base() = default;
    virtual coil::task<int> read() { co_return 1; }
};
struct derived : base {
    coil::task<int> read() override { co_return 2; }
    coil::task<int> write() { co_return 3; }
};

}  // namespace

coil::task<int> known_to_others(int value) {
    co_return value;
}
coil::local_task<> uses_them() {
    int at = 0;
    use(co_await twice(co_await twice(1)));
    co_await note(at, 1);
    use(co_await awaits(1), co_await is_no_coroutine(1));
    co_await coil::join(is_a_part(1), number());
    use(co_await is_a_part(1));
    auto kept = is_kept(1);
    use(co_await std::move(kept));
    co_await calls(&is_pointed_to);
    use(co_await is_pointed_to(1));
    co_await coil::with_group([&](coil::group& g) { g.spawn(is_spawned(at)); });
    while (co_await is_empty().next()) {}
    use(co_await is_a_template(1));
    co_await calls([](int value) { return is_used_in_a_template(value); });
    derived object;
    use(co_await object.read(), co_await object.write());
}

[[gsl::suppress("coil-advice")]] static coil::task<int> silenced() {
    co_return 1;
}
coil::task<> uses_the_silent_one() {
    use(co_await silenced());
}
