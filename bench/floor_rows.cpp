// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The least that Clang makes of a coroutine: no context, no stop, no errors, one
// thread; frames come from a free list. And what the standard library has for threads.
#include "measure.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

namespace {

using std::uint64_t;

struct free_block {
    free_block* next;
};
constexpr std::size_t block_step = 64;
constexpr std::size_t block_max = 1024;
thread_local constinit free_block* free_blocks[block_max / block_step + 1] = {};

struct recycled {
    static void* operator new(std::size_t size) {
        const std::size_t index = (size + block_step - 1) / block_step;
        if (size > block_max) return ::operator new(size);
        if (free_block* const first = free_blocks[index]) {
            free_blocks[index] = first->next;
            return first;
        }
        return ::operator new(index * block_step);
    }
    static void operator delete(void* freed, std::size_t size) noexcept {
        if (size > block_max) return ::operator delete(freed);
        free_block*& first = free_blocks[(size + block_step - 1) / block_step];
        first = ::new (freed) free_block{first};
    }
};

/// Hands over to whoever waits.
struct hand_over {
    std::coroutine_handle<> to;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept {
        return to;
    }
    void await_resume() const noexcept {}
};

class [[nodiscard]] number {
public:
    struct promise_type : recycled {
        std::coroutine_handle<> waiting;
        uint64_t value = 0;

        number get_return_object() noexcept {
            return number(frame::from_promise(*this));
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        hand_over final_suspend() const noexcept { return {waiting}; }
        void return_value(uint64_t result) noexcept { value = result; }
        void unhandled_exception() const noexcept { std::terminate(); }
    };

    number(number&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    ~number() {
        if (frame_) frame_.destroy();
    }

    auto operator co_await() && noexcept {
        struct awaiter {
            frame child;
            [[nodiscard]] bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(
                std::coroutine_handle<> waiting) const noexcept {
                child.promise().waiting = waiting;
                return child;
            }
            uint64_t await_resume() const noexcept { return child.promise().value; }
        };
        return awaiter{frame_};
    }
    uint64_t run() && {
        frame_.promise().waiting = std::noop_coroutine();
        frame_.resume();
        return frame_.promise().value;
    }

private:
    using frame = std::coroutine_handle<promise_type>;
    explicit number(frame started) noexcept : frame_(started) {}
    frame frame_;
};

class [[nodiscard]] numbers_later {
public:
    struct promise_type : recycled {
        std::coroutine_handle<> waiting;
        uint64_t item = 0;

        numbers_later get_return_object() noexcept {
            return numbers_later(frame::from_promise(*this));
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        hand_over final_suspend() const noexcept { return {waiting}; }
        hand_over yield_value(uint64_t value) noexcept {
            item = value;
            return {waiting};
        }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };

    numbers_later(const numbers_later&) = delete;
    ~numbers_later() { frame_.destroy(); }

    /// Gives null at the end.
    auto next() noexcept {
        struct awaiter {
            frame from;
            [[nodiscard]] bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(
                std::coroutine_handle<> waiting) const noexcept {
                from.promise().waiting = waiting;
                return from;
            }
            const uint64_t* await_resume() const noexcept {
                return from.done() ? nullptr : &from.promise().item;
            }
        };
        return awaiter{frame_};
    }

private:
    using frame = std::coroutine_handle<promise_type>;
    explicit numbers_later(frame started) noexcept : frame_(started) {}
    frame frame_;
};

[[gnu::noinline]] number add_one(uint64_t to) {
    co_return to + 1;
}

number await_each(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) sum = co_await add_one(sum);
    co_return sum;
}

number add_one_inline(uint64_t to) {
    co_return to + 1;
}

number await_each_inline(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) sum = co_await add_one_inline(sum);
    co_return sum;
}

[[gnu::noinline]] number descend(uint64_t levels) {
    if (levels == 1) co_return 1;
    co_return 1 + co_await descend(levels - 1);
}

number descend_often(uint64_t levels) {
    uint64_t sum = 0;
    while (sum < levels) sum += co_await descend(100);
    co_return sum;
}

[[gnu::noinline]] numbers_later count_to(uint64_t end) {
    for (uint64_t i = 0; i < end; ++i) co_yield i;
}

number sum_up(uint64_t count) {
    numbers_later numbers = count_to(count);
    uint64_t sum = 0;
    while (const uint64_t* item = co_await numbers.next()) sum += *item;
    co_return sum;
}

/// Whoever arms a timer for some time from now must read the clock.
uint64_t read_clock(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        sum += static_cast<uint64_t>(now.count());
    }
    return sum;
}

template <number (*Work)(uint64_t)>
uint64_t run(uint64_t count) {
    return Work(count).run();
}

// --- threads ---

/// Who takes from an empty one waits; nobody puts into a full one.
class guarded_queue {
public:
    static constexpr uint64_t places = 64;

