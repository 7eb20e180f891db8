// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The least that Clang makes of a coroutine: no context, no stop, no errors, one
// thread; frames come from a free list.
#include "measure.hpp"

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <utility>

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

constexpr bench::row rows[] = {
    {"await", run<await_each>},
    {"await-inline", run<await_each_inline>},
    {"recursion", run<descend_often>},
    {"generator", run<sum_up>},
    {"timer", read_clock},
    {"timer-rearm", read_clock},
};

}  // namespace

int main(int count, char** arguments) {
    return bench::measure({arguments, static_cast<std::size_t>(count)}, rows);
}
