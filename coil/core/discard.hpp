// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/trampoline.hpp>
#include <coil/core/detail/must_await.hpp>
#include <coil/core/drop.hpp>

namespace coil {

namespace detail {

/// Drops whatever inside a `T` has an async destructor. Starts with `begin(object, why,
/// parent)`; tells `parent` when all is dropped.
template <class T>
class value_drop;

/// Drops several things one after the other, without recursion when they end at once.
template <class Derived>
class drop_sequence : public branch {
public:
    drop_sequence() noexcept : branch{nullptr, &table} {}

protected:
    std::coroutine_handle<> start(continuation parent) noexcept {
        parent_ = parent;
        scope = &parent.scope();
        return run();
    }

private:
    std::coroutine_handle<> run() noexcept {
        auto& self = static_cast<Derived&>(*this);
        std::coroutine_handle<> next;
        while (self.has_next()) {
            const auto begin = [&] { return self.begin_next(continuation(*this)); };
            if (!loop_.ends_at_once(next, begin)) return next;
        }
        return parent_.complete();
    }
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& self = static_cast<drop_sequence&>(b);
        if (self.loop_.must_go_on()) return self.run();
        return std::noop_coroutine();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const drop_sequence&>(b).parent_;
    }
    static constexpr branch_ops table = {&completed, &completed, &parent_of,
                                         "async_drop"};

    continuation parent_;
    trampoline loop_;
};

template <class T>
    requires(!needs_async_drop<T>)
class value_drop<T> {
public:
    std::coroutine_handle<> begin(T&, exit_reason, continuation parent) noexcept {
        return parent.complete();
    }
};

template <async_droppable T>
class value_drop<T> : public drop_call<T> {};

template <class T>
    requires(needs_async_drop<T> && !async_droppable<T> && value_holder<T>)
class value_drop<T> {
public:
    std::coroutine_handle<> begin(T& object, exit_reason why,
                                  continuation parent) noexcept {
        if (!object.has_value()) return parent.complete();
        return inner_.begin(object.value(), why, parent);
    }

private:
    value_drop<typename T::value_type> inner_;
};

template <class T>
    requires(needs_async_drop<T> && !async_droppable<T> && owning_pointer<T>)
class value_drop<T> {
public:
    std::coroutine_handle<> begin(T& object, exit_reason why,
                                  continuation parent) noexcept {
        if (object.get() == nullptr) return parent.complete();
        return inner_.begin(*object.get(), why, parent);
    }

private:
    value_drop<typename T::element_type> inner_;
};

template <class T>
    requires(needs_async_drop<T> && !async_droppable<T> && !value_holder<T> &&
             owning_range<T>)
class value_drop<T> : drop_sequence<value_drop<T>> {
    using element = typename T::value_type;

public:
    std::coroutine_handle<> begin(T& object, exit_reason why,
                                  continuation parent) noexcept {
        next_ = object.begin();
        end_ = object.end();
        why_ = why;
        return this->start(parent);
    }

private:
    friend drop_sequence<value_drop<T>>;
    struct slot {  // drops one element; made anew for each
        value_drop<element> drop;
    };
    [[nodiscard]] bool has_next() const noexcept { return next_ != end_; }
    std::coroutine_handle<> begin_next(continuation parent) noexcept {
        current_.~slot();
        ::new (static_cast<void*>(&current_)) slot();
        auto& dropped = const_cast<element&>(*next_);  // a set's elements are const
        ++next_;
        return current_.drop.begin(dropped, why_, parent);
    }

    using iterator = decltype(std::declval<T&>().begin());
    iterator next_{};
    iterator end_{};
    slot current_;
    exit_reason why_ = exit_reason::returned;
};

template <class T>
    requires(needs_async_drop<T> && !async_droppable<T> && !owning_range<T> &&
             tuple_like<T>)
class value_drop<T> : drop_sequence<value_drop<T>> {
    static constexpr std::size_t size = std::tuple_size_v<T>;

public:
    std::coroutine_handle<> begin(T& object, exit_reason why,
                                  continuation parent) noexcept {
        object_ = &object;
        why_ = why;
        return this->start(parent);
    }

private:
    friend drop_sequence<value_drop<T>>;
    [[nodiscard]] bool has_next() const noexcept { return left_ > 0; }
    std::coroutine_handle<> begin_next(continuation parent) noexcept {
        --left_;  // the last first, as members are destroyed
        return at(parent, std::make_index_sequence<size>());
    }
    template <std::size_t... I>
    std::coroutine_handle<> at(continuation parent,
                               std::index_sequence<I...>) noexcept {
        using std::get;
        std::coroutine_handle<> next;
        (void)((left_ == I &&
                (next = get<I>(parts_).begin(const_cast<part<I>&>(get<I>(*object_)),
                                             why_, parent),
                 true)) ||
               ...);
        return next;
    }
    template <std::size_t I>
    using part = std::remove_cv_t<std::tuple_element_t<I, T>>;  // a map's key is const
    template <std::size_t... I>
    static auto parts_for(std::index_sequence<I...>)
        -> std::tuple<value_drop<part<I>>...>;

