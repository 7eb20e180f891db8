// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/attributes.hpp>
#include <coil/base/planted.hpp>
#include <coil/runtime/detail/thread_life.hpp>
#include <coil/runtime/detail/worker.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace coil::detail {

namespace {
COIL_THREAD_LOCAL worker* this_worker = nullptr;

// Of turns: how often a worker looks at what others queued for all of them, and how
// long two strands may pass a wake-up back and forth before others of it have their
// turn.
constexpr unsigned turns_between_shared = 61;
constexpr unsigned woken_in_a_row_most = 16;

// Of what only this thread writes. relaxed: it is a count, and orders nothing.
std::uint64_t count(atomic<std::uint64_t>& events) noexcept {
    const std::uint64_t now = events.load(memory_order_relaxed) + 1;
    events.store(now, memory_order_relaxed);
    return now;
}
}  // namespace

// What the workers share.

void work_sharing::push(strand& ready) noexcept {
    worker* rested = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        put_last(ready);
        if (!resting_.empty()) {
            rested = resting_.back();
            resting_.pop_back();
        }
    }
    if (rested != nullptr)
        rested->poke();
    else
        wake_one();
}

void work_sharing::push_half_of(work_queue& full) noexcept {
    {
        const std::scoped_lock lock(mutex_);
        full.give_half([this](strand& oldest) { put_last(oldest); });
    }
    wake_one();
}

strand* work_sharing::pop() noexcept {
    // relaxed: a hint; a worker looks again before it sleeps.
    if (!has_queued_.load(memory_order_relaxed)) return nullptr;
    const std::scoped_lock lock(mutex_);
    return take_first();
}

strand* work_sharing::pop_share(work_queue& mine, std::size_t most) noexcept {
    // relaxed: as above.
    if (!has_queued_.load(memory_order_relaxed)) return nullptr;
    strand* first = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        constexpr std::size_t places = work_queue::places / 2;
        std::size_t more = std::min({count_ / workers.size(), places, most});
        for (first = take_first(); more > 1; --more) (void)mine.push(*take_first());
    }
    if (mine.size() != 0 && idle.may_pick()) wake_one();
    return first;
}

void work_sharing::put_last(strand& ready) noexcept {
    queue_.push(ready);
    ++count_;
    // relaxed: ordered by the mutex, or by `idle_workers`; else only a hint.
    has_queued_.store(true, memory_order_relaxed);
}

strand* work_sharing::take_first() noexcept {
    if (count_ == 0) return nullptr;
    --count_;
    // relaxed: as above.
    has_queued_.store(count_ != 0, memory_order_relaxed);
    return &queue_.pop();
}

bool work_sharing::has_work() const noexcept {
    // relaxed: in the order of `idle_workers`, before which it was written.
    if (is_closing() || has_queued_.load(memory_order_relaxed)) return true;
    for (const auto& each : workers) {
        if (each->queue().size() != 0) return true;
    }
    return false;
}

void work_sharing::wake_one() noexcept {
    const unsigned picked = idle.pick();
    if (picked != idle_workers::nobody && !COIL_PLANTED(work_wakes_nobody))
        workers[picked]->poke();
}

void work_sharing::close() noexcept {
    // relaxed: in the order of `idle_workers`.
    is_closing_.store(true, memory_order_relaxed);
    for (unsigned picked = idle.pick_any(); picked != idle_workers::nobody;
         picked = idle.pick_any()) {
        workers[picked]->poke();
    }
}

void work_sharing::begin_rest(worker& of) noexcept {
    const std::scoped_lock lock(mutex_);
    resting_.push_back(&of);
}

bool work_sharing::end_rest(worker& of) noexcept {
    const std::scoped_lock lock(mutex_);
    return std::erase(resting_, &of) != 0;
}

bool work_sharing::is_closing() const noexcept {
    return is_closing_.load(memory_order_relaxed);  // relaxed: as above
}

// One of them.

worker::worker(work_sharing& of, unsigned index, io_driver& outside) noexcept
    : loop_mailbox(outside),
      shared_timers(outside, of.timer_resolution),
      executor(static_cast<loop_mailbox&>(*this), static_cast<shared_timers*>(this)),
      of_(of),
      driver_(outside),
      index_(index),
      pinned_(*this, outside) {
    set_parallel();
    set_pieces_per_turn(of.budget);
    pinned_.set_pieces_per_turn(of.budget);
    set_seed(of.seed + index);
    pinned_.set_seed(of.seed + index);
}

worker_stats worker::stats() const noexcept {
    // relaxed: as in count().
    return {.turns = turns_.load(memory_order_relaxed),
            .steals = steals_.load(memory_order_relaxed),
            .sleeps = sleeps_.load(memory_order_relaxed),
            .queued = queue_.size()};
}

void* worker::find_service(const service_kind& kind) noexcept {
    if (&kind == &io_driver::kind) return &driver_;
    if (&kind == &daemons::kind) return of_.daemons;
    return &kind == &blocking_pool::kind ? &of_.blocking : nullptr;
}

