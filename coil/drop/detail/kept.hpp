// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>
#include <coil/core/own.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>

namespace coil::detail {

template <class Held>
bool holds_nothing(const Held& held) noexcept {
    if constexpr (owning_pointer<Held>) {
        return held == nullptr;
    } else if constexpr (value_holder<Held>) {
        return !held.has_value();
    } else {
        return held.empty();
    }
}

template <class Held>
concept holds_several = requires(Held& held) {
    held.begin();
    held.clear();
};

/// Leaves a container of the standard library empty, which a move alone need not do.
template <class Held>
Held take_all(Held& from) noexcept {
    Held taken(std::move(from));
    if constexpr (holds_several<Held>) {
        from.clear();
    } else {
        from.reset();
    }
    return taken;
}

/// Drops what `Take` takes out of a container. It takes that when it is awaited, and at
/// once: what others find meanwhile is the container as it is then. `Result` is `void`,
/// or `bool` for whether there was anything.
template <class Held, class Take, class Result>
class dropping_operation
    : public frame_operation<dropping_operation<Held, Take, Result>> {
public:
    static constexpr const char* what = "the drop of a container's values";

    dropping_operation(Take&& take, exit_reason why) noexcept
        : take_(std::move(take)),
          why_(why) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        held_.emplace(take_());
        was_full_ = !holds_nothing(*held_);
        dropped_.scope = &parent.scope();
        return drop_.begin(*held_, why_, continuation(dropped_));
    }
    Result await_resume() const noexcept {
        if constexpr (!std::is_void_v<Result>) return was_full_;
    }

private:
    std::coroutine_handle<> dropped() noexcept {
        held_.reset();
        return this->complete();
    }

    Take take_;
    exit_reason why_;
    bool was_full_ = false;
    std::optional<Held> held_;
    value_drop<Held> drop_;
    part<listening_branch, dropping_operation, &dropping_operation::dropped,
         &dropping_operation::dropped>
        dropped_{*this};
};

template <class Held, class Take, class Result = void>
class [[nodiscard(
    "the old values stay until their drop is awaited: write co_await")]] dropping {
public:
    static constexpr bool is_local = drops_locally_v<Held>;

    explicit dropping(Take take, exit_reason why = exit_reason::returned) noexcept
        : take_(std::move(take)),
          why_(why) {}
    dropping_operation<Held, Take, Result> operator co_await() && noexcept {
        return {std::move(take_), why_};
    }

private:
    Take take_;
    exit_reason why_;
};

template <class Held, class Result = void, class Take>
dropping<Held, Take, Result> drop_what(Take take) noexcept {
    return dropping<Held, Take, Result>(std::move(take));
}

/// Children that a value's drop runs are run by its container's.
template <class T>
struct kept_kind {};
template <drops_children T>
struct kept_kind<T> {
    static constexpr bool drop_runs_children = true;
};

/// What the containers for types with an async destructor share: `Held`, of the
/// standard library, keeps the values of type `T`, and nothing destroys one silently.
template <class T, class Held>
class kept : public kept_kind<T> {
public:
    kept() = default;
    kept(kept&& other) noexcept : held_(take_all(other.held_)) {}
    // Not deleted, as that could not say what to write instead.
    template <class Next>
    kept& operator=(Next&&) noexcept {
        static_assert(always_false<Next>,
                      "an assignment would destroy the old values without their async "
                      "drop: write co_await replace(...), or of an async_vector, "
                      "co_await assign(...)");
        return *this;
    }
    ~kept() {
        static_assert(needs_async_drop_v<T>,
                      "this container is for types that have a member async_drop(), or "
                      "hold one that has: for others take the one of the standard "
                      "library");
        static_assert(std::is_nothrow_destructible_v<T>);
#if !defined(NDEBUG)
        // An exception on the way to its drop leaves no place for that either.
        if (!holds_nothing(held_) && std::uncaught_exceptions() == 0)
            fatal(
                "a container was destroyed with values in it whose async drop nobody "
                "awaited: keep it with coil::with or coil::own, or co_await its "
                "async_drop(); they are of type ",
                type_name<T>());
#endif
    }

    /// Drops all values. Then it is empty, and may be used again.
    auto async_drop(exit_reason why = exit_reason::returned) noexcept {
        return dropping<Held, take_from>(take_from(held_), why);
    }
    /// Gives all values away, undropped.
    [[nodiscard]] Held release() noexcept { return take_all(held_); }

    [[nodiscard]] std::size_t size() const noexcept
        requires holds_several<Held>
    {
        return held_.size();
    }
    [[nodiscard]] bool empty() const noexcept
        requires holds_several<Held>
    {
        return held_.empty();
    }
    [[nodiscard]] auto begin() noexcept
        requires holds_several<Held>
    {
        return held_.begin();
    }
    [[nodiscard]] auto begin() const noexcept
        requires holds_several<Held>
    {
        return held_.begin();
    }
    [[nodiscard]] auto end() noexcept
        requires holds_several<Held>
    {
        return held_.end();
    }
    [[nodiscard]] auto end() const noexcept
        requires holds_several<Held>
    {
        return held_.end();
    }
    /// Drops all values. It is empty from the `co_await` on.
    [[nodiscard]] auto clear() noexcept
        requires holds_several<Held>
    {
        return async_drop();
    }

protected:
    struct take_from {
        explicit take_from(Held& held) noexcept : from(held) {}
        Held operator()() noexcept { return take_all(from); }
        Held& from;
    };

    explicit kept(Held&& held) noexcept : held_(take_all(held)) {}

    /// All are dropped, and `next`, which is of the same kind, is there instead.
    template <class Same>
    auto drop_for(Same&& next) noexcept {
        return drop_what<Held>([this, next = std::move(next)]() mutable noexcept {
            Held old = take_all(held_);
            put(next.release());
            return old;
        });
    }
    /// Nothing is there yet.
    void put(Held&& held) noexcept {
        std::destroy_at(&held_);
        std::construct_at(&held_, std::move(held));
    }

    Held held_;
};

}  // namespace coil::detail
