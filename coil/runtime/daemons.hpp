// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/spawned.hpp>

#include <string>
#include <string_view>

namespace coil {

/// Work that a runtime does beside everything else, until it ends: a cache that is kept
/// fresh, a log that is written. Get them from the runtime, or use `spawn_daemon`.
///
/// When the runtime ends, its daemons are asked to stop, and awaited. Those that are
/// still there after `daemon_deadline` are named on stderr, with what they wait for,
/// and stopped hard. None is ever abandoned.
///
/// Threads: `spawn` from any strand of the runtime.
class daemons {
public:
    static constexpr service_kind kind = {"daemons"};

    daemons(const daemons&) = delete;
    daemons& operator=(const daemons&) = delete;

    /// Starts `work` as a strand of its own. It may borrow what outlives the runtime.
    ///
    /// Errors: nobody is there to hear them: one that leaves `work` ends the program
    /// with the daemon's name.
    /// One that a daemon spawns after the runtime's end has begun is stopped at once.
    /// Requires: nothing local on a runtime of many threads; the program ends with a
    /// text.
    template <class A>
    COIL_SPAWNS void spawn(std::string_view name, A&& work);

    /// How many there are.
    [[nodiscard]] std::size_t alive() const noexcept {
        const holding held(lock_);
        return alive_;
    }

protected:
    explicit daemons(executor& of) noexcept : place_(of) {}
    /// Requires: all have ended.
    ~daemons() { COIL_ASSERT(alive_ == 0); }

    /// Asks all to stop; hard, after it has named them on stderr. From now on none is
    /// spawned. Returns: whether there are any; then `all_ended` follows.
    [[nodiscard]] bool request_stop() noexcept;
    void report_and_hurry(std::chrono::nanoseconds waited) noexcept;
    /// All have ended, and the runtime goes on.
    void may_begin_again() noexcept { is_ending_ = false; }

    /// One of them, as the others see it.
    struct daemon : strand {
        daemon(daemons& owner, const strand_ops& ops) noexcept
            : strand(owner.place_, ops),
              of(owner) {}
        void asked_to_stop() noexcept;
        void stop(stop_level how) noexcept;
        daemons& of;
        std::string name;
        daemon* next = nullptr;
        stop_level asked = stop_level::none;
    };

private:
    template <class A>
    struct daemon_of;
    /// The last one has ended, after `request_stop`.
    virtual void all_ended() noexcept = 0;
    void add(daemon& spawned, bool is_local) noexcept;
    void ended(daemon& gone) noexcept;
    void ask(stop_level how) noexcept;
    [[noreturn]] static void failed(const daemon& which,
                                    const std::exception_ptr& error) noexcept;

    executor& place_;
    mutable spin_lock lock_;  // guards the rest
    daemon* all_ = nullptr;
    std::size_t alive_ = 0;
    bool is_ending_ = false;
};

template <class A>
struct daemons::daemon_of final : strand_of<A, daemon_of<A>, daemon> {
    static_assert(!needs_async_drop<await_result_t<A>>,
                  "a daemon's result is thrown away, so it may not hold anything that "
                  "needs an async drop");
    daemon_of(daemons& owner, A&& work)
        : strand_of<A, daemon_of, daemon>(owner, std::forward<A>(work)) {}
    void ended() noexcept {
        if (this->result().has_error()) failed(*this, this->result().error());
        daemons& owner = this->of;
        owner.ended(*this);
        delete this;
    }
};

template <class A>
void daemons::spawn(std::string_view name, A&& work) {
    if constexpr (awaitable<A> && !std::is_lvalue_reference_v<A>) {
        auto* const made = new daemon_of<A>(*this, std::move(work));
        made->name = name;
        add(*made, is_local_v<A>);
    } else {
        constexpr bool is_awaitable = awaitable<std::remove_reference_t<A>>;
        static_assert(!is_awaitable, "a daemon uses the task up: write std::move(it)");
        static_assert(is_awaitable,
                      "a daemon is something awaitable, such as a task; of a lambda "
                      "make one by coil::call_once(lambda), which keeps what it "
                      "captured");
    }
}

/// Starts `work` beside everything else on this strand's runtime, until that ends; see
/// `daemons::spawn`. It is no child of who calls this: what a strand starts and awaits
/// is spawned in a group.
///
/// \snippet coil/runtime/daemons_test.cpp  kept fresh
///
/// Requires: called from a strand whose runtime has daemons.
template <class A>
COIL_SPAWNS void spawn_daemon(std::string_view name, A&& work) {
    strand* const current = strand::current();
    COIL_EXPECTS(current != nullptr && "daemons are spawned in a strand");
    auto* const found = current->runs_on().find_service<daemons>();
    COIL_EXPECTS(found != nullptr && "this runtime has daemons");
    found->spawn(name, std::forward<A>(work));
}

}  // namespace coil
