// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <atomic>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;

//! [group]
coil::task<> count_primes(int from, int to, std::atomic<int>& found) {
    for (int n = from; n < to; ++n) {
        bool is_prime = n > 1;
        for (int d = 2; d * d <= n; ++d) is_prime = is_prime && n % d != 0;
        if (is_prime) ++found;
        if (n % 64 == 0) co_await coil::yield_now();  // others want their turn, too
    }
}

coil::task<int> primes_below(int limit) {
    std::atomic<int> found = 0;  // shared by strands: so it is atomic
    co_await coil::with_group([&](coil::group& group) {  // on all threads
        for (int from = 0; from < limit; from += 100) {
            group.spawn(count_primes(from, std::min(from + 100, limit), found));
        }
    });
    co_return found;
}
//! [group]

//! [parallel]
coil::task<long> sum_of(std::span<const int> numbers) {
    co_return std::accumulate(numbers.begin(), numbers.end(), 0L);
}

coil::task<> compute() {
    std::vector<int> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 1);
    const std::span<const int> all(numbers);
    auto [left, right] =
        co_await coil::parallel(sum_of(all.first(500)), sum_of(all.last(500)));
    std::printf("sum %ld\n", left + right);

    // In pieces of at most 100 elements, on all threads:
    co_await coil::parallel_for_each(numbers, 100, [](int& n) { n *= 2; });
    auto widen = [](int n) { return static_cast<long>(n); };
    const long total =
        co_await coil::parallel_reduce(numbers, 100, 0L, widen, std::plus());
    std::printf("doubled %ld\n", total);
}
//! [parallel]

//! [local]
coil::local_task<int> count_refs() {
    auto shared = std::make_shared<int>(1);
    coil::local::channel<std::shared_ptr<int>> queue(1);  // no atomics
    (void)co_await queue.send(shared);
    auto back = co_await queue.next();
    co_return static_cast<int>(shared.use_count());
}

coil::task<> visit_local(coil::multi_thread_runtime& runtime) {
    const int refs = co_await coil::on(runtime.pinned(0), [] { return count_refs(); });
    std::printf("refs %d\n", refs);
}
//! [local]

//! [sendable]
struct handle {
    void* from_a_library;
};
template <>
inline constexpr bool coil::enable_sendable<handle> = false;

static_assert(coil::sendable<std::vector<int>>);
static_assert(!coil::sendable<handle>);
static_assert(!coil::sendable<coil::local_task<int>>);
//! [sendable]

//! [main]
coil::task<int> fails() {
    co_await coil::yield_now();
    throw std::runtime_error("it failed");
}

int main() {
    coil::multi_thread_runtime runtime({.workers = 4});  // 0, the default: as many as
                                                         // there are processors
    std::printf("%d primes\n", runtime.run(primes_below(1000)).take());
    runtime.run(compute()).take();
    runtime.run(visit_local(runtime)).take();

    coil::outcome<int> ended = runtime.run(fails());  // it gives an outcome
    try {
        (void)ended.take();  // the value, or throws the error
    } catch (const std::runtime_error& error) {
        std::printf("error: %s\n", error.what());
    }
}
//! [main]
