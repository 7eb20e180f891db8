// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/core/group.hpp>
#include <coil/core/spawned.hpp>
#include <coil/runtime/blocking_pool.hpp>
#include <coil/runtime/daemons.hpp>
#include <coil/runtime/detail/refused_run.hpp>
#include <coil/runtime/on.hpp>
#include <coil/time/clock.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace coil {

/// Counts of one worker since it began.
struct worker_stats {
    std::uint64_t turns = 0;   ///< Of strands that any worker may run.
    std::uint64_t steals = 0;  ///< Times that it took work from another worker.
    std::uint64_t sleeps = 0;  ///< Times that it had nothing to do.
    std::size_t queued = 0;    ///< Strands that wait for it now.
};

/// Counts of a `multi_thread_runtime`.
struct multi_thread_stats {
    std::vector<worker_stats> workers;
    blocking_stats blocking;
};

/// What a `multi_thread_runtime` may be told.
struct multi_thread_options {
    /// Threads that run strands; 0 means one per processor.
    unsigned workers = 0;
    /// Threads for blocking calls; 0 means four per processor.
    std::size_t blocking_threads_max = 0;
    /// How long a thread for blocking calls waits for another one before it ends.
    clock::duration blocking_keep_alive = clock::duration::max();
    /// Whether what a turn wakes runs next on the same worker, while what it needs is
    /// in the cache. If not, it queues behind the others, and other workers may take
    /// it: for strands that compute for long after they woke another.
    bool runs_woken_next = true;
    /// How many pieces a turn of a strand may run, at least 1, before it gives way:
    /// less where others should wait shorter for busy ones, more where all that counts
    /// is how much gets done.
    int budget = executor::usual_pieces_per_turn;
    /// Whether each worker stays on one processor: for machines that do nothing else.
    bool pins_threads = false;
    /// Timers are rounded up to multiples of this: many of them cost fewer wake-ups
    /// then. At least 1 ns.
    clock::duration timer_resolution = clock::duration(1);
    /// SIGINT and SIGTERM ask all that runs to stop (`stop_reason::shutdown`); the
    /// second one hurries its clean-up (a hard stop); a third has its usual effect, as
    /// has one that comes while nothing runs. What begins afterwards is told again.
    bool stop_on_signals = false;
    /// How long daemons may take to stop when the runtime ends, before they are named.
    clock::duration daemon_deadline = std::chrono::seconds(5);
    /// What the names of its threads begin with, as debuggers and `top` show them; it
    /// outlives the runtime. The system keeps 15 characters, with the thread's number.
    const char* thread_name = "coil";
    /// Is told what its threads do, or nobody is. It outlives the runtime.
    thread_hooks* hooks = nullptr;
    /// What `fair_race` draws from: the same draws come again with the same seed, as
    /// far as the same things happen on the same worker.
    std::uint32_t seed = 0;
};

/// A runtime for many threads: each has its own queue of strands and its own timers,
/// and steals from the others when it has nothing to do.
///
/// \snippet coil/runtime/multi_thread_test.cpp  sum on all processors
///
/// A strand stays serial: its turns may be on different threads, one after the other,
/// each seeing what the ones before did. What strands share among each other is made
/// for that, as `event`, `channel` and `mutex` are, or guarded by you.
///
/// It waits in epoll, also where `COIL_IO` asks for io_uring, whose buffers are for one
/// thread.
///
/// A strand that computes keeps its worker. Others take the strands that wait there,
/// but not what it just woke (see `runs_woken_next`), and the worker's timers and
/// sockets wait: what computes for more than a millisecond belongs in `blocking`, or in
/// a runtime of its own.
///
/// Its threads block all signals, and so does a program that is started on them, here
/// or in `blocking`: give `posix_spawn` an empty mask (`POSIX_SPAWN_SETSIGMASK`), or
/// nothing but SIGKILL ends it.
///
/// Threads: `run` from any that is not running a strand; several may at once.
class multi_thread_runtime {
public:
    /// Starts the threads.
    /// Throws: `std::system_error` when the system is out of descriptors or threads.
    explicit multi_thread_runtime(multi_thread_options options = {});
    multi_thread_runtime(const multi_thread_runtime&) = delete;
    multi_thread_runtime& operator=(const multi_thread_runtime&) = delete;
    /// Ends the daemons, and joins the threads: this thread waits, for as long as they
    /// and the blocking calls take. So in a strand of another runtime do it by
    /// `blocking`, or that runtime's thread stands still.
    /// Requires: nothing runs. It is not called by one of its own strands, nor by what
    /// one of them waits for; the program ends with a text.
    ~multi_thread_runtime();

    [[nodiscard]] unsigned workers() const noexcept;
    /// Threads: any. Each count by itself is right; together they may be a moment
    /// apart.
    [[nodiscard]] multi_thread_stats stats() const;

    /// For `on`: strands that any worker may run.
    [[nodiscard]] executor& any_worker() noexcept;
    /// For `on`: strands that stay on one worker's thread, with their children; they
    /// may hold what is local, as on a `current_thread_runtime`.
    /// Requires: `worker` is less than `workers()`.
    [[nodiscard]] executor& pinned(unsigned worker) noexcept;

    [[nodiscard]] coil::daemons& daemons() noexcept;

    /// Runs `f(worker)` pinned to each worker, all at once, and waits for all of them:
    /// one thread per processor, and nothing shared between them but what you share.
    ///
    /// \snippet coil/runtime/on_test.cpp  a thread per core
    ///
    /// Requires, errors: as `run`; the first error stops the others.
    template <class F>
    outcome<> run_on_each(F f) {
        return run(with_group([&](group& all) {
            for (unsigned i = 0; i < workers(); ++i) all.spawn(on(pinned(i), F(f), i));
        }));
    }

    /// Runs `work` to its end, and all that it started; this thread waits.
    ///
    /// Requires: not called inside a running strand; the program ends with a text. Its
    /// value needs no async drop, which would not be run; that does not compile.
    template <awaitable A>
    outcome<await_result_t<A>> run(A&& work) {
        static_assert(
            !is_local_v<A>,
            "work of a multi_thread_runtime moves between threads, and this is "
            "local: write coil::task, or run it on a current_thread_runtime");
        detail::refuse_async_drop<await_result_t<A>>();
        root<A> whole(*this, std::forward<A>(work));
        start(whole);
        wait(whole);
        return std::move(whole.result());
    }
    template <class A>
        requires(!awaitable<A>)
    detail::refused_outcome<A> run(A&&) {
        (void)detail::refuse_parts<A>();
        return detail::no_value<detail::refused_outcome<A>>();
    }

private:
    /// What runs, as the runtime sees it.
    struct running : strand {
        running(multi_thread_runtime& runtime, const strand_ops& ops) noexcept
            : strand(runtime.any_worker(), ops),
              of(runtime) {}
        void ended() noexcept { of.end(*this); }
        void asked_to_stop() noexcept { of.tell(*this); }
        multi_thread_runtime& of;
        running* next = nullptr;
        stop_level asked = stop_level::none;  // by signals
        bool has_ended = false;
    };
    template <class A>
    struct root : strand_of<A, root<A>, running> {
        root(multi_thread_runtime& runtime, A&& work)
            : strand_of<A, root, running>(runtime, std::forward<A>(work)) {}
    };
    void start(running& whole) noexcept;
    void wait(const running& whole) noexcept;
    void end(running& whole) noexcept;
    void tell(running& asked) noexcept;

    class own_daemons;
    class stop_on_signals;
    struct machinery;  // threads and locks, which are slow to compile
    std::unique_ptr<machinery> machinery_;
};

}  // namespace coil
