// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/detail/must_await.hpp>
#include <coil/core/drop.hpp>
#include <coil/core/task.hpp>

namespace coil {

namespace detail {

class owned_base;

template <class T>
concept drops_children = requires { T::drop_runs_children; };

/// The drops of one coroutine: a context in front of its own, so that frames without
/// drops pay nothing. It lives in the coroutine's first box.
class drop_list : public drops {
public:
    explicit drop_list(promise_base& owner) noexcept;

    void push(owned_base& box) noexcept;
    void set_error() noexcept { why_ = exit_reason::error; }

private:
    struct runner : branch {
        explicit runner(drop_list& o) noexcept : branch{nullptr, &table}, list(o) {}
        drop_list& list;
        static const branch_ops table;
    };
    static const hooks table;

    void end_frame() noexcept;
    std::coroutine_handle<> run() noexcept;
    std::coroutine_handle<> go_on() noexcept;
    std::coroutine_handle<> end() noexcept;

    receiver* up_ = nullptr;
    owned_base* boxes_ = nullptr;  // the newest first
    owned_base* next_ = nullptr;   // to drop
    runner runner_{*this};
    exit_reason why_ = exit_reason::returned;
    bool is_beginning_ = false;
    bool has_ended_ = false;
};

/// An object with the memory of its drop, in one block from the frame source.
class owned_base {
public:
    owned_base(const owned_base&) = delete;
    owned_base& operator=(const owned_base&) = delete;

    /// Makes this box part of what `frame` drops when it ends.
    void belong_to(promise_base& frame) noexcept;

protected:
    owned_base() noexcept {}
    virtual ~owned_base() {
        if (holds_list_) list_.~drop_list();
    }

private:
    friend class drop_list;
    virtual std::coroutine_handle<> begin_drop(exit_reason why,
                                               continuation parent) noexcept = 0;
    virtual void free() noexcept = 0;
    virtual void detach() noexcept {}

    owned_base* next_ = nullptr;
    union {
        drop_list list_;  // used by the first box of a coroutine
    };
    bool holds_list_ = false;
};

template <async_droppable T>
class owned_box final : public owned_base {
public:
    /// Throws: `std::bad_alloc`; then `object` is as it was.
    explicit owned_box(T&& object)
        : object_((drop_.prepare(), static_cast<T&&>(object))) {}
    [[nodiscard]] T& object() noexcept { return object_; }
    void set_handle(owned_box** handle) noexcept { handle_ = handle; }
    [[nodiscard]] bool has_handle() const noexcept { return handle_ != nullptr; }

    static void* operator new(std::size_t size) { return take_frame(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        give_frame_back(block, size);
    }

private:
    std::coroutine_handle<> begin_drop(exit_reason why,
                                       continuation parent) noexcept override {
        return drop_.begin(object_, why, parent);
    }
    void free() noexcept override { delete this; }
    void detach() noexcept override {
        if (handle_ != nullptr) *std::exchange(handle_, nullptr) = nullptr;
    }

    drop_call<T> drop_;  // first: its memory is taken before the object moves
    T object_;
    owned_box** handle_ = nullptr;
};

/// What `own` and `owned` ask of a type.
template <class T>
constexpr void expect_ownable() {
    static_assert(!drops_children<T>,
                  "the children of this type may refer to locals, which are gone when "
                  "an owned object is dropped: use coil::with or coil::with_group");
    static_assert(is_aligned_as_a_frame<T>,
                  "an owned object lies in a block that is aligned for two pointers: "
                  "own a pointer to what needs more");
}

[[noreturn]] void owned_not_dropped(const char* type) noexcept;

}  // namespace detail

/// A coroutine parameter with an async destructor: it exists before the coroutine's
/// locals and is dropped after them and the other parameters, however the coroutine
/// ends. Passed on by reference it stays the first coroutine's.
///
/// \snippet coil/core/own_test.cpp  an owned parameter
///
/// A task with an owned parameter that is destroyed without having been awaited ends
/// the program in debug builds: there is no place to await the drop. Nor is there one
/// if calling the coroutine throws, for want of memory: then the object is destroyed
/// without its drop.
/// Allocates: one block for the object and its drop.
template <async_droppable T>
class owned {
public:
    static constexpr bool is_local = drops_locally_v<T>;

