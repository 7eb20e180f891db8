// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/core/mailbox.hpp>

#include <cstdint>

namespace coil {

class strand;
class timer_service;

/// Names a kind of service; compared by its address.
struct service_kind {
    const char* what;
};

/// Decides when a strand runs. A runtime derives from it; see `skeleton_runtime`.
///
/// It runs on one thread: `schedule` is called there only. What other threads,
/// interrupts and signal handlers have to say comes through `remote()`.
///
/// A parallel one is one of several that share their strands: `schedule` may be called
/// from any thread, and whichever of them takes a strand up calls
/// `run_turn_on(itself)`. What wakes such a strand comes through the strand's own
/// inbox.
class executor {
public:
    /// What one turn may do, unless the runtime is told otherwise.
#if defined(COIL_PIECES_PER_TURN)  // tests shorten turns, to meet what ends them
    static constexpr int usual_pieces_per_turn = COIL_PIECES_PER_TURN;
#else
    static constexpr int usual_pieces_per_turn = 256;
#endif

    executor(const executor&) = delete;
    executor& operator=(const executor&) = delete;

    /// Queues a strand whose turn is to come; it runs by `strand::run_turn()`, never
    /// inside this call. A strand is queued at most once at a time.
    virtual void schedule(strand& ready) noexcept = 0;

    /// Whether a strand that is queued now may soon find a thread with nothing to do.
    /// Asked by who can as well run its work in the strand that runs here.
    [[nodiscard]] virtual bool wants_more() const noexcept { return false; }

    /// Where other threads post; drained by the runtime between turns.
    [[nodiscard]] mailbox& remote() noexcept { return remote_; }

    /// Time as this runtime knows it, or null when it has none.
    [[nodiscard]] timer_service* timers() const noexcept { return timers_; }

    /// What this runtime offers beyond strands and time (sockets, a pool for calls that
    /// block), or null. A service type names itself by a `service_kind` called `kind`.
    template <class Service>
    [[nodiscard]] Service* find_service() noexcept {
        return static_cast<Service*>(find_service(Service::kind));
    }
    /// Returns: a pointer to exactly the service type that `kind` stands for, or null.
    [[nodiscard]] virtual void* find_service(const service_kind&) noexcept {
        return nullptr;
    }

    /// Which of `ready_count` ready pieces runs next; only asked when
    /// `chooses_pieces()`. A simulator draws from its seed here.
    virtual unsigned choose(unsigned ready_count) noexcept { return ready_count - 1; }
    [[nodiscard]] bool chooses_pieces() const noexcept { return chooses_pieces_; }

    /// A number below `count`, for a choice that is to be fair; the seed says which
    /// come.
    [[nodiscard]] unsigned draw(unsigned count) noexcept {
        if (chooses_pieces_) return choose(count);
        drawn_ ^= drawn_ << 13U;  // G. Marsaglia, "Xorshift RNGs", 2003
        drawn_ ^= drawn_ >> 17U;
        drawn_ ^= drawn_ << 5U;
        return drawn_ % count;
    }

    /// Whether this is the thread that it runs on, as far as it said so.
    [[nodiscard]] bool is_own_thread() const noexcept {
        return thread_ == nullptr || thread_ == this_thread();
    }

    /// How many pieces a turn of its strands may run.
    [[nodiscard]] int pieces_per_turn() const noexcept { return pieces_per_turn_; }

    /// Whether its strands may go on on other executors.
    [[nodiscard]] bool is_parallel() const noexcept { return is_parallel_; }

protected:
    explicit executor(mailbox& remote, timer_service* timers = nullptr) noexcept
        : remote_(remote),
          timers_(timers) {}
    ~executor() = default;
    void set_parallel() noexcept { is_parallel_ = true; }
    /// At least 1.
    void set_pieces_per_turn(int most) noexcept {
        COIL_EXPECTS(most > 0 && "a turn runs at least one piece");
        pieces_per_turn_ = most;
    }
    void set_seed(std::uint32_t seed) noexcept {
        drawn_ = seed == first_drawn ? seed : seed ^ first_drawn;
    }
    void set_chooses_pieces(bool chooses) noexcept { chooses_pieces_ = chooses; }
    /// It runs on this thread from now on: debug builds then find wake-ups that come
    /// from others and not through `remote()`.
    void claim_thread() noexcept { thread_ = this_thread(); }

private:
    static const void* this_thread() noexcept;

    /// Nothing is drawn from 0.
    static constexpr std::uint32_t first_drawn = 0x9e3779b9;

    const void* thread_ = nullptr;
    mailbox& remote_;
    timer_service* timers_;
    std::uint32_t drawn_ = first_drawn;
    int pieces_per_turn_ = usual_pieces_per_turn;
    bool chooses_pieces_ = false;
    bool is_parallel_ = false;
};

}  // namespace coil
