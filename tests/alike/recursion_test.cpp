// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that call themselves, and each other, and come to an end.
#include "traced.hpp"

#include <functional>
#include <map>
#include <memory>

using namespace alike;

namespace {

int factorial(sync_log& log, int n) {
    const traced frame(log, std::to_string(n));
    if (n <= 1) return get(log, 1);
    const int below = factorial(log, n - 1);
    return n * below;
}
task<int> factorial(async_log& log, int n) {
    const traced frame(log, std::to_string(n));
    if (n <= 1) co_return co_await get(log, 1);
    const int below = co_await factorial(log, n - 1);
    co_return n* below;
}
void simple(sync_log& log) {
    log("is", factorial(log, 5));
}
task<> simple(async_log& log) {
    log("is", co_await factorial(log, 5));
}
COIL_ALIKE("recursion: each call has its own locals", simple)

bool is_odd(sync_log& log, int n);
task<bool> is_odd(async_log& log, int n);
bool is_even(sync_log& log, int n) {
    return n == 0 || is_odd(log, get(log, n - 1));
}
task<bool> is_even(async_log& log, int n) {
    const bool is = n == 0 || co_await is_odd(log, co_await get(log, n - 1));
    co_return is;
}
bool is_odd(sync_log& log, int n) {
    return n != 0 && is_even(log, get(log, n - 1));
}
task<bool> is_odd(async_log& log, int n) {
    const bool is = n != 0 && co_await is_even(log, co_await get(log, n - 1));
    co_return is;
}
void mutual(sync_log& log) {
    log("are", is_even(log, 4), is_odd(log, 4), is_even(log, 3));
}
task<> mutual(async_log& log) {
    log("are", co_await is_even(log, 4), co_await is_odd(log, 4),
        co_await is_even(log, 3));
}
COIL_ALIKE_ON_CLANG("recursion: two functions call each other", mutual)

void hanoi(sync_log& log, int height, char from, char to, char over) {
    if (height == 0) return;
    hanoi(log, height - 1, from, over, to);
    step(log, (std::string{from} + ">" + to).c_str());
    hanoi(log, height - 1, over, to, from);
}
task<> hanoi(async_log& log, int height, char from, char to, char over) {
    if (height == 0) co_return;
    co_await hanoi(log, height - 1, from, over, to);
    co_await step(log, (std::string{from} + ">" + to).c_str());
    co_await hanoi(log, height - 1, over, to, from);
}
void towers(sync_log& log) {
    hanoi(log, 3, 'a', 'b', 'c');
}
task<> towers(async_log& log) {
    co_await hanoi(log, 3, 'a', 'b', 'c');
}
COIL_ALIKE("recursion: twice in one function", towers)

struct tree {
    int value;
    std::unique_ptr<tree> left, right;
};
std::unique_ptr<tree> grow(int from, int to) {
    if (from > to) return nullptr;
    const int middle = (from + to) / 2;
    return std::make_unique<tree>(middle, grow(from, middle - 1), grow(middle + 1, to));
}
template <class F>
void walk(sync_log& log, const tree* at, const F& visit) {
    if (at == nullptr) return;
    walk(log, at->left.get(), visit);
    visit(at->value);
    walk(log, at->right.get(), visit);
}
template <class F>
task<> walk(async_log& log, const tree* at, const F& visit) {
    if (at == nullptr) co_return;
    co_await walk(log, at->left.get(), visit);
    co_await visit(at->value);
    co_await walk(log, at->right.get(), visit);
}
void with_callback(sync_log& log) {
    const auto root = grow(1, 7);
    int sum = 0;
    walk(log, root.get(), [&](int value) { sum += get(log, value); });
    log("is", sum);
}
task<> with_callback(async_log& log) {
    const auto root = grow(1, 7);
    int sum = 0;
    co_await walk(log, root.get(),
                  [&](int value) -> task<> { sum += co_await get(log, value); });
    log("is", sum);
}
COIL_ALIKE("recursion: a callback is carried down a tree", with_callback)

void through_a_function_object(sync_log& log) {
    std::map<int, int> known;
    std::function<int(int)> fibonacci = [&](int n) {
        if (n < 2) return get(log, n);
        if (const auto found = known.find(n); found != known.end()) {
            return found->second;
        }
        const int before = fibonacci(n - 1);
        return known[n] = before + fibonacci(n - 2);
    };
    log("is", fibonacci(6));
}
task<> through_a_function_object(async_log& log) {
    std::map<int, int> known;
    std::function<task<int>(int)> fibonacci = [&](int n) -> task<int> {
        if (n < 2) co_return co_await get(log, n);
        if (const auto found = known.find(n); found != known.end()) {
            co_return found->second;
        }
        const int before = co_await fibonacci(n - 1);
        co_return known[n] = before + co_await fibonacci(n - 2);
    };
    log("is", co_await fibonacci(6));
}
COIL_ALIKE("recursion: through a function object, remembering",
           through_a_function_object)

template <int N>
int count_down(sync_log& log) {
    const int here = get(log, N);
    if constexpr (N == 0) {
        return here;
    } else {
        return here + count_down<N - 1>(log);
    }
}
template <int N>
task<int> count_down(async_log& log) {
    const int here = co_await get(log, N);
    if constexpr (N == 0) {
        co_return here;
    } else {
        co_return here + co_await count_down<N - 1>(log);
    }
}
void of_templates(sync_log& log) {
    log("is", count_down<4>(log));
}
task<> of_templates(async_log& log) {
    log("is", co_await count_down<4>(log));
}
COIL_ALIKE("recursion: of templates", of_templates)

int descend(sync_log& log, int depth) {
    if (depth == 0) return get(log, 0);
    return 1 + descend(log, depth - 1);
}
task<int> descend(async_log& log, int depth) {
    if (depth == 0) co_return co_await get(log, 0);
    co_return 1 + co_await descend(log, depth - 1);
}
void far_down(sync_log& log) {
    log("is", descend(log, 2000));
}
task<> far_down(async_log& log) {
    log("is", co_await descend(log, 2000));
}
COIL_ALIKE("recursion: far down and back", far_down)

}  // namespace
