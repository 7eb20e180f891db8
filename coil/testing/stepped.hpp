// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/core/spawned.hpp>

#include <utility>

namespace coil::testing {

/// An executor that runs when it is told to, turn by turn. Time, sockets and whatever
/// else there is are those of the strand that makes it, if there is one.
class stepping_executor final : private mailbox, public executor {
public:
    stepping_executor() noexcept : stepping_executor(around()) {}

    /// Runs one turn of each strand that was woken, if any was.
    void step() noexcept;
    /// Runs turns until `has_ended`. It ends the program with a text if nobody can wake
    /// what is left.
    void step_to_end(const bool& has_ended) noexcept;

    void count_wakes_of(const strand& counted) noexcept { counted_ = &counted; }
    [[nodiscard]] int wakes() const noexcept { return wakes_; }
    [[nodiscard]] bool is_woken() const noexcept { return !woken_.is_empty(); }

private:
    explicit stepping_executor(executor* around) noexcept
        : executor(static_cast<mailbox&>(*this),
                   around == nullptr ? nullptr : around->timers()),
          around_(around) {}
    [[nodiscard]] static executor* around() noexcept {
        strand* const here = strand::current();
        return here == nullptr ? nullptr : &here->runs_on();
    }

    void schedule(strand& woken) noexcept override;
    [[nodiscard]] void* find_service(const service_kind& kind) noexcept override {
        return around_ == nullptr ? nullptr : around_->find_service(kind);
    }
    void notify() noexcept override {}

    executor* around_;
    strand_queue woken_;
    const strand* counted_ = nullptr;
    int wakes_ = 0;
};

/// Work that runs step by step, when a test says so: to see whether it is ready at its
/// first step, who wakes it, and how often. It has a strand of its own.
///
/// \snippet coil/testing/stepped_test.cpp  who is woken, and how often
///
/// Where the order of steps does not matter, `co_await` the work in a `COIL_TEST`.
/// Threads: one. It may be used outside of runtimes; there nothing in it can sleep.
template <awaitable A>
class stepped {
public:
    explicit stepped(A&& work) : whole_(runs_on_, std::forward<A>(work)) {
        detail::refuse_async_drop<await_result_t<A>>();
        whole_.start();
        runs_on_.count_wakes_of(whole_);  // its beginning does not count
    }
    stepped(const stepped&) = delete;
    stepped& operator=(const stepped&) = delete;
    /// Stops what has not ended, and runs that to its end.
    ~stepped() {
        request_stop();
        runs_on_.step_to_end(whole_.has_ended);
    }

    /// Runs until it waits again, if it has been woken, or is new.
    /// Returns: whether it has ended.
    bool step() noexcept {
        if (!has_ended()) runs_on_.step();
        return has_ended();
    }
    [[nodiscard]] bool has_ended() const noexcept { return whole_.has_ended; }

    /// How often it was woken since it began; again before its next step is the same
    /// time.
    [[nodiscard]] int wakes() const noexcept { return runs_on_.wakes(); }
    /// Whether a step would do anything.
    [[nodiscard]] bool is_woken() const noexcept { return runs_on_.is_woken(); }

    /// Asks it to stop, which is a wake, too.
    void request_stop() noexcept {
        if (!has_ended()) whole_.root().request_stop(stop_reason::requested);
    }

    /// How it ended. Requires: it has.
    [[nodiscard]] outcome<await_result_t<A>>& result() noexcept {
        COIL_EXPECTS(has_ended() && "what has ended has a result");
        return whole_.result();
    }

private:
    struct whole : strand_of<A, whole> {
        whole(stepping_executor& on, A&& work)
            : strand_of<A, whole>(on, std::forward<A>(work)) {}
        void ended() noexcept { has_ended = true; }
        bool has_ended = false;
    };

    stepping_executor runs_on_;
    whole whole_;
};
template <awaitable A>
stepped(A&&) -> stepped<A>;

}  // namespace coil::testing
