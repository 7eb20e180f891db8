// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/spin_lock.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/leaf.hpp>
#include <coil/core/spawned.hpp>

namespace coil {

namespace detail {

/// What `on` waits with: a strand elsewhere, whose beginning and stops go there as
/// messages, and whose end comes back as one.
class visit {
public:
    visit(strand& home, strand& there, remote_message& has_ended) noexcept
        : home_(home),
          there_(there),
          has_ended_(has_ended) {}
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

    /// From home: begins, or passes a stop on.
    void begin() noexcept;
    void request_stop(stop_reason why, stop_level level) noexcept;
    /// From there: it was asked to stop; it has ended, and may be gone afterwards.
    void pass_stop_on() noexcept;
    void end() noexcept;

private:
    void arrived() noexcept;
    void send() noexcept;

    strand& home_;
    strand& there_;
    remote_message& has_ended_;
    message_to<visit, &visit::arrived> news_{*this};
    spin_lock lock_;  // guards the rest
    stop_reason why_ = stop_reason::none;
    stop_level asked_ = stop_level::none;
    bool is_sent_ = false;  // the news is on its way
    bool has_begun_ = false;
    bool is_over_ = false;
};

[[noreturn]] void refuse_local_there() noexcept;

}  // namespace detail

/// The leaf behind `on`.
template <class A>
class on_leaf : public leaf_of<on_leaf<A>> {
    using value = await_result_t<A>;
    static_assert(
        !needs_async_drop<value>,
        "a result that needs an async drop cannot be handed from one executor "
        "to another: nobody could await the drop of one that comes too late");
    static_assert(is_sendable_v<value>,
                  "the result goes to another thread, and this type is not sendable");

public:
    static constexpr const char* what = "on another executor";
    static constexpr bool is_local = false;

    on_leaf(executor& there, A&& work) : to_(there), work_(std::forward<A>(work)) {}
    on_leaf(on_leaf&& other) noexcept
        : leaf_of<on_leaf>(std::move(other)),
          to_(other.to_),
          work_(std::forward<A>(other.work_)) {}
    ~on_leaf() {
        if (has_begun_) place_.~stay();
    }

    value await_resume() { return place_.there.result().take(); }

private:
    friend leaf_of<on_leaf>;

    struct stay {
        explicit stay(on_leaf& of)
            : there(of),
              has_ended(of),
              goes(of.home(), there, has_ended) {}

        struct guest final : strand_of<A, guest> {
            explicit guest(on_leaf& owner)
                : strand_of<A, guest>(owner.to_, std::forward<A>(owner.work_)),
                  of(owner) {}
            void ended() noexcept { of.place_.goes.end(); }
            void asked_to_stop() noexcept { of.place_.goes.pass_stop_on(); }
            [[nodiscard]] const context* spawned_in() const noexcept {
                return &of.parent().scope();
            }
            on_leaf& of;
        };
        guest there;
        message_to<on_leaf, &on_leaf::ended> has_ended;
        detail::visit goes;
    };

    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept {
        if (is_local_v<A> && to_.is_parallel()) detail::refuse_local_there();
        ::new (static_cast<void*>(&place_)) stay(*this);
        has_begun_ = true;
        place_.goes.begin();
    }
    stop_answer on_stop() noexcept {
        const continuation waiting = this->parent();
        place_.goes.request_stop(waiting.scope().reason(), waiting.scope().level());
        return stop_answer::later;
    }
    void ended() noexcept {
        if (place_.there.result().is_stopped()) {
            this->complete_stopped();
        } else {
            this->complete();
        }
    }

    executor& to_;
    A work_;
    union {
        stay place_;  // there once it has begun
    };
    bool has_begun_ = false;
};

/// Runs `work` as a strand of another executor, and comes back with its result.
///
/// \snippet coil/runtime/on_test.cpp  a visit
///
/// For what lives on one thread (`runtime.pinned(0)`, a GUI's loop, another runtime),
/// and for computing that a loop should not do (`runtime.any_worker()`).
///
/// Returns: the work's value, which is `sendable`. Errors: the work's.
/// Stop: is passed on; the await ends when the work has ended, with its result if it
/// has one. Work that was stopped stops the await, too.
/// Lifetime: the work may borrow from the awaiting frame.
/// Threads: from any executor to any that runs; `there` outlives the await. Sockets do
/// not go along to another runtime.
/// Allocates: never.
template <awaitable A>
    requires(!std::is_lvalue_reference_v<A>)
[[nodiscard]] on_leaf<A> on(executor& there, A&& work) {
    static_assert(!is_local_v<A>,
                  "what is local stays on the executor on which it was made: give on() "
                  "the function that makes it, and it is called there");
    return on_leaf<A>(there, std::move(work));
}

/// Calls `f(args...)` on another executor, and comes back with its result. What it
/// gives may be local, where strands stay on one thread: it is made there, and ends
/// there. As for `std::thread`, `f` and what is given are copied, or moved, unless it
/// is a `std::ref`.
///
/// \snippet coil/runtime/on_test.cpp  to what is local
template <class F, class... A>
    requires(!awaitable<F> && std::invocable<std::decay_t<F>, std::decay_t<A>...>)
[[nodiscard]] auto on(executor& there, F&& f, A&&... args) {
    static_assert(
        sendable<std::decay_t<F>> && (sendable<std::decay_t<A>> && ...),
        "the function and its arguments go to another thread, and one of these "
        "types is not sendable");
    auto call = call_once(std::decay_t<F>(std::forward<F>(f)),
                          std::decay_t<A>(std::forward<A>(args))...);
    return on_leaf<decltype(call)>(there, std::move(call));
}

template <class F, class... A>
    requires(!(awaitable<F> && sizeof...(A) == 0 && !std::is_lvalue_reference_v<F>) &&
             !(!awaitable<F> && std::invocable<std::decay_t<F>, std::decay_t<A>...>))
detail::no_awaitable on(executor&, F&&, A&&...) {
    constexpr bool is_work = awaitable<std::remove_reference_t<F>>;
    static_assert(!is_work || sizeof...(A) > 0,
                  "a task is awaited once and is used up by it: write std::move(it)");
    static_assert(is_work && sizeof...(A) == 0,
                  "on() takes a task, or a function and its arguments, which it copies "
                  "or moves: this cannot be called with these");
    return {};
}

/// The executor of the current strand, to come back to with `on`.
///
/// Requires: called from a strand.
[[nodiscard]] executor& current_executor() noexcept;

}  // namespace coil
