// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/spin_lock.hpp>
#include <coil/runtime/detail/outside_strands.hpp>
#include <coil/runtime/detail/signals_blocked.hpp>
#include <coil/runtime/detail/worker.hpp>
#include <coil/runtime/io_driver.hpp>
#include <coil/runtime/multi_thread.hpp>

#include <algorithm>
#include <condition_variable>
#include <thread>

namespace coil {

struct multi_thread_runtime::machinery {
    machinery(unsigned count, std::size_t blocking_threads)
        : sharing(count, blocking_threads) {}
    ~machinery() {
        sharing.close();
        for (std::thread& each : threads) each.join();
    }

    std::vector<std::unique_ptr<io_driver>> drivers;
    detail::work_sharing sharing;
    std::vector<std::thread> threads;
    std::mutex mutex;  // guards the `has_ended` of what runs
    std::condition_variable has_ended;
};

multi_thread_runtime::multi_thread_runtime(multi_thread_options options) {
    const unsigned count = options.workers != 0
                               ? options.workers
                               : std::max(1U, std::thread::hardware_concurrency());
    machinery_ = std::make_unique<machinery>(count, options.blocking_threads_max);
    machinery& all = *machinery_;
    for (unsigned i = 0; i < count; ++i) {
        io_driver& outside = *all.drivers.emplace_back(make_io_driver());
        all.sharing.workers.push_back(
            std::make_unique<detail::worker>(all.sharing, i, outside));
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

executor& multi_thread_runtime::first() noexcept {
    return *machinery_->sharing.workers.front();
}

void multi_thread_runtime::start(strand& whole) noexcept {
    detail::check_outside_strands();
    whole.start();
}

void multi_thread_runtime::wait(const bool& has_ended) noexcept {
    std::unique_lock lock(machinery_->mutex);
    machinery_->has_ended.wait(lock, [&] { return has_ended; });
}

void multi_thread_runtime::end(bool& has_ended) noexcept {
    // Notified under the lock: once it is given back, the runtime may be gone.
    const std::scoped_lock lock(machinery_->mutex);
    has_ended = true;
    machinery_->has_ended.notify_all();
}

}  // namespace coil
