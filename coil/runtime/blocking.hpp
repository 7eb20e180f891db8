// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/core/outcome.hpp>
#include <coil/runtime/blocking_pool.hpp>

#include <concepts>
#include <cstring>
#include <new>

namespace coil {

/// What to call when a job is asked to stop while it runs: a small callable, called at
/// most once, from the strand's thread while the job runs on another.
class interrupt_hook {
public:
    interrupt_hook() = default;
    template <std::invocable F>
        requires(!std::same_as<F, interrupt_hook>)
    interrupt_hook(F hook) noexcept {
        static_assert(sizeof(F) <= sizeof(captured_) && std::is_trivially_copyable_v<F>,
                      "an interrupt hook holds up to four pointers or references");
        ::new (static_cast<void*>(captured_)) F(hook);
        call_ = [](void* captured) { (*static_cast<F*>(captured))(); };
    }
    explicit operator bool() const noexcept { return call_ != nullptr; }
    void operator()() noexcept { call_(captured_); }

private:
    alignas(void*) unsigned char captured_[4 * sizeof(void*)] = {};
    void (*call_)(void*) = nullptr;
};

/// Options of `blocking`.
struct blocking_options {
    /// Makes the job end early. It may still come when the job is just ending.
    interrupt_hook interrupt = {};
};

/// The leaf behind `blocking`.
template <class F>
class blocking_call : public leaf_of<blocking_call<F>> {
    using value = std::invoke_result_t<F&>;

public:
    static constexpr const char* what = "a blocking call";

    blocking_call(F job, blocking_options options)
        : job_(std::move(job)),
          options_(options) {}
    blocking_call(blocking_call&& other)
        : leaf_of<blocking_call>(std::move(other)),
          job_(std::move(other.job_)),
          options_(other.options_) {}
    ~blocking_call() {
        if (has_place_) place_.~on_pool();
    }

    value await_resume() { return result_.take(); }

private:
    friend leaf_of<blocking_call>;

    class on_pool final : public blocking_job {
    public:
        explicit on_pool(blocking_call& owner) noexcept
            : blocking_job(owner.home()),
              owner_(owner) {}

    private:
        void run() noexcept override { owner_.run(); }
        void done() noexcept override { owner_.complete(); }
        blocking_call& owner_;
    };

    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept {
        pool_ = this->home().runs_on().template find_service<blocking_pool>();
        COIL_EXPECTS(pool_ != nullptr && "this runtime has a pool for blocking calls");
        ::new (static_cast<void*>(&place_)) on_pool(*this);
        has_place_ = true;
        pool_->submit(place_);
    }
    stop_answer on_stop() noexcept {
        const auto found = pool_->withdraw(place_);
        if (found == blocking_pool::withdrawal::withdrawn) return stop_answer::ended;
        if (found == blocking_pool::withdrawal::running && options_.interrupt) {
            options_.interrupt();
        }
        return stop_answer::later;  // with the job's own result
    }
    void run() noexcept {
#if COIL_EXCEPTIONS
        try {
            call();
        } catch (...) {
            result_.set_error(std::current_exception());
        }
#else
        call();
#endif
    }
    void call() {
        if constexpr (std::is_void_v<value>) {
            job_();
            result_.set_value();
        } else {
            result_.set_value(job_());
        }
    }

    F job_;
    blocking_options options_;
    outcome<value> result_;
    blocking_pool* pool_ = nullptr;
    union {
        on_pool place_;  // there once it has begun: it must know its executor
    };
    bool has_place_ = false;
};

/// Runs `job` on a thread of the runtime's pool: for calls that block.
///
/// \snippet coil/runtime/blocking_test.cpp  a call that blocks
///
/// The await ends only when the job has ended, so the job may refer to the awaiting
/// frame. While no thread is free the await waits in line.
///
/// The pool's threads block all signals, which a program inherits that the job starts:
/// give `posix_spawn` an empty mask (`POSIX_SPAWN_SETSIGMASK`).
///
/// Returns: what the job returns. Errors: what it throws.
/// Stop: a job that has not begun never begins; one that runs is told by
/// `options.interrupt`, and the await ends with the job's own result.
/// Allocates: never, but for a thread now and then.
template <class F>
    requires std::invocable<F&>
[[nodiscard]] blocking_call<F> blocking(COIL_REQUIRES_SENDABLE F job,
                                        blocking_options options = {}) {
    return blocking_call<F>(std::move(job), options);
}

}  // namespace coil
