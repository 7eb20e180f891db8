// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/mutex.hpp>

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <future>
#include <iostream>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <string>
#include <thread>

using namespace std::chrono_literals;

coil::task<> work();
coil::local_task<> local_work();

// Futures and threads.

coil::task<int> gets(std::future<int> result, std::shared_future<int>& other) {
    result.wait();  // expected-warning {{'std::future::wait' blocks}}
    other.wait();   // expected-warning {{'std::shared_future::wait' blocks}}
    // expected-warning@+1 {{'std::shared_future::get' blocks}}
    const int more = other.get();
    co_return result.get() + more;  // expected-warning {{'std::future::get' blocks}}
}

coil::task<int> gets_from_async() {
    auto result = std::async(std::launch::async, [] { return 1; });
    // expected-note@* 1+ {{run the job on the pool in place of std}}
    co_return result.get();  // expected-warning {{'std::future::get' blocks}}
}
coil::task<> waits_for_a_while(std::future<int>& result) {
    (void)result.wait_for(1s);  // expected-warning {{'std::future::wait_for' blocks}}
    co_return;
}

coil::task<int> looks_first(std::future<int>& result) {
    while (result.wait_for(0s) != std::future_status::ready) co_await work();
    co_return result.get();
}

coil::task<> joins(std::thread& other, std::jthread& third) {
    other.join();  // expected-warning {{'std::thread::join' blocks}}
    third.join();  // expected-warning {{'std::jthread::join' blocks}}
    co_return;
}

coil::task<> lets_go(std::thread& other, std::jthread& third) {
    third.request_stop();
    if (other.joinable()) other.detach();
    co_return;
}

// Conditions, latches, barriers, semaphores, atomics.

coil::task<> waits_for_a_condition(std::mutex& mutex, std::condition_variable& changed,
                                   bool& is_done) {
    std::unique_lock lock(mutex);
    // expected-warning@+1 {{'std::condition_variable::wait' blocks}}
    changed.wait(lock, [&] { return is_done; });
    co_return;
}

coil::task<> tells_of_a_condition(std::mutex& mutex, std::condition_variable& changed,
                                  bool& is_done) {
    {
        const std::scoped_lock lock(mutex);
        is_done = true;
    }
    changed.notify_all();
    co_await work();
}

coil::task<> waits_for_others(std::latch& latch, std::barrier<>& barrier) {
    latch.wait();               // expected-warning {{'std::latch::wait' blocks}}
    barrier.arrive_and_wait();  // expected-warning {{'std::barrier::arrive_and_wait'}}
    co_return;
}

coil::task<> arrives(std::latch& latch, std::barrier<>& barrier) {
    latch.count_down();
    (void)latch.try_wait();
    (void)barrier.arrive();
    co_return;
}

coil::task<> takes(std::counting_semaphore<4>& permits, std::atomic<int>& count) {
    permits
        .acquire();  // expected-warning {{'std::counting_semaphore::acquire' blocks}}
    count.wait(0);   // expected-warning {{'std::atomic::wait' blocks}}
    co_return;
}

coil::task<> tries(std::counting_semaphore<4>& permits, std::atomic<int>& count) {
    if (permits.try_acquire()) permits.release();
    (void)permits.try_acquire_for(0s);
    count.notify_one();
    co_return;
}

// Standard input.

coil::task<> asks_the_user(std::istream& other) {
    std::string line;
    std::getline(std::cin, line);  // expected-warning {{'std::getline' blocks}}
    std::cin >> line;              // expected-warning {{'std::cin >>' blocks}}
    std::cin.get();                // expected-warning {{'std::cin.get' blocks}}
    std::getline(other, line);
    std::cout << line;
    co_return;
}

// A mutex of the standard library: for a moment, or while the coroutine waits.

coil::local_task<> locks_for_a_moment(std::mutex& mutex) {
    { const std::lock_guard guard(mutex); }
    mutex.lock();
    mutex.unlock();
    co_await local_work();
}

coil::local_task<> locks_while_it_waits(std::mutex& mutex) {
    const std::lock_guard guard(mutex);
    // expected-warning@+1 {{'guard' stays locked while 'locks_while_it_waits' waits}}
    co_await local_work();
}

coil::local_task<> unlocks_first(std::mutex& mutex) {
    std::unique_lock guard(mutex);
    guard.unlock();
    co_await local_work();
    guard.lock();
    co_await local_work();  // expected-warning {{'guard' stays locked}}
}

coil::local_task<> unlocks_on_one_path(std::mutex& mutex, bool is_early) {
    std::unique_lock guard(mutex);
    if (is_early) guard.unlock();
    co_await local_work();  // expected-warning {{'guard' stays locked}}
}

coil::local_task<> locks_later(std::mutex& mutex) {
    std::unique_lock guard(mutex, std::defer_lock);
    std::unique_lock<std::mutex> none;
    co_await local_work();
    guard.lock();
}

coil::local_task<> gives_the_lock_away(std::mutex& mutex,
                                       void take(std::unique_lock<std::mutex>)) {
    std::unique_lock guard(mutex);
    take(std::move(guard));
    co_await local_work();
}

coil::task<> locks_by_hand(std::mutex& mutex) {
    mutex.lock();
    co_await work();  // expected-warning {{'mutex' stays locked while 'locks_by_hand'}}
    mutex.unlock();
    co_await work();
}

struct counter {
    std::shared_mutex mutex;
    int count = 0;
    coil::task<> count_slowly() {
        mutex.lock_shared();
        co_await work();  // expected-warning {{'mutex' stays locked}}
        mutex.unlock_shared();
        co_await work();
    }
};

coil::local_generator<int> yields_under_a_lock(std::mutex& mutex) {
    const std::scoped_lock guard(mutex);
    co_yield 1;  // expected-warning {{'guard' stays locked}}
}

coil::local_generator<int> yields_after_a_lock(std::mutex& mutex) {
    int next = 0;
    {
        const std::scoped_lock guard(mutex);
        next = 1;
    }
    co_yield next;
}

coil::local_task<> locks_one_of_coil(coil::mutex& mutex) {
    auto guard = co_await mutex.lock();
    co_await local_work();
}

coil::local_task<> silenced(std::mutex& mutex) {
    const std::lock_guard guard(mutex);
    [[gsl::suppress("coil-blocking")]] co_await local_work();
}
