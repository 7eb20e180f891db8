// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/call.hpp>
#include <coil/core/discard.hpp>
#include <coil/sync/mutex.hpp>

#include <optional>

namespace coil {

template <class T, flavour F>
class basic_once_cell;

namespace detail {

/// One call of `get_or_init`: the lock, then the call, unless it was made meanwhile.
template <class T, flavour F, class Make>
class init_operation : public frame_operation<init_operation<T, F, Make>> {
    using call = call_result_t<Make&>;
    using lock_leaf = typename basic_mutex<F>::lock_leaf;

public:
    static constexpr const char* what = "once_cell::get_or_init";
    using value_type = T&;

    init_operation(basic_once_cell<T, F>& cell, Make& make) noexcept
        : cell_(cell),
          make_(make),
          lock_(cell.making_.lock()) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        if (cell_.get() != nullptr) return this->complete();
        return locking_.begin(std::move(lock_), parent.scope());
    }
    T& await_resume() {
        if (making_.result.has_error()) making_.result.take();
        return *cell_.get();
    }

private:
    std::coroutine_handle<> locked() noexcept {
        if (cell_.get() != nullptr && !COIL_PLANTED(made_twice)) return made();
        return making_.call(this->parent().scope(), make_);
    }
    std::coroutine_handle<> made() noexcept {
        if (making_.result.has_value()) cell_.set(making_.result.take_value());
        locking_.result.clear();  // the next are let in before who awaits this goes on
        return this->complete();
    }
    std::coroutine_handle<> stopped() noexcept {
        locking_.result.clear();
        return this->unwind();
    }

    basic_once_cell<T, F>& cell_;
    Make& make_;
    lock_leaf lock_;
    part<child<lock_leaf>, init_operation, &init_operation::locked,
         &init_operation::stopped>
        locking_{*this};
    part<settled_call<call>, init_operation, &init_operation::made,
         &init_operation::stopped>
        making_{*this};
};

template <class T, flavour F, class Make>
class [[nodiscard(
    "get_or_init does nothing until it is awaited: write co_await")]] init_recipe {
public:
    static constexpr bool is_local =
        F == flavour::local || is_local_v<call_result_t<Make&>>;

    init_recipe(basic_once_cell<T, F>& cell, Make&& make)
        : cell_(cell),
          make_(std::forward<Make>(make)) {}
    init_operation<T, F, Make> operator co_await() && noexcept {
        return {cell_, make_};
    }

private:
    basic_once_cell<T, F>& cell_;
    Make make_;
};

}  // namespace detail

/// A value that is made when it is first needed, by whoever needs it first; the others
/// wait for it meanwhile: a connection, a table that is read from a file.
///
/// To hand over a value that somebody else makes use `oneshot`, or an `event` beside
/// the value.
///
/// \snippet coil/sync/once_cell_test.cpp  connect when it is needed
///
/// Threads: `once_cell` from any thread; `local::once_cell`, without atomics, from the
/// strands of one.
/// Memory: what precedes the value is visible to who gets it.
/// Allocates: never; the value lies in the object.
template <class T, flavour F>
class basic_once_cell {
    static_assert(!needs_async_drop<T>,
                  "a once_cell has no place to await the async drop of its value: "
                  "hold a handle instead");
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "the value is moved where no error could be told: its move "
                  "constructor must be noexcept; hold a std::unique_ptr to it instead");

public:
    using value_type = T;

    basic_once_cell() = default;

    /// The value, or null if it has not been made yet.
    [[nodiscard]] T* get() noexcept {
        const holding held(lock_);
        return is_set_ ? std::addressof(*value_) : nullptr;
    }
    [[nodiscard]] const T* get() const noexcept {
        const holding held(lock_);
        return is_set_ ? std::addressof(*value_) : nullptr;
    }

    /// Gives the value. If there is none, `make` is called, which gives a `T`, at once
    /// or when it is awaited; by one at a time, first come first served. It must not
    /// ask for the value itself.
    ///
    /// Errors: those of `make`, for who called it; the next one calls its own.
    /// Stop: reaches `make`, or leaves the line; the next one calls its own.
    template <class Make>
    [[nodiscard]] auto get_or_init(Make&& make) {
        using made = settled_t<call_result_t<std::remove_reference_t<Make>&>>;
        static_assert(std::is_same_v<made, T>,
                      "what initialises a once_cell gives its T, by value");
        return detail::init_recipe<T, F, Make>(*this, std::forward<Make>(make));
    }

private:
    template <class, flavour, class>
    friend class detail::init_operation;
    void set(T&& made) noexcept {
        value_.emplace(std::move(made));
        const holding held(lock_);
        is_set_ = true;
    }

    basic_mutex<F> making_;
    std::optional<T> value_;  // made under `making_`, read once `is_set_`
    bool is_set_ = false;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

template <class T, flavour F>
inline constexpr bool enable_sendable<basic_once_cell<T, F>> =
    F == flavour::movable && sendable<T>;
/// Those who get the value use it together.
template <class T, flavour F>
inline constexpr bool enable_shareable<basic_once_cell<T, F>> =
    F == flavour::movable && sendable<T> && shareable<T>;

template <class T>
using once_cell = basic_once_cell<T, flavour::movable>;

namespace local {
template <class T>
using once_cell = basic_once_cell<T, flavour::local>;
}  // namespace local

}  // namespace coil
