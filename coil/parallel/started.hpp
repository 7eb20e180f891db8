// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/closure.hpp>
#include <coil/parallel/detail/kept_child.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace coil {

/// A child that was to say that it has started ended without.
class never_started : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override;
};

/// By which a child says that it has started, once: see `spawn_started`. It lives as
/// long as the child.
template <class V = void>
class started {
public:
    started(const started&) = delete;
    started& operator=(const started&) = delete;

    /// Lets the spawner go on. Requires: it was not called before.
    void set()
        requires std::is_void_v<V>
    {
        expect_first();
        said_.set_value();
        tell();
    }
    /// The same, with a value for the spawner.
    template <class U = V>
        requires(!std::is_void_v<V> && std::convertible_to<U &&, V>)
    void set(U&& value) {
        expect_first();
        said_.set_value(std::forward<U>(value));
        tell();
    }
    [[nodiscard]] bool is_set() const noexcept { return is_set_; }

protected:
    started() noexcept = default;
    ~started() = default;
    outcome<V> said_;

private:
    /// Whether the spawner still waits for it.
    virtual bool tell_spawner() noexcept = 0;
    void expect_first() const noexcept {
        COIL_EXPECTS(!is_set_ && "a child starts once");
    }
    void tell() noexcept {
        is_set_ = true;
        if (!tell_spawner()) said_.clear();
    }

    bool is_set_ = false;
};

namespace detail {

[[noreturn]] void throw_never_started();

/// A child that says when it has started.
template <class V, class F>
class started_child final
    : public started<V>,
      public kept_strand<call_once_recipe<F, started<V>&>, started_child<V, F>> {
    static_assert(!needs_async_drop_v<V>,
                  "the spawner may be stopped before it gets this value, and has no "
                  "place to await its async drop: give something else");
    using work = call_once_recipe<F, started<V>&>;

public:
    static constexpr bool is_local = is_local_v<work> || !is_sendable_v<V>;

    started_child(group& of, F&& f)
        : kept_strand<work, started_child>(of, work(std::move(f), *this)) {
        if constexpr (is_local) this->expect_one_thread();
    }
    outcome<V>& said() noexcept { return this->said_; }

private:
    bool tell_spawner() noexcept override { return this->start_for_keeper(); }
    void clear_kept() noexcept override {
        if (this->has_started()) {
            this->said_.clear();
        } else {
            this->result().clear();
        }
    }
};

template <class V, class F>
class spawn_started_operation final
    : public frame_operation<spawn_started_operation<V, F>> {
public:
    static constexpr const char* what = "spawn_started";

    spawn_started_operation(group& of, F& f)
        : child_(new started_child<V, F>(of, std::move(f))) {}
    ~spawn_started_operation() {
        if (!this->parent()) delete child_;  // it has never begun
    }

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        child_->enter();
        return waiting_.begin(std::move(start_), parent.scope());
    }
    V await_resume() {
        const ends_here end{*child_};
        if (child_->has_started()) return child_->said().take();
        if (child_->kept_outcome().has_error()) rethrow(child_->kept_outcome().error());
        throw_never_started();
    }

private:
    struct ends_here {
        kept_child& of;
        ~ends_here() { of.let_go(); }
    };

    std::coroutine_handle<> started_or_ended() noexcept {
        if (child_->has_started() || !child_->kept_outcome().is_stopped())
            return this->complete();
        child_->let_go();
        return this->unwind();
    }
    std::coroutine_handle<> stopped() noexcept {
        child_->request_stop(stop_level::soft);
        child_->let_go();
        return this->unwind();
    }

    started_child<V, F>* const child_;
    end_leaf start_{*child_};
    part<child<end_leaf>, spawn_started_operation,
         &spawn_started_operation::started_or_ended, &spawn_started_operation::stopped>
        waiting_{*this};
};

template <class V, class F>
class [[nodiscard(
    "spawn_started does nothing until it is awaited: write "
    "co_await")]] spawn_started_recipe {
public:
    static constexpr bool is_local = started_child<V, F>::is_local;

    spawn_started_recipe(group& of, F&& f) : of_(of), f_(std::move(f)) {}
    spawn_started_operation<V, F> operator co_await() && {
        return spawn_started_operation<V, F>(of_, f_);
    }

private:
    group& of_;
    F f_;
};

}  // namespace detail

/// Spawns a child of the group, and waits until that says that it has started: a server
/// listens, a cache is filled. The child is `f(ready)`, where `ready` is a
/// `started<V>&` that it calls `set` of.
///
/// \snippet coil/parallel/started_test.cpp  a server that says its port
///
/// Returns: what the child said, while that goes on.
/// Errors: of a child that ends before, its error, or `never_started`; of one that was
/// stopped before, this await is stopped. Later errors are the group's, as of any
/// child. Stop: asks the child to stop. It ends in the group, as any child. Allocates:
/// one block for the strand, from `allocate_frame`.
template <class V = void, class F>
    requires requires(F f, started<V>& ready) { std::move(f)(ready); }
COIL_SPAWNS auto spawn_started(group& of, F f) {
    return detail::spawn_started_recipe<V, F>(of, std::move(f));
}

}  // namespace coil
