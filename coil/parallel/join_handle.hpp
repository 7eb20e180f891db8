// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/parallel/detail/kept_child.hpp>

#include <utility>

namespace coil {

namespace detail {
template <class T>
class join_handle_recipe;
template <class T>
class join_handle_operation;
}  // namespace detail

/// A child of a group, for who wants to know how it ends: see `spawn_with_handle`.
///
/// It may outlive the group: then the child has ended. Who lets it go early leaves the
/// child to the group, as `group::spawn` does.
///
/// Threads: one at a time. Of a child that stays on one thread, because its runtime has
/// one or it is pinned, only that until the child has ended.
template <class T = void>
class [[nodiscard("without its handle it is group::spawn")]] join_handle {
public:
    using value_type = T;

    /// Of no child.
    join_handle() noexcept = default;
    explicit join_handle(detail::kept_child_of<T>& child) noexcept : child_(&child) {}
    join_handle(join_handle&& other) noexcept
        : child_(std::exchange(other.child_, nullptr)) {}
    join_handle& operator=(join_handle&& other) noexcept {
        if (this == &other) return *this;
        join_handle before(std::move(*this));
        child_ = std::exchange(other.child_, nullptr);
        return *this;
    }
    /// The child goes on, or by `when_let_go::stop` is asked to stop. Of one that has
    /// ended, an error that nobody asked for is lost.
    ///
    /// Requires: nobody waits in `join()`.
    ~join_handle() {
        if (child_ != nullptr) child_->let_go();
    }

    /// Whether there is something to join: not so after a `join()` that ended.
    [[nodiscard]] bool is_joinable() const noexcept { return child_ != nullptr; }
    /// Whether `join()` would give its result at once.
    [[nodiscard]] bool is_finished() const noexcept { return child().has_ended(); }
    /// Asks this child alone to stop; nothing if it has ended.
    void request_stop(stop_level level = stop_level::soft) noexcept {
        child().request_stop(level);
    }

    /// The child goes on as if by `group::spawn`; this is of no child then.
    void leave_to_group() noexcept {
        child().set_when_let_go(when_let_go::go_on);
        *this = {};
    }

    /// Waits for the child's end: `co_await handle.join()`.
    ///
    /// Requires: `is_joinable()`; it is not moved meanwhile.
    /// Returns: the child's value, once.
    /// Errors: the child's error. If the child was stopped, so is this await: look at
    /// it by `as_outcome(handle.join())`. Stop: ends the wait only. The child goes on,
    /// and may be joined again.
    [[nodiscard]] detail::join_handle_recipe<T> join() noexcept {
        (void)child();
        return detail::join_handle_recipe<T>(*this);
    }

private:
    friend detail::join_handle_operation<T>;
    [[nodiscard]] detail::kept_child_of<T>& child() const noexcept {
        COIL_EXPECTS(child_ != nullptr && "this handle has no child, or was joined");
        return *child_;
    }

    detail::kept_child_of<T>* child_ = nullptr;
};

template <class T>
inline constexpr bool enable_sendable<join_handle<T>> = is_sendable_v<T>;
template <class T>
inline constexpr bool enable_shareable<join_handle<T>> = false;

namespace detail {

template <class T>
class join_handle_operation : public frame_operation<join_handle_operation<T>> {
public:
    static constexpr const char* what = "join_handle";

    explicit join_handle_operation(join_handle<T>& handle) noexcept
        : handle_(handle),
          end_(handle.child()) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        return waiting_.begin(std::move(end_), parent.scope());
    }
    T await_resume() {
        const join_handle<T> joined = std::move(handle_);
        return joined.child().kept_outcome().take();
    }
    /// As `await_resume`, without throwing the error.
    outcome<T> take_outcome() {
        const join_handle<T> joined = std::move(handle_);
        return std::move(joined.child().kept_outcome());
    }

private:
    std::coroutine_handle<> child_ended() noexcept {
        if (!handle_.child().kept_outcome().is_stopped()) return this->complete();
        handle_ = {};
        return this->unwind();
    }

    join_handle<T>& handle_;
    end_leaf end_;
    part<child<end_leaf>, join_handle_operation, &join_handle_operation::child_ended,
         &join_handle_operation::unwind>
        waiting_{*this};
};

template <class T>
class [[nodiscard(
    "join does nothing until it is awaited: write co_await")]] join_handle_recipe {
public:
    static constexpr bool is_local = !is_sendable_v<T>;

    explicit join_handle_recipe(join_handle<T>& handle) noexcept : handle_(handle) {}
    join_handle_operation<T> operator co_await() && noexcept {
        return join_handle_operation<T>(handle_);
    }

private:
    join_handle<T>& handle_;
};

template <class A>
class handled_child final : public kept_strand<A, handled_child<A>> {
public:
    using kept_strand<A, handled_child>::kept_strand;
};

}  // namespace detail

/// Spawns a child of the group, as `group::spawn` does, and gives its handle: its
/// value, its error, and a way to stop this one alone.
///
/// \snippet coil/parallel/join_handle_test.cpp  two children and their values
///
/// By `when_let_go::stop` the child is asked to stop where its handle ends early, as a
/// `std::jthread` asks:
///
/// \snippet coil/parallel/join_handle_test.cpp  stopped with its handle
///
/// Requires: nothing local, and no local result, on a parallel runtime; the program
/// ends with a text. Errors: a child that fails tells its handle and leaves the group
/// alone. If the handle is gone by then, it fails the group. Allocates: one block for
/// the strand, from `allocate_frame`.
template <awaitable A>
COIL_SPAWNS join_handle<await_result_t<A>> spawn_with_handle(
    group& of, A&& work, when_let_go then = when_let_go::go_on) {
    detail::expect_no_drop_in_handle<await_result_t<A>>();
    auto* const child = new detail::handled_child<A>(of, std::forward<A>(work));
    child->set_when_let_go(then);
    child->enter();
    return join_handle<await_result_t<A>>(*child);
}
template <class A>
    requires(!awaitable<A>)
join_handle<void> spawn_with_handle(group&, A&&, when_let_go = {}) {
    (void)detail::refuse_parts<A>();
    return {};
}

}  // namespace coil
