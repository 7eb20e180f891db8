// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/sendable.hpp>

#include <type_traits>
#include <utility>

namespace coil {

/// A key of a value that belongs to some work and to all below it. `with_value` gives
/// it one, `value_of` looks it up.
///
/// \snippet coil/core/task_local_test.cpp  a request's name
///
/// For what everything below may want and nothing in between should pass on: a
/// request's name, a tracing span. What a function needs is its parameter.
///
/// Its address is what is looked up: declare it `inline constexpr`, once.
template <class T>
class task_local {
    static_assert(std::is_object_v<T> && !std::is_const_v<T>,
                  "a task_local has an object that its readers see as const; for a "
                  "reference take a pointer");

public:
    using value_type = T;

    constexpr task_local() noexcept = default;
    task_local(const task_local&) = delete;
    task_local& operator=(const task_local&) = delete;

private:
    [[maybe_unused]] char takes_room_ = 0;  // so no two are in one place
};

namespace detail {

/// It moves with its strand, and children on other threads read it.
template <class T>
inline constexpr bool value_stays = !(sendable<T> && shareable<const T>);

/// A context whose pieces, and what they begin, see a value.
class value_scope : public nested_scope {
public:
    value_scope(const void* key, const void* value) noexcept
        : key_(key),
          value_(value) {
        set_ops(table);
    }

    /// The innermost value of `key` around `from`, or null. One that may not be read
    /// from other threads `stays`.
    [[nodiscard]] static const void* find(const void* key, const context& from,
                                          bool stays) noexcept;

private:
    static const piece_ops table;
    const void* key_;
    const void* value_;
};

template <class T, class A>
class with_value_operation : public frame_operation<with_value_operation<T, A>> {
public:
    static constexpr const char* what = "with_value";

    with_value_operation(const task_local<T>& key, const T& value, A&& part) noexcept
        : part_(std::forward<A>(part)),
          scope_(&key, std::addressof(value)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        scope_.open(parent.scope());
        return child_.begin(std::forward<A>(part_), scope_);
    }
    await_result_t<A> await_resume() { return child_.result.take(); }

private:
    A&& part_;
    value_scope scope_;
    part<child<A>, with_value_operation, &with_value_operation::complete,
         &with_value_operation::unwind>
        child_{*this};
};

template <class T, class A>
class [[nodiscard(
    "with_value does nothing until it is awaited: write co_await")]] with_value_recipe {
public:
    static constexpr bool has_local_value = value_stays<T>;
    static constexpr bool is_local = has_local_value || is_local_v<A>;

    with_value_recipe(const task_local<T>& key, T&& value, A&& part)
        : key_(key),
          value_(std::move(value)),
          part_(std::forward<A>(part)) {}
    with_value_operation<T, A> operator co_await() && noexcept {
        return {key_, value_, std::forward<A>(part_)};
    }

private:
    const task_local<T>& key_;
    T value_;
    A part_;
};

/// The leaf behind `value_of`. It is answered under a stop, too: drops may want to
/// know.
template <class T>
class value_leaf {
public:
    using is_coil_leaf = void;
    static constexpr bool has_local_value = value_stays<T>;
    static constexpr bool is_local = has_local_value;

    explicit value_leaf(const task_local<T>& key) noexcept : key_(&key) {}
    value_leaf& attach(continuation parent) noexcept {
        parent_ = parent;
        return *this;
    }
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void begin() const noexcept {}
    [[nodiscard]] const T* await_resume() const noexcept {
        const context& from = parent_.scope();
        return static_cast<const T*>(value_scope::find(key_, from, has_local_value));
    }

private:
    const task_local<T>* key_;
    continuation parent_;
};

}  // namespace detail

/// Runs `work` with a value of `key`, which all that it awaits sees, in place of an
/// outer one: branches, the children of groups that it opens, and what it does on other
/// executors by `on`. Nobody else does, and when `work` has ended, in whatever way,
/// nothing is left of it.
///
/// A child sees the values around its group, not those around its `spawn`, which may
/// end before it does: give it one by `spawn(with_value(key, value, child()))`.
///
/// Children of a group that a source of `merge` opens do not see what is around the
/// `merge`, up to the strand that reads it: a source moves between two items.
///
/// What may not move to another thread, or not be read from two, a `local_task` gives
/// and reads; by `on`, others do not see it.
///
/// Returns: the work's result. Errors: the work's. Stop: reaches `work`, and its drops
/// see the value, too.
/// Threads: a value is read by all below it at once, and never changes.
/// Allocates: never; the value lies in the awaiting frame.
template <class T, awaitable A>
auto with_value(const task_local<T>& key, std::type_identity_t<T> value, A&& work) {
    static_assert(!needs_async_drop<T>,
                  "with_value has no place to await the async drop of its value: keep "
                  "it by coil::with, and give a pointer to it");
    return detail::with_value_recipe<T, A>(key, std::move(value),
                                           std::forward<A>(work));
}

template <class T, class A>
    requires(!awaitable<A>)
auto with_value(const task_local<T>&, std::type_identity_t<T>, A&&) {
    return detail::refuse_parts<A>();
}

/// `co_await value_of(key)`: the innermost value around this, or null. Never waits.
///
/// Returns: a `const T*`, valid until this coroutine ends; in a generator, until its
/// next item.
/// Costs: a step for each combinator around it.
template <class T>
[[nodiscard]] auto value_of(const task_local<T>& key) noexcept {
    return detail::value_leaf<T>(key);
}

}  // namespace coil