// Never inlined, like all that reads a thread's variables: a coroutine may have moved.
COIL_NOINLINE void worker::schedule(strand& ready) noexcept {
    if (this_worker != nullptr && &this_worker->of_ == &of_) {
        this_worker->push(ready);
    } else {
        of_.push(ready);
    }
}

void worker::push(strand& ready) noexcept {
    strand* queued = &ready;
    // Who gives way to nobody goes on here, out of sight of thieves.
    if (running_ == queued && woken_ == nullptr && queue_.size() == 0 &&
        pinned_.is_idle()) {
        woken_ = queued;
        return;
    }
    // What a turn wakes runs next, while what it needs is in the cache. A strand that
    // gives way goes to the end, and so does what the world outside wakes.
    if (running_ != nullptr && running_ != queued && of_.runs_woken_next)
        queued = std::exchange(woken_, queued);
    if (queued == nullptr) return;
    while (!queue_.push(*queued)) of_.push_half_of(queue_);
    if (of_.idle.may_pick()) of_.wake_one();
}

void worker::work() noexcept {
    const thread_life life(of_.thread_name, index_, thread_kind::worker, of_.hooks);
    this_worker = this;
    claim_thread();
    pinned_.claim_thread();
    while (strand* const taken = next()) {
        end_search();
        running_ = taken;
        taken->run_turn_on(*this);
        running_ = nullptr;
        // Whoever fell asleep while we queued may not have seen it, nor we them.
        if (of_.idle.may_pick() && queue_.size() != 0) of_.wake_one();
    }
    this_worker = nullptr;
}

// What it searched for is here: if nobody else searches, somebody should.
void worker::end_search() noexcept {
    if (std::exchange(is_searching_, false) && of_.idle.end_search()) of_.wake_one();
}

strand* worker::next() noexcept {
    for (;;) {
        if (pace_.is_due([this] { return now(); })) poll();
        const bool has_pinned = !pinned_.is_idle();
        if (has_pinned) {
            end_search();
            pinned_.run_turn();
        }
        if (strand* const own = next_own()) return own;
        if (has_pinned || rest()) continue;
        if (strand* const found = find_elsewhere()) return found;
        if (of_.is_closing()) return nullptr;
        park();
    }
}

strand* worker::next_own() noexcept {
    if (count(turns_) % turns_between_shared == 0) {
        if (strand* const shared = of_.pop()) return shared;
    }
    if (woken_ != nullptr && ++woken_in_a_row_ < woken_in_a_row_most)
        return std::exchange(woken_, nullptr);
    woken_in_a_row_ = 0;
    if (strand* const oldest = queue_.pop()) return oldest;
    return std::exchange(woken_, nullptr);
}

strand* worker::find_elsewhere() noexcept {
    strand* found = of_.pop_share(queue_, stealing_.most());
    if (found == nullptr) {
        if (!is_searching_ && !(is_searching_ = of_.idle.begin_search()))
            return nullptr;
        found = steal();
    }
    if (found != nullptr && of_.workers.size() != 1)
        stealing_.took(1 + queue_.size(), now());
    return found;
}

strand* worker::steal() noexcept {
    const auto workers = static_cast<unsigned>(of_.workers.size());
    for (unsigned i = 1; i < workers; ++i) {
        worker& other = *of_.workers[(index_ + i) % workers];
        if (strand* const stolen = other.queue_.steal_into(queue_, stealing_.most())) {
            count(steals_);
            return stolen;
        }
    }
    return of_.pop_share(queue_, stealing_.most());
}

// Sleeps, for what others have is not worth its way here. It counts as searching: those
// others need wake nobody. Whoever else runs out of work takes it before it sleeps.
bool worker::rest() noexcept {
    const instant until = stealing_.rests_until([this] { return now(); });
    if (until == instant::min() || until <= now()) return false;
    if (!is_searching_ && !(is_searching_ = of_.idle.begin_search())) return false;
    count(sleeps_);
    of_.begin_rest(*this);
    sleep(std::min({until, next_event(), pinned_.wheel().next_event()}));
    if (!of_.end_rest(*this)) {
        await_poke();
        stealing_.end_rest();
    }
    return true;
}

void worker::park() noexcept {
    count(sleeps_);
    of_.idle.fall_asleep(index_, std::exchange(is_searching_, false));
    if (!of_.has_work()) sleep(std::min(next_event(), pinned_.wheel().next_event()));
    // Whoever picked us is about to say so: with that behind us nobody else does.
    if (!of_.idle.get_up(index_)) await_poke();
    is_searching_ = true;
}

void worker::await_poke() noexcept {
    while (!is_poked_) sleep(instant::max());
    is_poked_ = false;
}

void worker::sleep(instant deadline) noexcept {
    if (of_.hooks != nullptr) of_.hooks->sleeps();
    sleep_until(deadline);
    if (of_.hooks != nullptr) of_.hooks->wakes();
    const instant woken = now();
    advance(woken);
    pinned_.wheel().advance(woken);
    pace_.slept(woken);
    drain();
}

void worker::poll() noexcept {
    const instant current = now();
    advance(current);
    pinned_.wheel().advance(current);
    pace_.polled(current);
    driver_.wait(instant::min());
    drain();
}

}  // namespace coil::detail
