// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Algorithms with one body for sync and async callables, and each written once more by
// hand, without coroutines. costs_nothing.sh compares what the compiler makes of them.
#include <coil/core/closure.hpp>

#include <span>

namespace {

template <class F>
auto sum_of(std::span<const int> all, F measure)
    -> coil::maybe_task<int, coil::call_result_t<F&, int>> {
    int sum = 0;
    for (const int each : all) sum += co_await coil::settle(measure, each);
    co_return sum;
}

template <class F>
auto first_of(std::span<const int> all, F is_wanted)
    -> coil::maybe_task<const int*, coil::call_result_t<F&, int>> {
    for (const int& each : all) {
        if (co_await coil::settle(is_wanted, each)) co_return &each;
    }
    co_return nullptr;
}

// One algorithm calls another, and a callable that gives nothing.
template <class F, class G>
auto show_and_sum(std::span<const int> all, F measure, G show)
    -> coil::maybe_task<int, coil::call_result_t<F&, int>,
                        coil::call_result_t<G&, int>> {
    const int sum = co_await coil::settle(sum_of<F&>, all, measure);
    co_await coil::settle(show, sum);
    co_return sum;
}

}  // namespace

int opaque(int) noexcept;
bool is_prime(int) noexcept;
void print(int) noexcept;
int may_throw(int);
coil::task<int> later(int);

// Each pair is compared, instruction by instruction.
extern "C" int inlined_maybe(std::span<const int> all) {
    return sum_of(all, [](int n) { return n * n; });
}
extern "C" int inlined_by_hand(std::span<const int> all) {
    int sum = 0;
    for (const int each : all) sum += each * each;
    return sum;
}

extern "C" int called_maybe(std::span<const int> all) {
    return sum_of(all, [](int n) noexcept { return opaque(n); });
}
extern "C" int called_by_hand(std::span<const int> all) {
    int sum = 0;
    for (const int each : all) sum += opaque(each);
    return sum;
}

extern "C" const int* early_maybe(std::span<const int> all) {
    return first_of(all, [](int n) noexcept { return is_prime(n); });
}
extern "C" const int* early_by_hand(std::span<const int> all) {
    for (const int& each : all) {
        if (is_prime(each)) return &each;
    }
    return nullptr;
}

extern "C" int nested_maybe(std::span<const int> all) {
    return show_and_sum(
        all, [](int n) noexcept { return opaque(n); },
        [](int n) noexcept { print(n); });
}
extern "C" int nested_by_hand(std::span<const int> all) {
    int sum = 0;
    for (const int each : all) sum += opaque(each);
    print(sum);
    return sum;
}

// Of one that may throw only what runs until it does: behind that a coroutine has to
// catch, and throw again.
extern "C" int throwing_maybe(std::span<const int> all) {
    return sum_of(all, [](int n) { return may_throw(n); });
}
extern "C" int throwing_by_hand(std::span<const int> all) {
    int sum = 0;
    for (const int each : all) sum += may_throw(each);
    return sum;
}

// And the async kind, in which the look has to find a frame.
coil::task<int> async_kind(std::span<const int> all) {
    return sum_of(all, later);
}
