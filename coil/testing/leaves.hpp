// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>

#include <utility>

namespace coil::testing {

using coil::never;

/// Something to wait for that its own strand sets: one waiter, one value.
class signal {
public:
    class waiting;

    signal() = default;
    signal(const signal&) = delete;
    signal& operator=(const signal&) = delete;

    void set(int value = 0) noexcept;
    [[nodiscard]] bool has_waiter() const noexcept { return waiter_ != nullptr; }
    /// How often a wait began, was asked to stop.
    int begun = 0;
    int asked = 0;
    /// A wait that is asked to stop goes on until `set` or `end_stopped`.
    bool answers_later = false;
    void end_stopped() noexcept;

    [[nodiscard]] waiting wait() noexcept;

private:
    waiting* waiter_ = nullptr;
    int value_ = 0;
    bool is_set_ = false;
};

class signal::waiting : public leaf_of<signal::waiting> {
public:
    static constexpr const char* what = "signal";
    explicit waiting(signal& of) noexcept : of_(of) {}
    [[nodiscard]] int await_resume() const noexcept { return of_.value_; }

private:
    friend signal;
    friend leaf_of<waiting>;
    [[nodiscard]] bool try_now() noexcept { return std::exchange(of_.is_set_, false); }
    void start() noexcept {
        ++of_.begun;
        of_.waiter_ = this;
    }
    stop_answer on_stop() noexcept {
        ++of_.asked;
        if (of_.answers_later) return stop_answer::later;
        of_.waiter_ = nullptr;
        return stop_answer::ended;
    }
    void end(bool is_stopped) noexcept {
        if (is_stopped) {
            complete_stopped();
        } else {
            complete();
        }
    }
    signal& of_;
};

inline void signal::set(int value) noexcept {
    value_ = value;
    if (waiter_ == nullptr) {
        is_set_ = true;
    } else {
        std::exchange(waiter_, nullptr)->end(false);
    }
}
inline void signal::end_stopped() noexcept {
    std::exchange(waiter_, nullptr)->end(true);
}
inline signal::waiting signal::wait() noexcept {
    return waiting(*this);
}

/// `co_await scope_here()` gives the context of the coroutine that awaits it.
class scope_here {
public:
    using is_coil_leaf = void;
    scope_here& attach(continuation parent) noexcept {
        parent_ = parent;
        return *this;
    }
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void begin() const noexcept {}
    [[nodiscard]] context& await_resume() const noexcept { return parent_.scope(); }

private:
    continuation parent_;
};

/// Gives way `times` times.
inline task<> give_way(int times) {
    for (; times > 0; --times) co_await yield_now();
}

}  // namespace coil::testing
