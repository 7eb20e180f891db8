// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/core/strand.hpp>
#include <coil/runtime/thread_hooks.hpp>

#include <cstddef>
#include <memory>

namespace coil {

/// One call on a `blocking_pool`: a node of its queue that lies with who awaits it.
class blocking_job : private remote_message {
protected:
    explicit blocking_job(strand& answers_to) noexcept
        : remote_message(delivered),
          strand_(answers_to) {}
    ~blocking_job() = default;

private:
    friend class blocking_pool;

    /// On a thread of the pool.
    virtual void run() noexcept = 0;
    /// On the strand's own thread, when the pool has done with it.
    virtual void done() noexcept = 0;

    static void delivered(remote_message& news) noexcept {
        static_cast<blocking_job&>(news).done();
    }

    enum class state : unsigned char { idle, queued, running, ended };

    strand& strand_;
    blocking_job* next_ = nullptr;
    state state_ = state::idle;  // guarded by the pool's mutex
};

/// What a `blocking_pool` may be told.
struct blocking_pool_options {
    /// 0 means four per processor.
    std::size_t threads_max = 0;
    /// How long a thread waits for another call before it ends.
    std::chrono::nanoseconds keep_alive = std::chrono::nanoseconds::max();
    /// What its threads' names begin with; it outlives the pool.
    const char* thread_name = "coil";
    thread_hooks* hooks = nullptr;  ///< Is told of its threads.
};

/// Counts of a pool.
struct blocking_stats {
    std::size_t threads = 0;  ///< That there are, with and without work.
    std::size_t running = 0;  ///< Jobs that a thread is at.
    std::size_t queued = 0;  ///< Jobs that wait for a thread; each holds an await back.
};

/// Threads for calls that block: files, databases, name resolution. See `blocking`.
///
/// The queue has no limit of its own and needs no memory: each job in it lies in the
/// frame of an await, which is held back until its turn has come.
///
/// Threads: any.
class blocking_pool {
public:
    static constexpr service_kind kind = {"a pool for blocking calls"};

    /// No thread is started before there is a job for it.
    explicit blocking_pool(blocking_pool_options options = {});
    blocking_pool(const blocking_pool&) = delete;
    blocking_pool& operator=(const blocking_pool&) = delete;
    /// Joins the threads. Requires: no job is queued or running.
    ~blocking_pool();

    /// Runs the job on a thread when one is free, first come first served. If no thread
    /// can be started for the very first job, it runs here.
    void submit(blocking_job& job) noexcept;

    /// Takes a job out again.
    enum class withdrawal : unsigned char {
        withdrawn,  ///< It had not begun and never will.
        running,    ///< Too late: it is running.
        ended,      ///< Too late: its news is on the way.
    };
    [[nodiscard]] withdrawal withdraw(blocking_job& job) noexcept;

    [[nodiscard]] blocking_stats stats() const noexcept;

private:
    void work() noexcept;
    [[nodiscard]] blocking_job* next() noexcept;
    void finish(blocking_job& job) noexcept;
    [[nodiscard]] bool start_thread() noexcept;

    struct machinery;  // threads and locks, which are slow to compile
    std::unique_ptr<machinery> machinery_;
    blocking_job* first_ = nullptr;
    blocking_job* last_ = nullptr;
    blocking_stats stats_;
    blocking_pool_options options_;
    unsigned started_ = 0;
    std::size_t idle_ = 0;
    bool is_closing_ = false;
};

}  // namespace coil