    void put(uint64_t item) {
        {
            const std::scoped_lock lock(mutex_);
            items_[put_++ % places] = item;
        }
        is_filled_.notify_one();
    }
    uint64_t take() {
        std::unique_lock lock(mutex_);
        is_filled_.wait(lock, [this] { return put_ != taken_; });
        return items_[taken_++ % places];
    }

private:
    std::mutex mutex_;
    std::condition_variable is_filled_;
    std::array<uint64_t, places> items_;
    uint64_t put_ = 0;
    uint64_t taken_ = 0;
};

uint64_t pass_through_buffer(uint64_t count) {
    guarded_queue items;
    uint64_t sum = 0;
    for (uint64_t passed = 0; passed < count; passed += guarded_queue::places) {
        for (uint64_t i = 0; i < guarded_queue::places; ++i) items.put(i);
        for (uint64_t i = 0; i < guarded_queue::places; ++i) sum += items.take();
    }
    return sum;
}

uint64_t play_alone(uint64_t count) {
    guarded_queue there;
    guarded_queue back;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        there.put(i);
        back.put(there.take());
        sum += back.take();
    }
    return sum;
}

uint64_t play_together(uint64_t count) {
    guarded_queue there;
    guarded_queue back;
    const std::jthread other([&] {
        for (uint64_t i = 0; i < count; ++i) back.put(there.take());
    });
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        there.put(i);
        sum += back.take();
    }
    return sum;
}

uint64_t lock_often(uint64_t count) {
    std::mutex free;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const std::scoped_lock lock(free);
        ++sum;
    }
    return sum;
}

/// While there is one thread only, a lock of glibc is no atomic operation.
template <uint64_t (*Work)(uint64_t)>
uint64_t on_thread(uint64_t count) {
    uint64_t result = 0;
    std::jthread([&] { result = Work(count); }).join();
    return result;
}

/// The sum of `work` of each of so many, which the threads take one after the other.
template <unsigned Threads>
uint64_t sum_of(uint64_t count, const auto& work) {
    std::atomic<uint64_t> next = 0;
    std::atomic<uint64_t> sum = 0;
    const auto take_part = [&] {
        for (uint64_t mine = 0; (mine = next++) < count;) sum += work(mine);
    };
    {
        std::vector<std::jthread> others;
        while (others.size() + 1 < Threads) others.emplace_back(take_part);
        take_part();
    }
    return sum;
}

template <unsigned Threads>
uint64_t compute_together(uint64_t count) {
    return sum_of<Threads>(count, bench::compute);
}

number fibonacci(uint64_t of) {
    if (of < 2) co_return of;
    const uint64_t larger = co_await fibonacci(of - 1);
    co_return larger + co_await fibonacci(of - 2);
}

void split(uint64_t number, int levels, std::vector<uint64_t>& parts) {
    if (levels == 0 || number < 2) return parts.push_back(number);
    split(number - 1, levels - 1, parts);
    split(number - 2, levels - 1, parts);
}

/// Forks where the threads need it, and nowhere else.
template <unsigned Threads>
uint64_t fork_and_join(uint64_t count) {
    std::vector<uint64_t> parts;
    split(bench::fibonacci_of(count), 6, parts);
    return sum_of<Threads>(parts.size(),
                           [&](uint64_t part) { return fibonacci(parts[part]).run(); });
}

constexpr bench::row rows[] = {
    {"await", run<await_each>},
    {"await-inline", run<await_each_inline>},
    {"recursion", run<descend_often>},
    {"generator", run<sum_up>},
    {"timer", read_clock},
    {"timer-rearm", read_clock},
    {"worker-channel-buffered", on_thread<pass_through_buffer>},
    {"worker-channel-ping-pong", on_thread<play_alone>},
    {"worker-mutex", on_thread<lock_often>},
    {"worker-compute", compute_together<1>},
    {"worker-fork-join", fork_and_join<1>},
    {"two-workers-channel-ping-pong", play_together},
    {"two-workers-compute", compute_together<2>},
    {"two-workers-fork-join", fork_and_join<2>},
};

}  // namespace

int main(int count, char** arguments) {
    return bench::measure({arguments, static_cast<std::size_t>(count)}, rows);
}