    /// Throws: `std::bad_alloc`; then `object` is gone without its drop.
    owned(T object) : box_(new detail::owned_box<T>(std::move(object))) {
        detail::expect_ownable<T>();
    }
    owned(owned&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {
        COIL_EXPECTS((box_ == nullptr || !box_->has_handle()) &&
                     "an owned parameter stays in its coroutine: hand on the object, "
                     "std::move(*it)");
    }
    owned& operator=(owned&&) = delete;
    ~owned() {
        if (box_ == nullptr) return;
#if !defined(NDEBUG)
        if (std::uncaught_exceptions() == 0)
            detail::owned_not_dropped(detail::type_name<T>());
#endif
        delete box_;
    }

    [[nodiscard]] T& operator*() const noexcept { return box_->object(); }
    [[nodiscard]] T* operator->() const noexcept { return &box_->object(); }

    /// Used by the promise of the coroutine whose parameter this is.
    void belong_to(detail::promise_base& frame) noexcept {
        // One that is passed on by reference stays its first coroutine's.
        if (box_ == nullptr || box_->has_handle()) return;
        box_->set_handle(&box_);
        box_->belong_to(frame);
    }

private:
    detail::owned_box<T>* box_;
};

template <class T>
inline constexpr bool enable_sendable<owned<T>> = sendable<T> && !drops_locally_v<T>;
template <class T>
inline constexpr bool enable_shareable<owned<T>> = shareable<T>;

namespace detail {

template <class T>
inline constexpr bool is_owned<owned<T>> = true;

template <class T>
class own_operation : public frame_operation<own_operation<T>> {
public:
    explicit own_operation(T&& object) noexcept : object_(object) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        COIL_EXPECTS(!parent.is_branch() && "own is awaited in a coroutine, by itself");
#if COIL_EXCEPTIONS
        try {
            box_ = new owned_box<T>(std::move(object_));
        } catch (...) {
            error_ = std::current_exception();
            parent_ = parent;
            return drop_.begin(object_, exit_reason::error, parent);
        }
#else
        box_ = new owned_box<T>(std::move(object_));
#endif
        box_->belong_to(parent.as_frame());
        return parent.complete();
    }
    T& await_resume() {
        if (error_) rethrow(error_);
        return box_->object();
    }

private:
    T& object_;
    owned_box<T>* box_ = nullptr;
    continuation parent_;
    std::exception_ptr error_;
    drop_call<T> drop_;
};

template <class T>
class [[nodiscard("own does nothing until it is awaited: write co_await")]] own_recipe {
public:
    using is_own = void;
    static constexpr bool is_local = drops_locally_v<T> || !sendable<T>;
    explicit own_recipe(T&& object) : object_(std::move(object)) {}
    own_operation<T> operator co_await() && noexcept {
        awaited_.is_awaited();
        return own_operation<T>(std::move(object_));
    }

private:
    T object_;
    must_await<true> awaited_;
};

/// Stands for `own` after an error of compilation, so that no other follows.
template <class T>
struct refused_own : std::suspend_never {
    std::remove_cvref_t<T>& await_resume() const noexcept;
};
template <class T>
    requires awaitable<std::remove_cvref_t<T>>
struct refused_own<T> : std::suspend_never {
    std::remove_cvref_t<await_result_t<std::remove_cvref_t<T>>>& await_resume()
        const noexcept;
};

}  // namespace detail

/// Keeps `object` until the end of this coroutine and drops it then, when locals and
/// parameters are gone; several in reverse order. For straight-line code. An object
/// that refers to locals or parameters needs a scope: use `with`, which allocates
/// nothing, too.
///
/// \snippet coil/core/own_test.cpp  own in straight-line code
///
/// Returns: from `co_await`, a reference to the object.
/// Stop: the object is dropped, then the unwinding goes on.
/// Allocates: one block for the object and its drop. If that fails, `object` is
/// dropped and `std::bad_alloc` thrown.
template <async_droppable T>
auto own(T object) {
    detail::expect_ownable<T>();
    return detail::own_recipe<T>(std::move(object));
}

template <class T>
    requires(!async_droppable<std::remove_cvref_t<T>>)
auto own(T&&) {
    using type = std::remove_cvref_t<T>;
    (void)detail::drops_of<type>();
    static_assert(!awaitable<type>,
                  "coil::own keeps the object, not the task that gives it: write "
                  "co_await coil::own(co_await it)");
    static_assert(awaitable<type> || detail::names_async_drop<type>,
                  "coil::own is for types with a member async_drop(), and this one has "
                  "none: a plain local does");
    return detail::refused_own<T>();
}

}  // namespace coil
