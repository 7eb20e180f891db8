// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/atomic.hpp>

#include <cstdint>
#include <mutex>
#include <vector>

namespace coil::detail {

/// Which workers sleep, and how many look for work that they could steal: so that work
/// wakes one of them, never all, and none if one is looking already.
///
/// No wake-up is lost, since both sides change one word before they look at the
/// other's: a worker counts itself as sleeping and then looks for work once more; who
/// has work queues it and then looks for sleepers.
///
/// Threads: any.
template <class Mutex>
class basic_idle_workers {
public:
    explicit basic_idle_workers(unsigned workers) : workers_(workers) {
        sleeping_.reserve(workers);
    }

    /// A worker has nothing to do. False: enough of them look for work already.
    [[nodiscard]] bool begin_search() noexcept {
        // relaxed: a limit that may be missed by one.
        if (2 * searching(word_.load(memory_order_relaxed)) >= workers_) return false;
        // relaxed: it has nothing to tell, nor looks at anything yet.
        word_.fetch_add(one_searching, memory_order_relaxed);
        return true;
    }
    /// It found something. Returns whether nobody else looks: then another is to be
    /// woken, as there may be more.
    [[nodiscard]] bool end_search() noexcept {
        // relaxed: whom it wakes looks at the word before it sleeps again.
        return searching(word_.fetch_sub(one_searching, memory_order_relaxed)) == 1;
    }

    /// A worker is about to sleep; it has to look for work once more.
    void fall_asleep(unsigned index, bool was_searching) noexcept {
        const std::scoped_lock lock(mutex_);
        sleeping_.push_back(index);
        // acquire: pairs with the release in pick(), whose caller's work is seen then.
        word_.fetch_add(one_asleep - (was_searching ? one_searching : 0),
                        memory_order_acquire);
    }
    /// It woke up by itself, and looks for work. False: it was picked, and its waker is
    /// about to tell it so.
    [[nodiscard]] bool get_up(unsigned index) noexcept {
        const std::scoped_lock lock(mutex_);
        for (unsigned& sleeper : sleeping_) {
            if (sleeper != index) continue;
            sleeper = sleeping_.back();
            sleeping_.pop_back();
            // relaxed: it looks at the word again before it sleeps.
            word_.fetch_add(one_searching - one_asleep, memory_order_relaxed);
            return true;
        }
        return false;
    }

    /// There is work, queued before this call. Gives the worker to be told, which
    /// counts as looking for work from now on; or `nobody`.
    static constexpr unsigned nobody = static_cast<unsigned>(-1);
    [[nodiscard]] unsigned pick() noexcept {
        // A read-modify-write, so that it comes before or after a sleeper's in the
        // order of all changes: then it sees what we have queued, or we see that it
        // sleeps. release: pairs with the acquire in fall_asleep().
        if (!wants_waking(word_.fetch_add(0, memory_order_release))) return nobody;
        const std::scoped_lock lock(mutex_);
        // relaxed: only a limit.
        if (searching(word_.load(memory_order_relaxed)) != 0) return nobody;
        return pick_last();
    }
    /// The same, however many look for work: all are to be told.
    [[nodiscard]] unsigned pick_any() noexcept {
        // release: as in pick().
        if (word_.fetch_add(0, memory_order_release) < one_asleep) return nobody;
        const std::scoped_lock lock(mutex_);
        return pick_last();
    }
    /// Whether `pick()` might give somebody; cheap, and may miss who just fell asleep.
    [[nodiscard]] bool may_pick() const noexcept {
        return wants_waking(word_.load(memory_order_relaxed));  // relaxed: see above
    }

private:
    static constexpr std::uint64_t one_searching = 1;
    static constexpr std::uint64_t one_asleep = std::uint64_t{1} << 32U;
    static unsigned searching(std::uint64_t word) noexcept {
        return static_cast<unsigned>(word % one_asleep);
    }
    static bool wants_waking(std::uint64_t word) noexcept {
        return word >= one_asleep && searching(word) == 0;
    }

    unsigned pick_last() noexcept {
        if (sleeping_.empty()) return nobody;
        const unsigned picked = sleeping_.back();
        sleeping_.pop_back();
        // relaxed: it is told by a message, and looks again before it sleeps.
        word_.fetch_add(one_searching - one_asleep, memory_order_relaxed);
        return picked;
    }

    atomic<std::uint64_t> word_ = 0;
    Mutex mutex_;
    std::vector<unsigned> sleeping_;  // under the mutex
    const unsigned workers_;
};

using idle_workers = basic_idle_workers<std::mutex>;

}  // namespace coil::detail
