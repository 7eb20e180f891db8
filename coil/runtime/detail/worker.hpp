// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/strand.hpp>
#include <coil/runtime/blocking_pool.hpp>
#include <coil/runtime/daemons.hpp>
#include <coil/runtime/detail/idle_workers.hpp>
#include <coil/runtime/detail/loop_mailbox.hpp>
#include <coil/runtime/detail/pinned_place.hpp>
#include <coil/runtime/detail/poll_pace.hpp>
#include <coil/runtime/detail/shared_timers.hpp>
#include <coil/runtime/detail/steal_pace.hpp>
#include <coil/runtime/detail/work_queue.hpp>
#include <coil/runtime/driver.hpp>
#include <coil/runtime/io_driver.hpp>
#include <coil/runtime/multi_thread.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace coil::detail {

class worker;

/// What the workers of one runtime share.
struct work_sharing {
    work_sharing(const multi_thread_options& options, unsigned count)
        : blocking({.threads_max = options.blocking_threads_max,
                    .keep_alive = options.blocking_keep_alive,
                    .thread_name = options.thread_name,
                    .hooks = options.hooks}),
          idle(count),
          budget(options.budget),
          runs_woken_next(options.runs_woken_next),
          timer_resolution(options.timer_resolution),
          thread_name(options.thread_name),
          hooks(options.hooks),
          seed(options.seed) {}

    /// Queues a strand from a thread that is no worker of this runtime.
    void push(strand& ready) noexcept;
    /// Makes room in a worker's queue: for all, its older half waits here.
    void push_half_of(work_queue& full) noexcept;
    [[nodiscard]] strand* pop() noexcept;
    /// Also moves to `mine`, which is empty, the worker's share of what waits here,
    /// `most` at most.
    [[nodiscard]] strand* pop_share(work_queue& mine, std::size_t most) noexcept;
    /// Whether there is anything that a worker about to sleep could do.
    [[nodiscard]] bool has_work() const noexcept;
    /// There is more to do: wakes a worker, unless one looks for work already.
    void wake_one() noexcept;
    void close() noexcept;
    [[nodiscard]] bool is_closing() const noexcept;
    /// A worker that takes nothing from others for a while is poked all the same for
    /// what comes from outside.
    void begin_rest(worker& of) noexcept;
    /// False: it was picked, and its waker is about to tell it so.
    [[nodiscard]] bool end_rest(worker& of) noexcept;

    std::vector<std::unique_ptr<worker>> workers;  // before any of them runs
    blocking_pool blocking;
    coil::daemons* daemons = nullptr;  // before any of them runs
    idle_workers idle;
    const int budget;
    const bool runs_woken_next;
    const clock::duration timer_resolution;
    const char* const thread_name;
    thread_hooks* const hooks;
    const std::uint32_t seed;

private:
    mutable std::mutex mutex_;  // guards what follows
    [[nodiscard]] strand* take_first() noexcept;
    void put_last(strand& ready) noexcept;
    strand_queue queue_;
    std::vector<worker*> resting_;
    std::size_t count_ = 0;            // of strands in it
    atomic<bool> has_queued_ = false;  // written under the mutex
    atomic<bool> is_closing_ = false;
};

/// One thread of a parallel runtime: an executor with its own queue, timers and driver.
///
/// It runs the strands that its own strands woke, steals when it has none, and sleeps
/// in its driver when nobody has any.
class worker final : public loop_mailbox, private shared_timers, public executor {
public:
    worker(work_sharing& of, unsigned index, io_driver& outside) noexcept;

    /// Runs strands until the runtime closes. Threads: the worker's.
    void work() noexcept;

    /// From any thread: to this thread's own worker, if it is one of the same runtime.
    void schedule(strand& ready) noexcept override;
    /// What it has is enough for all who might steal some before it has more.
    [[nodiscard]] bool wants_more() const noexcept override {
        constexpr unsigned enough = 8;
        return queue_.size() < enough;
    }

    /// Ends its sleep: it was picked, or the runtime closes.
    void poke() noexcept { post(poke_); }
    [[nodiscard]] const work_queue& queue() const noexcept { return queue_; }
    /// Threads: any.
    [[nodiscard]] worker_stats stats() const noexcept;
    /// For strands that stay on this worker.
    [[nodiscard]] executor& pinned() noexcept { return pinned_; }

private:
    void poked() noexcept { is_poked_ = true; }
    void* find_service(const service_kind& kind) noexcept override;

    void push(strand& ready) noexcept;
    [[nodiscard]] strand* next() noexcept;
    [[nodiscard]] strand* next_own() noexcept;
    [[nodiscard]] strand* find_elsewhere() noexcept;
    [[nodiscard]] strand* steal() noexcept;
    [[nodiscard]] bool rest() noexcept;
    void park() noexcept;
    void await_poke() noexcept;
    void end_search() noexcept;
    void poll() noexcept;
    void sleep(instant deadline) noexcept;

    work_sharing& of_;
    io_driver& driver_;
    const unsigned index_;
    work_queue queue_;
    strand* woken_ = nullptr;    // by the last turn: it runs next, and is not stolen
    strand* running_ = nullptr;  // whose turn it is
    unsigned woken_in_a_row_ = 0;
    // Written by its own thread, read by others: no order is needed.
    atomic<std::uint64_t> turns_ = 0;
    atomic<std::uint64_t> steals_ = 0;
    atomic<std::uint64_t> sleeps_ = 0;
    poll_pace pace_;
    steal_pace stealing_;
    pinned_place pinned_;
    bool is_searching_ = false;  // counted so in `idle_workers`
    bool is_poked_ = false;
    message_to<worker, &worker::poked> poke_{*this};
};

}  // namespace coil::detail
