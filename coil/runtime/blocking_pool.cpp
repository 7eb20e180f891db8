// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/runtime/blocking_pool.hpp>
#include <coil/runtime/detail/signals_blocked.hpp>
#include <coil/runtime/detail/thread_life.hpp>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace coil {

struct blocking_pool::machinery {
    std::mutex mutex;
    std::condition_variable has_job;
    std::list<std::thread> threads;
    std::list<std::thread> ended;  // or about to

    /// With a thread that has waited long enough.
    void retire() noexcept {
        const auto self = std::ranges::find(threads, std::this_thread::get_id(),
                                            &std::thread::get_id);
        ended.splice(ended.end(), threads, self);
    }
    void join_ended() noexcept {
        std::list<std::thread> all;
        {
            const std::scoped_lock lock(mutex);
            all.swap(ended);
        }
        for (std::thread& each : all) each.join();
    }
};

blocking_pool::blocking_pool(blocking_pool_options options)
    : machinery_(std::make_unique<machinery>()),
      options_(options) {
    // Far behind all clocks' ends: now and so long is no time.
    constexpr std::chrono::nanoseconds forever = std::chrono::years(100);
    if (options_.keep_alive > forever)
        options_.keep_alive = std::chrono::nanoseconds::max();
    constexpr std::size_t per_processor = 4;
    if (options_.threads_max == 0)
        options_.threads_max =
            per_processor * std::max(1U, std::thread::hardware_concurrency());
}

blocking_pool::~blocking_pool() {
    {
        const std::scoped_lock lock(machinery_->mutex);
        COIL_ASSERT(first_ == nullptr && stats_.running == 0);
        is_closing_ = true;
    }
    machinery_->has_job.notify_all();
    for (std::thread& each : machinery_->threads) each.join();
    machinery_->join_ended();
}

void blocking_pool::submit(blocking_job& job) noexcept {
    bool runs_here = false;
    bool has_ended = false;
    {
        const std::scoped_lock lock(machinery_->mutex);
        job.next_ = nullptr;
        job.state_ = blocking_job::state::queued;
        (first_ == nullptr ? first_ : last_->next_) = &job;
        last_ = &job;
        ++stats_.queued;
        if (idle_ < stats_.queued && stats_.threads < options_.threads_max &&
            !start_thread()) {
            runs_here = stats_.threads == 0;
        }
        has_ended = !machinery_->ended.empty();
        if (runs_here) {
            first_ = last_ = nullptr;
            --stats_.queued;
            ++stats_.running;
            job.state_ = blocking_job::state::running;
        }
    }
    if (!runs_here) machinery_->has_job.notify_one();
    if (has_ended) machinery_->join_ended();
    if (!runs_here) return;
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
    unsigned index = 0;
    {
        const std::scoped_lock lock(machinery_->mutex);
        index = started_++;
    }
    const detail::thread_life life(options_.thread_name, index, thread_kind::blocking,
                                   options_.hooks);
    while (blocking_job* const job = next()) {
        job->run();
        finish(*job);
    }
}

// Null: this thread ends.
blocking_job* blocking_pool::next() noexcept {
    std::unique_lock lock(machinery_->mutex);
    bool has_waited = false;
    while (first_ == nullptr) {
        if (is_closing_) return nullptr;
        if (has_waited) {
            --stats_.threads;
            machinery_->retire();
            return nullptr;
        }
        ++idle_;
        if (options_.keep_alive == std::chrono::nanoseconds::max()) {
            machinery_->has_job.wait(lock);
        } else {
            has_waited = machinery_->has_job.wait_for(lock, options_.keep_alive) ==
                         std::cv_status::timeout;
        }
        --idle_;
    }
    blocking_job& job = *first_;
    first_ = job.next_;
    job.state_ = blocking_job::state::running;
    --stats_.queued;
    ++stats_.running;
    return &job;
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
