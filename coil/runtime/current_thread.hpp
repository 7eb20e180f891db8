// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/blocking_pool.hpp>
#include <coil/runtime/daemons.hpp>
#include <coil/runtime/detail/refused_run.hpp>
#include <coil/runtime/event_loop.hpp>
#include <coil/runtime/io_driver.hpp>
#include <coil/runtime/signals.hpp>

namespace coil {

/// What a `current_thread_runtime`, and so `coil::run`, may be told.
struct run_options {
    /// SIGINT and SIGTERM ask the work to stop (`stop_reason::shutdown`); the second
    /// one hurries its clean-up (a hard stop); a third has its usual effect.
    bool stop_on_signals = false;
    /// Threads for blocking calls; 0 means four per processor.
    std::size_t blocking_threads_max = 0;
    /// How long a thread for blocking calls waits for another one before it ends.
    clock::duration blocking_keep_alive = clock::duration::max();
    /// How many pieces a turn of a strand may run, at least 1, before it gives way:
    /// less where others should wait shorter for busy ones.
    int budget = executor::usual_pieces_per_turn;
    /// How long daemons may take to stop when the work has ended, before they are
    /// named.
    clock::duration daemon_deadline = std::chrono::seconds(5);
    /// What the names of the threads for blocking calls begin with, as debuggers and
    /// `top` show them; it outlives the runtime. The system keeps 15 characters, with
    /// the thread's number.
    const char* thread_name = "coil";
    /// Is told of those threads, or nobody is. It outlives the runtime.
    thread_hooks* hooks = nullptr;
    /// What `fair_race` draws from: the same draws come again with the same seed, as
    /// far as the same things happen.
    std::uint32_t seed = 0;
};

namespace detail {
struct owned_driver {
    std::unique_ptr<io_driver> outside;
};
}  // namespace detail

/// A runtime for one thread, with sockets, timers, signals, and a pool for blocking
/// calls. `coil::run` makes one; keep one yourself to run several things after each
/// other, or to get the result as an `outcome`.
///
/// Threads: the one that calls `run`, but for `remote()`. One may make it, another run
/// it, and a third destroy it. On io_uring, all calls of `run` come from one thread;
/// the program ends with a text if they do not. On epoll they may come from one thread
/// after the other.
class current_thread_runtime final : private detail::owned_driver, public event_loop {
public:
    /// Throws: `std::system_error` when the system is out of descriptors.
    explicit current_thread_runtime(run_options options = {})
        : current_thread_runtime(make_io_driver(), options) {}
    /// With a driver of your choice: another system, a simulated network.
    explicit current_thread_runtime(std::unique_ptr<io_driver> with,
                                    run_options options = {});
    /// Joins the threads of the pool.
    ~current_thread_runtime();

    /// Runs `work` to its end, and all that it started.
    template <awaitable A>
    outcome<await_result_t<A>> run(A&& work) {
        detail::refuse_async_drop<await_result_t<A>>();
        const stop_on_signals told(*this);
        outcome<await_result_t<A>> ended = event_loop::run(std::forward<A>(work));
        daemons_.end();
        return ended;
    }
    template <class A>
        requires(!awaitable<A>)
    detail::refused_outcome<A> run(A&&) {
        (void)detail::refuse_parts<A>();
        return detail::no_value<detail::refused_outcome<A>>();
    }
    [[nodiscard]] coil::daemons& daemons() noexcept { return daemons_; }

    [[nodiscard]] blocking_stats blocking() const noexcept { return pool_.stats(); }

private:
    class stop_on_signals : signal_listener {
    public:
        explicit stop_on_signals(current_thread_runtime& of);

    private:
        void arrived(int number) noexcept override;
        current_thread_runtime& of_;
    };
    class own_daemons final : public coil::daemons, timer {
    public:
        explicit own_daemons(current_thread_runtime& of) noexcept
            : coil::daemons(of),
              timer(is_late),
              of_(of) {}
        void end() noexcept;

    private:
        void all_ended() noexcept override { is_due_ = true; }
        static void is_late(timer& due) noexcept {
            static_cast<own_daemons&>(due).is_due_ = true;
        }
        current_thread_runtime& of_;
        bool is_due_ = false;  // they have ended, or had time enough
    };
    void* find_service(const service_kind& kind) noexcept override;

    run_options options_;
    signal_hub signals_;
    blocking_pool pool_;
    own_daemons daemons_;
};

}  // namespace coil
