// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call gives, an await gives.
#include "traced.hpp"

#include <concepts>
#include <memory>
#include <tuple>

using namespace alike;

namespace {

template <class Sync, class Async>
concept same_types = std::same_as<Sync, coil::await_result_t<Async>>;

struct nothing {};
enum class colour { red, green };
using pointer = std::unique_ptr<int>;
using function = int (*)(sync_log&, int);

static_assert(same_types<void, task<>>);
static_assert(same_types<int, task<int>>);
static_assert(same_types<int&, task<int&>>);
static_assert(same_types<const traced&, task<const traced&>>);
static_assert(same_types<const traced, task<const traced>>);
static_assert(same_types<pointer, task<pointer>>);
static_assert(same_types<nothing, task<nothing>>);
static_assert(same_types<colour, task<colour>>);
static_assert(same_types<function, task<function>>);
static_assert(same_types<std::tuple<int&, pointer>, task<std::tuple<int&, pointer>>>);

/// What kind of value an expression has: `type_of<decltype((expression))>()`.
template <class T>
constexpr const char* type_of() {
    if constexpr (std::is_lvalue_reference_v<T>) {
        return std::is_const_v<std::remove_reference_t<T>> ? "const&" : "&";
    } else {
        return std::is_rvalue_reference_v<T> ? "&&" : "value";
    }
}

int& largest(sync_log& log, int& a, int& b) {
    step(log, "compare");
    return a < b ? b : a;
}
task<int&> largest(async_log& log, int& a, int& b) {
    co_await step(log, "compare");
    co_return a < b ? b : a;
}
void references(sync_log& log) {
    int a = 1;
    int b = 2;
    largest(log, a, b) = 0;
    int& same = largest(log, a, b);
    const int copy = largest(log, a, b);
    decltype(auto) kept = largest(log, a, b);
    same = 7;
    log(a, b, copy, kept, &same == &a, type_of<decltype(kept)>());
}
task<> references(async_log& log) {
    int a = 1;
    int b = 2;
    co_await largest(log, a, b) = 0;
    int& same = co_await largest(log, a, b);
    const int copy = co_await largest(log, a, b);
    decltype(auto) kept = co_await largest(log, a, b);
    same = 7;
    log(a, b, copy, kept, &same == &a, type_of<decltype(kept)>());
}
COIL_ALIKE("type: a reference refers to the same object", references)

const traced& pick(sync_log& log, const traced& a) {
    step(log, "pick");
    return a;
}
task<const traced&> pick(async_log& log, const traced& a) {
    co_await step(log, "pick");
    co_return a;
}
void const_references(sync_log& log) {
    const traced a(log, "a");
    const traced& same = pick(log, a);
    const traced copied = pick(log, a);
    const auto [x, y] = std::pair<traced, const traced&>(pick(log, a), pick(log, a));
    decltype(auto) kept = pick(log, a);
    log(&same == &a, &kept == &a, &y == &a, type_of<decltype(kept)>());
    log(copied.name(), x.name());
}
task<> const_references(async_log& log) {
    const traced a(log, "a");
    const traced& same = co_await pick(log, a);
    const traced copied = co_await pick(log, a);
    const auto [x, y] =
        std::pair<traced, const traced&>(co_await pick(log, a), co_await pick(log, a));
    decltype(auto) kept = co_await pick(log, a);
    log(&same == &a, &kept == &a, &y == &a, type_of<decltype(kept)>());
    log(copied.name(), x.name());
}
COIL_ALIKE("type: a const reference is copied where a value is made", const_references)

const traced make_constant(sync_log& log) {
    step(log, "make");
    return traced(log, "constant");
}
task<const traced> make_constant(async_log& log) {
    co_await step(log, "make");
    co_return traced(log, "constant");
}
void const_values(sync_log& log) {
    const traced got = make_constant(log);
    log("have", got.name());
}
task<> const_values(async_log& log) {
    const traced got = co_await make_constant(log);
    log("have", got.name());
}
COIL_ALIKE("type: a const object is given without a copy", const_values)

pointer allocate(sync_log& log, int value) {
    auto made = std::make_unique<int>(get(log, value));
    return made;
}
task<pointer> allocate(async_log& log, int value) {
    auto made = std::make_unique<int>(co_await get(log, value));
    co_return made;
}
void move_only(sync_log& log) {
    pointer one = allocate(log, 1);
    log("is", *one + *allocate(log, 2));
    one = allocate(log, 3);
    const auto [a, b] = std::pair(allocate(log, 4), std::move(one));
    log("are", *a, *b, one == nullptr);
}
task<> move_only(async_log& log) {
    pointer one = co_await allocate(log, 1);
    log("is", *one + *co_await allocate(log, 2));
    one = co_await allocate(log, 3);
    const auto [a, b] = std::pair(co_await allocate(log, 4), std::move(one));
    log("are", *a, *b, one == nullptr);
}
COIL_ALIKE_ON_CLANG("type: what can only be moved is given by value", move_only)

}  // namespace