    T* object_ = nullptr;
    decltype(parts_for(std::make_index_sequence<size>())) parts_;
    std::size_t left_ = size;
    exit_reason why_ = exit_reason::returned;
};

template <template <class...> class Variant, class... A>
    requires(needs_async_drop<Variant<A...>> && !async_droppable<Variant<A...>> &&
             requires(Variant<A...>& v) { v.valueless_by_exception(); })
class value_drop<Variant<A...>> {
public:
    std::coroutine_handle<> begin(Variant<A...>& object, exit_reason why,
                                  continuation parent) noexcept {
        return at(object, why, parent, std::index_sequence_for<A...>());
    }

private:
    template <std::size_t... I>
    std::coroutine_handle<> at(Variant<A...>& object, exit_reason why,
                               continuation parent,
                               std::index_sequence<I...>) noexcept {
        using std::get;
        std::coroutine_handle<> next;
        const bool found =
            ((object.index() == I &&
              (next = std::get<I>(parts_).begin(get<I>(object), why, parent), true)) ||
             ...);
        return found ? next : parent.complete();
    }
    std::tuple<value_drop<A>...> parts_;
};

/// Drops the values that a combinator throws away, the last first.
template <class... T>
class discard_all : drop_sequence<discard_all<T...>> {
public:
    static constexpr bool is_needed = (needs_async_drop_v<T> || ...);

    std::coroutine_handle<> begin(const std::tuple<outcome<T>*...>& thrown_away,
                                  continuation parent) noexcept {
        outcomes_ = thrown_away;
        return this->start(parent);
    }

private:
    friend drop_sequence<discard_all<T...>>;
    [[nodiscard]] bool has_next() const noexcept { return left_ > 0; }
    std::coroutine_handle<> begin_next(continuation parent) noexcept {
        --left_;
        return at(parent, std::index_sequence_for<T...>());
    }
    template <std::size_t... I>
    std::coroutine_handle<> at(continuation parent,
                               std::index_sequence<I...>) noexcept {
        std::coroutine_handle<> next;
        (void)((left_ == I && (next = drop_one<I>(parent), true)) || ...);
        return next;
    }
    template <std::size_t I>
    std::coroutine_handle<> drop_one(continuation parent) noexcept {
        using value = std::tuple_element_t<I, std::tuple<T...>>;
        auto* const from = std::get<I>(outcomes_);
        if constexpr (needs_async_drop_v<value>) {
            if (from != nullptr && from->has_value()) {
                return std::get<I>(drops_).begin(from->value(), exit_reason::stopped,
                                                 parent);
            }
        }
        return parent.complete();
    }
    template <class V>
    using drop_for = value_drop<std::conditional_t<needs_async_drop_v<V>, V, unit>>;

    std::tuple<outcome<T>*...> outcomes_;
    std::tuple<drop_for<T>...> drops_;
    std::size_t left_ = sizeof...(T);
};

template <class T>
class discard_operation : public frame_operation<discard_operation<T>> {
public:
    explicit discard_operation(T& object) noexcept : object_(object) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return drop_.begin(object_, exit_reason::returned, parent);
    }
    void await_resume() const noexcept {}

private:
    T& object_;
    value_drop<T> drop_;
};

template <class T>
class [[nodiscard("a drop does nothing until it is awaited: write co_await")]] discard {
public:
    static constexpr bool is_local = drops_locally_v<std::remove_reference_t<T>>;
    explicit discard(T&& object) : object_(std::forward<T>(object)) {}
    discard_operation<std::remove_reference_t<T>> operator co_await() && noexcept {
        awaited_.is_awaited();
        return discard_operation<std::remove_reference_t<T>>(object_);
    }

private:
    T object_;
    [[no_unique_address]] must_await<needs_async_drop_v<T>> awaited_;
};

}  // namespace detail

/// Runs the async destructors inside `object` now: of itself, or of what an optional,
/// variant, tuple or container holds. Shielded, as every drop is.
///
/// \snippet coil/core/with_test.cpp  drop a container of connections
template <class T>
auto drop(T&& object) {
    return detail::discard<T>(std::forward<T>(object));
}

}  // namespace coil
