// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/event_loop.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace coil::testing {

/// Time that stands still while anything can run, and jumps to the next timer when
/// nothing can. With no timer either, nothing will ever happen: that is a deadlock.
class virtual_driver : public driver {
public:
    [[nodiscard]] instant now() noexcept override { return now_; }
    bool wait(instant deadline) noexcept override;
    void wake() noexcept override;

    /// Other threads will post: with no timer left, wait for them, in real time.
    void expect_messages(bool expects) noexcept { expects_messages_ = expects; }

protected:
    ~virtual_driver() = default;

private:
    virtual void deadlocked() noexcept = 0;

    instant now_{};
    std::mutex mutex_;
    std::condition_variable woken_;
    bool is_woken_ = false;
    bool expects_messages_ = false;
};

/// A runtime for tests: one thread, virtual time, exact and instant.
///
/// \snippet coil/testing/virtual_time_test.cpp  an hour in no time
///
/// When nothing can ever happen again it notes who waits for what and stops the main
/// strand, so that a test fails at once and still cleans up.
class virtual_runtime final : private virtual_driver, public event_loop {
public:
    virtual_runtime() noexcept : event_loop(static_cast<virtual_driver&>(*this)) {}
    /// Runs ready pieces in an order drawn from `seed`.
    explicit virtual_runtime(std::uint64_t seed) noexcept : virtual_runtime() {
        random_ = seed;
        set_chooses_pieces(true);
    }

    using virtual_driver::expect_messages;

    /// As `event_loop::run`.
    template <awaitable A>
    outcome<await_result_t<A>> run(A&& work) {
        deadlock_.clear();
        return event_loop::run(std::forward<A>(work));
    }

    /// Who waited for what when nothing could happen any more; empty if the last run
    /// never came to that.
    [[nodiscard]] const std::string& deadlock() const noexcept { return deadlock_; }

    unsigned choose(unsigned ready_count) noexcept override;

private:
    void deadlocked() noexcept override;

    std::string deadlock_;
    std::uint64_t random_ = 0;
};

}  // namespace coil::testing
