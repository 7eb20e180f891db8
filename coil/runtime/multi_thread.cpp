// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/spin_lock.hpp>
#include <coil/runtime/detail/outside_strands.hpp>
#include <coil/runtime/detail/signals_blocked.hpp>
#include <coil/runtime/detail/worker.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/signals.hpp>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <thread>

namespace coil {

namespace {
constexpr std::initializer_list<int> stopping = {SIGINT, SIGTERM};

unsigned workers_of(const multi_thread_options& options) noexcept {
    return options.workers != 0 ? options.workers
                                : std::max(1U, std::thread::hardware_concurrency());
}

// To one of the processors that this process may use, one after the other. Where that
// is refused it moves as others do.
void pin(std::thread& worker, std::size_t index) noexcept {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    const auto count = static_cast<std::size_t>(CPU_COUNT(&allowed));
    if (count == 0) return;
    std::size_t left = index % count;
    for (std::size_t at = 0; at < CPU_SETSIZE; ++at) {
        if (!CPU_ISSET(at, &allowed) || left-- != 0) continue;
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(at, &only);
        ::pthread_setaffinity_np(worker.native_handle(), sizeof only, &only);
        return;
    }
}
}  // namespace

/// Hears signals on the first worker's thread.
class multi_thread_runtime::stop_on_signals : signal_listener {
public:
    explicit stop_on_signals(machinery& of) noexcept : of_(of) {}
    using signal_listener::answer;
    using signal_listener::listen;
    using signal_listener::pause;
    using signal_listener::resume;

private:
    void arrived(int number) noexcept override;
    machinery& of_;
};

class multi_thread_runtime::own_daemons final : public coil::daemons {
public:
    explicit own_daemons(executor& place) noexcept : coil::daemons(place) {}
    void end(clock::duration granted) noexcept;

private:
    void all_ended() noexcept override;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool have_ended_ = false;
};

void multi_thread_runtime::own_daemons::all_ended() noexcept {
    // Notified under the lock: once it is given back, this may be gone.
    const std::scoped_lock lock(mutex_);
    have_ended_ = true;
    ended_.notify_all();
}

void multi_thread_runtime::own_daemons::end(clock::duration granted) noexcept {
    if (!request_stop()) return;
    std::unique_lock lock(mutex_);
    const auto have_ended = [this] { return have_ended_; };
    if (ended_.wait_for(lock, granted, have_ended)) return;
    lock.unlock();
    report_and_hurry(granted);
    lock.lock();
    ended_.wait(lock, have_ended);
}

struct multi_thread_runtime::machinery {
    explicit machinery(const multi_thread_options& options)
        : sharing(options, workers_of(options)),
          daemon_deadline(options.daemon_deadline) {}
    ~machinery() {
        if (daemons) daemons->end(daemon_deadline);
        sharing.close();
        for (std::thread& each : threads) each.join();
    }
    /// What ends the runtime waits for its strands: none of them can.
    void expect_outside() noexcept;
    /// False: nothing runs, and nobody else listens to the signal.
    [[nodiscard]] bool tell_what_runs(int number) noexcept;

