// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/runtime/blocking_pool.hpp>
#include <coil/runtime/detail/signals_blocked.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace coil {

struct blocking_pool::machinery {
    std::mutex mutex;
    std::condition_variable has_job;
    std::vector<std::thread> threads;
};

blocking_pool::blocking_pool(std::size_t threads_max)
    : machinery_(std::make_unique<machinery>()),
      threads_max_(threads_max) {
    constexpr std::size_t per_processor = 4;
    if (threads_max_ == 0)
        threads_max_ =
            per_processor * std::max(1U, std::thread::hardware_concurrency());
}

blocking_pool::~blocking_pool() {
    {
        const std::scoped_lock lock(machinery_->mutex);
        COIL_ASSERT(first_ == nullptr && stats_.running == 0);
        is_closing_ = true;
    }
    machinery_->has_job.notify_all();
    for (std::thread& ended : machinery_->threads) ended.join();
}

void blocking_pool::submit(blocking_job& job) noexcept {
    bool runs_here = false;
    {
        const std::scoped_lock lock(machinery_->mutex);
        job.next_ = nullptr;
        job.state_ = blocking_job::state::queued;
        (first_ == nullptr ? first_ : last_->next_) = &job;
        last_ = &job;
        ++stats_.queued;
        if (idle_ < stats_.queued && stats_.threads < threads_max_ && !start_thread()) {
            runs_here = stats_.threads == 0;
        }
        if (runs_here) {
            first_ = last_ = nullptr;
            --stats_.queued;
            ++stats_.running;
            job.state_ = blocking_job::state::running;
        }
    }
    if (!runs_here) {
        machinery_->has_job.notify_one();
        return;
    }
    job.run();
    finish(job);
}

bool blocking_pool::start_thread() noexcept {
    const detail::signals_blocked in_this_scope;
#if COIL_EXCEPTIONS
    try {
        machinery_->threads.emplace_back([this] { work(); });
    } catch (...) {
        return false;  // the threads that there are will do it
    }
#else
    machinery_->threads.emplace_back([this] { work(); });
#endif
    ++stats_.threads;
    return true;
}

void blocking_pool::work() noexcept {
    std::unique_lock lock(machinery_->mutex);
    for (;;) {
        while (first_ == nullptr) {
            if (is_closing_) return;
            ++idle_;
            machinery_->has_job.wait(lock);
            --idle_;
        }
        blocking_job& job = *first_;
        first_ = job.next_;
        job.state_ = blocking_job::state::running;
        --stats_.queued;
        ++stats_.running;
        lock.unlock();
        job.run();
        finish(job);
        lock.lock();
    }
}

void blocking_pool::finish(blocking_job& job) noexcept {
    {
        const std::scoped_lock lock(machinery_->mutex);
        job.state_ = blocking_job::state::ended;
        --stats_.running;
    }
    job.strand_.post(job);  // last: the job may be gone at once
}

blocking_pool::withdrawal blocking_pool::withdraw(blocking_job& job) noexcept {
    const std::scoped_lock lock(machinery_->mutex);
    if (job.state_ == blocking_job::state::running) return withdrawal::running;
    if (job.state_ == blocking_job::state::ended) return withdrawal::ended;
    blocking_job* before = nullptr;
    for (blocking_job* other = first_; other != &job; other = other->next_) {
        before = other;
    }
    (before == nullptr ? first_ : before->next_) = job.next_;
    if (last_ == &job) last_ = before;
    --stats_.queued;
    return withdrawal::withdrawn;
}

blocking_stats blocking_pool::stats() const noexcept {
    const std::scoped_lock lock(machinery_->mutex);
    return stats_;
}

}  // namespace coil
