// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/spin_lock.hpp>
#include <coil/runtime/detail/outside_strands.hpp>
#include <coil/runtime/detail/signals_blocked.hpp>
#include <coil/runtime/detail/worker.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/signals.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace coil {

/// Hears signals on the first worker's thread.
class multi_thread_runtime::stop_on_signals : signal_listener {
public:
    explicit stop_on_signals(machinery& of) noexcept : of_(of) {}
    using signal_listener::listen;

private:
    void arrived(int number) noexcept override;
    machinery& of_;
};

struct multi_thread_runtime::machinery {
    machinery(unsigned count, std::size_t blocking_threads)
        : sharing(count, blocking_threads) {}
    ~machinery() {
        sharing.close();
        for (std::thread& each : threads) each.join();
    }
    enum class told : unsigned char { nobody, once, again };
    [[nodiscard]] told stop_what_runs() noexcept;

    std::vector<std::unique_ptr<shared_epoll_driver>> drivers;
    detail::work_sharing sharing;
    std::vector<std::thread> threads;
    std::optional<signal_hub> signals;
    stop_on_signals stops{*this};
    std::mutex mutex;  // guards what runs
    running* all = nullptr;
    std::condition_variable has_ended;
};

multi_thread_runtime::machinery::told
multi_thread_runtime::machinery::stop_what_runs() noexcept {
    const std::scoped_lock lock(mutex);
    if (all == nullptr) return told::nobody;
    bool is_first = true;
    for (running* each = all; each != nullptr; each = each->next) {
        const bool is_hurried = each->asked != stop_level::none;
        if (is_hurried) is_first = false;
        each->asked = is_hurried ? stop_level::hard : stop_level::soft;
        each->ask_to_stop();
    }
    return is_first ? told::once : told::again;
}

void multi_thread_runtime::stop_on_signals::arrived(int number) noexcept {
    const machinery::told who = of_.stop_what_runs();
    if (who == machinery::told::once) return;
    ignore();
    if (who == machinery::told::nobody) ::kill(::getpid(), number);
}

multi_thread_runtime::multi_thread_runtime(multi_thread_options options) {
    const unsigned count = options.workers != 0
                               ? options.workers
                               : std::max(1U, std::thread::hardware_concurrency());
    machinery_ = std::make_unique<machinery>(count, options.blocking_threads_max);
    machinery& all = *machinery_;
    for (unsigned i = 0; i < count; ++i) {
        io_driver& outside =
            *all.drivers.emplace_back(std::make_unique<shared_epoll_driver>());
        all.sharing.workers.push_back(
            std::make_unique<detail::worker>(all.sharing, i, outside));
    }
    if (options.stop_on_signals) {
        all.signals.emplace(any_worker());
        all.stops.listen(*all.signals, {SIGINT, SIGTERM});
    }
    all.threads.reserve(count);
    spin_lock::set_patience([]() noexcept { std::this_thread::yield(); });
    const detail::signals_blocked in_this_scope;
    for (const auto& each : all.sharing.workers)
        all.threads.emplace_back([&each] { each->work(); });
}

multi_thread_runtime::~multi_thread_runtime() = default;

unsigned multi_thread_runtime::workers() const noexcept {
    return static_cast<unsigned>(machinery_->sharing.workers.size());
}

executor& multi_thread_runtime::any_worker() noexcept {
    return *machinery_->sharing.workers.front();
}

executor& multi_thread_runtime::pinned(unsigned worker) noexcept {
    COIL_EXPECTS(worker < workers() && "there is such a worker");
    return machinery_->sharing.workers[worker]->pinned();
}

void multi_thread_runtime::start(running& whole) noexcept {
    detail::check_outside_strands();
    {
        const std::scoped_lock lock(machinery_->mutex);
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