    std::vector<std::unique_ptr<shared_epoll_driver>> drivers;
    detail::work_sharing sharing;
    std::vector<std::thread> threads;
    std::optional<own_daemons> daemons;
    clock::duration daemon_deadline;
    std::optional<signal_hub> signals;
    stop_on_signals stops{*this};
    std::mutex mutex;  // guards what runs
    running* all = nullptr;
    std::condition_variable has_ended;
};

void multi_thread_runtime::machinery::expect_outside() noexcept {
    const auto is_ours = [this](const executor& place) {
        return std::ranges::any_of(sharing.workers, [&](const auto& each) {
            return &place == each.get() || &place == &each->pinned();
        });
    };
    for (const strand* inside = strand::current(); inside != nullptr;) {
        if (is_ours(inside->runs_on())) {
            fatal(
                "a multi_thread_runtime was destroyed by one of its own strands, for ",
                "whose end it waits: destroy it when run has returned");
        }
        const context* const outer = inside->inherits_from();
        inside = outer == nullptr ? nullptr : &outer->home();
    }
    const std::scoped_lock lock(mutex);
    COIL_EXPECTS(all == nullptr && "nothing runs when a runtime is destroyed");
}

// What does not listen any more does so again when the next work begins.
bool multi_thread_runtime::machinery::tell_what_runs(int number) noexcept {
    const std::scoped_lock lock(mutex);
    if (all == nullptr) return !stops.pause(number);
    stops.answer(number);
    bool is_first = true;
    for (running* each = all; each != nullptr; each = each->next) {
        const bool is_hurried = each->asked != stop_level::none;
        if (is_hurried) is_first = false;
        each->asked = is_hurried ? stop_level::hard : stop_level::soft;
        each->ask_to_stop();
    }
    for (const int each : stopping) {
        if (!is_first) (void)stops.pause(each);
    }
    return true;
}

void multi_thread_runtime::stop_on_signals::arrived(int number) noexcept {
    if (!of_.tell_what_runs(number)) ::kill(::getpid(), number);  // its usual effect
}

multi_thread_runtime::multi_thread_runtime(multi_thread_options options) {
    machinery_ = std::make_unique<machinery>(options);
    machinery& all = *machinery_;
    const unsigned count = workers_of(options);
    for (unsigned i = 0; i < count; ++i) {
        io_driver& outside =
            *all.drivers.emplace_back(std::make_unique<shared_epoll_driver>(&all));
        all.sharing.workers.push_back(
            std::make_unique<detail::worker>(all.sharing, i, outside));
    }
    all.sharing.daemons = &all.daemons.emplace(any_worker());
    if (options.stop_on_signals) {
        all.signals.emplace(any_worker());
        all.stops.listen(*all.signals, stopping);
    }
    all.threads.reserve(count);
    spin_lock::set_patience([]() noexcept { std::this_thread::yield(); });
    const detail::signals_blocked in_this_scope;
    for (const auto& each : all.sharing.workers) {
        all.threads.emplace_back([&each] { each->work(); });
        if (options.pins_threads) pin(all.threads.back(), all.threads.size() - 1);
    }
}

multi_thread_stats multi_thread_runtime::stats() const {
    multi_thread_stats all = {.workers = {},
                              .blocking = machinery_->sharing.blocking.stats()};
    for (const auto& each : machinery_->sharing.workers)
        all.workers.push_back(each->stats());
    return all;
}

multi_thread_runtime::~multi_thread_runtime() {
    machinery_->expect_outside();
}

unsigned multi_thread_runtime::workers() const noexcept {
    return static_cast<unsigned>(machinery_->sharing.workers.size());
}

executor& multi_thread_runtime::any_worker() noexcept {
    return *machinery_->sharing.workers.front();
}

coil::daemons& multi_thread_runtime::daemons() noexcept {
    return *machinery_->daemons;
}

executor& multi_thread_runtime::pinned(unsigned worker) noexcept {
    COIL_EXPECTS(worker < workers() && "there is such a worker");
    return machinery_->sharing.workers[worker]->pinned();
}

void multi_thread_runtime::start(running& whole) noexcept {
    detail::check_outside_strands();
    {
        const std::scoped_lock lock(machinery_->mutex);
        if (machinery_->all == nullptr) machinery_->stops.resume();
        whole.next = std::exchange(machinery_->all, &whole);
    }
    whole.start();
}

void multi_thread_runtime::wait(const running& whole) noexcept {
    std::unique_lock lock(machinery_->mutex);
    machinery_->has_ended.wait(lock, [&] { return whole.has_ended; });
}

void multi_thread_runtime::end(running& whole) noexcept {
    // Notified under the lock: once it is given back, the runtime may be gone.
    const std::scoped_lock lock(machinery_->mutex);
    running** link = &machinery_->all;
    while (*link != &whole) link = &(*link)->next;
    *link = whole.next;
    whole.has_ended = true;
    machinery_->has_ended.notify_all();
}

void multi_thread_runtime::tell(running& asked) noexcept {
    stop_level how = stop_level::none;
    {
        const std::scoped_lock lock(machinery_->mutex);
        how = asked.asked;
    }
    asked.root().request_stop(stop_reason::shutdown, how);
}

}  // namespace coil
