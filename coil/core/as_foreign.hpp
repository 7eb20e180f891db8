// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/core/spawned.hpp>

#include <optional>

namespace coil {

namespace detail {

/// A plain awaiter, for any library's coroutine: runs `A` as a strand of its own.
template <class A>
class foreign_side {
public:
    foreign_side(executor& runs_on, A&& work)
        : runs_on_(runs_on),
          work_(std::forward<A>(work)) {}
    ~foreign_side() {
        COIL_EXPECTS((!strand_ || strand_->has_ended) &&
                     "a foreign coroutine was destroyed while it awaited coil's work");
    }
    foreign_side(foreign_side&& other) noexcept
        : runs_on_(other.runs_on_),
          work_(std::forward<A>(other.work_)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        waiting_ = waiting;
        strand_.emplace(*this);
        strand_->start();
    }
    outcome<await_result_t<A>> await_resume() { return std::move(strand_->result()); }

private:
    struct whole : strand_of<A, whole> {
        explicit whole(foreign_side& o)
            : strand_of<A, whole>(o.runs_on_, std::forward<A>(o.work_)),
              owner(o) {}
        void ended() noexcept {
            has_ended = true;
            owner.waiting_.resume();
        }
        foreign_side& owner;
        bool has_ended = false;
    };

    executor& runs_on_;
    A work_;
    std::coroutine_handle<> waiting_;
    std::optional<whole> strand_;
};

}  // namespace detail

/// Lets another library's coroutine await coil's work, on a coil runtime.
///
/// \snippet coil/core/as_foreign_test.cpp  a plain coroutine awaits a task
///
/// Returns: from `co_await`, an `outcome`: that coroutine cannot be unwound by a stop.
/// Requires: the value needs no async drop, which that coroutine cannot await; else it
/// does not compile.
/// Threads: awaited on the thread of `runs_on`, which resumes the awaiting coroutine
/// between two turns.
template <awaitable A>
auto as_foreign(executor& runs_on, A&& work) {
    detail::refuse_async_drop<await_result_t<A>>();
    return detail::foreign_side<A>(runs_on, std::forward<A>(work));
}

}  // namespace coil
