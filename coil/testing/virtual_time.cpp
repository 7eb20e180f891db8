// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/core/backtrace.hpp>
#include <coil/testing/virtual_time.hpp>

namespace coil::testing {

bool virtual_driver::wait(instant deadline) noexcept {
    if (deadline != instant::max()) {
        if (deadline > now_) now_ = deadline;
        const std::scoped_lock lock(mutex_);
        return std::exchange(is_woken_, false);
    }
    std::unique_lock lock(mutex_);
    if (expects_messages_) {
        // Real time, as the other thread's is; a bound, so that a lost wake-up is seen.
        woken_.wait_for(lock, std::chrono::seconds(30), [this] { return is_woken_; });
    }
    if (std::exchange(is_woken_, false)) return true;
    lock.unlock();
    deadlocked();
    return false;
}

void virtual_driver::wake() noexcept {
    const std::scoped_lock lock(mutex_);
    is_woken_ = true;
    woken_.notify_one();
}

void virtual_runtime::deadlocked() noexcept {
    const bool had_stopped = !deadlock_.empty();
    std::string report = "deadlock: nothing can happen any more\n";
    report += main_strand() != nullptr ? backtrace(*main_strand()) : "";
    if (had_stopped) fatal("deadlock that a stop does not end\n", report.c_str());
    deadlock_ = std::move(report);
    main_strand()->root().request_stop(stop_reason::shutdown, stop_level::hard);
}

// xorshift64*, G. Marsaglia, "Xorshift RNGs", 2003, and S. Vigna, 2016.
unsigned virtual_runtime::choose(unsigned ready_count) noexcept {
    random_ ^= random_ >> 12;
    random_ ^= random_ << 25;
    random_ ^= random_ >> 27;
    return static_cast<unsigned>((random_ * 0x2545F4914F6CDD1DULL) >> 33) % ready_count;
}

}  // namespace coil::testing
