// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/as_outcome.hpp>

#include <cstddef>

namespace coil {

/// How the scope of an object that is being dropped ended. `async_drop` may take one.
class exit_reason {
public:
    enum kind : unsigned char { returned, error, stopped };

    explicit exit_reason(const kind& told_later COIL_LIFETIMEBOUND) noexcept
        : kind_(&told_later) {}

    /// Requires: the drop has begun.
    [[nodiscard]] kind get() const noexcept { return *kind_; }
    friend bool operator==(exit_reason a, kind b) noexcept { return a.get() == b; }

private:
    const kind* kind_;  // the drop is made before the scope's end is known
};

namespace detail {
template <class T>
concept has_plain_drop = requires(T& t) { t.async_drop(); };
template <class T>
concept has_reason_drop = requires(T& t, exit_reason why) { t.async_drop(why); };

template <class T>
decltype(auto) call_drop(T& object, exit_reason why) {
    if constexpr (has_reason_drop<T>) {
        return object.async_drop(why);
    } else {
        return object.async_drop();
    }
}
template <class T>
using drop_call_t =
    decltype(call_drop(std::declval<T&>(), std::declval<exit_reason>()));
}  // namespace detail

/// A type with an async destructor: a member `async_drop()`, optionally taking an
/// `exit_reason`, whose awaitable yields `void`. An exception that escapes from it ends
/// the program.
template <class T>
concept async_droppable = (detail::has_plain_drop<T> || detail::has_reason_drop<T>) &&
                          std::is_void_v<await_result_t<detail::drop_call_t<T>>>;

namespace detail {

template <class T>
concept optional_like = requires(T& t) {
    typename T::value_type;
    t.has_value();
    *t;
};
template <class T>
concept range_like = requires(T& t) {
    typename T::value_type;
    t.begin();
    t.end();
    t.size();
};
template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

template <class T>
struct drops_inside;
template <class T, class Indices>
struct drops_in_tuple;
template <class T, std::size_t... I>
struct drops_in_tuple<T, std::index_sequence<I...>> {
    static constexpr bool value =
        (drops_inside<std::remove_cv_t<std::tuple_element_t<I, T>>>::value || ...);
};
template <class T>
struct drops_inside {
    static constexpr bool value = [] {
        if constexpr (async_droppable<T>) {
            return true;
        } else if constexpr (optional_like<T> || range_like<T>) {
            if constexpr (std::is_same_v<typename T::value_type, T>) {
                return false;
            } else {
                return drops_inside<typename T::value_type>::value;
            }
        } else if constexpr (tuple_like<T>) {
            return drops_in_tuple<
                T, std::make_index_sequence<std::tuple_size_v<T>>>::value;
        } else {
            return false;
        }
    }();
};
template <template <class...> class Variant, class... T>
    requires requires(Variant<T...>& v) {
        v.valueless_by_exception();
        v.index();
    }
struct drops_inside<Variant<T...>> {
    static constexpr bool value = (drops_inside<T>::value || ...);
};
template <class T>
    requires std::is_void_v<T> || std::is_reference_v<T>
struct drops_inside<T> : std::false_type {};

/// The type's name for the message that ends the program.
template <class T>
const char* type_name() noexcept {
    return __PRETTY_FUNCTION__;
}
[[noreturn]] void drop_failed(const char* type) noexcept;

/// Calls and runs one object's `async_drop`, shielded. Its memory can be taken ahead:
/// `prepare` makes the task before it is needed.
template <class T>
class drop_call {
    using call_type = drop_call_t<T>;
    // A task is lazy, so calling async_drop only takes its frame. Anything else is
    // called when the drop begins: it needs no memory, and it may act at once.
    static constexpr bool is_lazy =
        requires { typename std::remove_cvref_t<call_type>::promise_type; };

public:
    drop_call() noexcept {}
    drop_call(const drop_call&) = delete;
    drop_call& operator=(const drop_call&) = delete;
    ~drop_call() { clear(); }

    /// Throws: what `async_drop` throws when it is called, `std::bad_alloc` mostly.
    void prepare(T& object) {
        if constexpr (is_lazy) make(object);
    }

    /// Returns what to run next; `parent` is told when the drop has ended.
    std::coroutine_handle<> begin(T& object, exit_reason::kind why,
                                  continuation parent) noexcept {
        parent_ = parent;
        why_ = why;
        scope_.open_shielded(parent.scope());
        if (!is_made_) {
#if COIL_EXCEPTIONS
            try {
                make(object);
            } catch (...) {
                drop_failed(type_name<T>());
            }
#else
            make(object);
#endif
        }
        return child_.begin(std::forward<call_type>(call()), scope_);
    }

    [[nodiscard]] continuation parent() const noexcept { return parent_; }
    static constexpr const char* what = "async_drop";

private:
    using stored = std::conditional_t<std::is_reference_v<call_type>,
                                      std::remove_reference_t<call_type>*, call_type>;

    void make(T& object) {
        if constexpr (std::is_reference_v<call_type>) {
            call_ = std::addressof(call_drop(object, exit_reason(why_)));
        } else {
            ::new (static_cast<void*>(std::addressof(call_)))
                call_type(call_drop(object, exit_reason(why_)));
        }
        is_made_ = true;
    }
    auto& call() noexcept {
        if constexpr (std::is_reference_v<call_type>) {
            return *call_;
        } else {
            return call_;
        }
    }
    void clear() noexcept {
        if (std::exchange(is_made_, false)) call_.~stored();
    }
    std::coroutine_handle<> finish() noexcept {
        if (child_.result.has_error()) drop_failed(type_name<T>());
        scope_.close();
        return parent_.complete();
    }
    continuation parent_;
    nested_scope scope_;
    union {
        stored call_;
    };
    // A drop that stops itself counts as done.
    part<child<call_type>, drop_call, &drop_call::finish, &drop_call::finish> child_{
        *this};
    exit_reason::kind why_ = exit_reason::returned;
    bool is_made_ = false;
};

}  // namespace detail

/// Whether a `T` holds something with an async destructor: looks through optional,
/// variant, tuple and containers.
template <class T>
inline constexpr bool needs_async_drop_v =
    detail::drops_inside<std::remove_cv_t<T>>::value;
template <class T>
concept needs_async_drop = needs_async_drop_v<T>;

}  // namespace coil
