// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>

namespace coil::detail {

/// Tells `Owner` that the drops of thrown-away values have ended.
template <class Owner, class... T>
class drops_before_end : public branch {
public:
    static constexpr bool is_needed = discard_all<T...>::is_needed;

    drops_before_end() noexcept : branch{nullptr, &table} {}
    std::coroutine_handle<> begin(
        Owner& owner, continuation parent,
        const std::tuple<outcome<T>*...>& thrown_away) noexcept {
        owner_ = &owner;
        scope = &parent.scope();
        return discard_.begin(thrown_away, continuation(*this));
    }

private:
    static std::coroutine_handle<> completed(branch& b) noexcept {
        return static_cast<drops_before_end&>(b).owner_->finish();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const drops_before_end&>(b).owner_->parent();
    }
    static constexpr branch_ops table = {&completed, &completed, &parent_of,
                                         "async_drop"};

    Owner* owner_ = nullptr;
    discard_all<T...> discard_;
};

template <class Owner, class... T>
    requires(!discard_all<T...>::is_needed)
class drops_before_end<Owner, T...> {
public:
    static constexpr bool is_needed = false;
};

/// What `join` and `race` share: start all branches, wait until all have ended, drop
/// what is thrown away, then go on. `Derived` says what the end of a branch means:
/// `has_ended(index, has_error)`, `was_stopped()`, `is_thrown_away(index)`,
/// `ends_with_result()` and `what`; with a `begins_anywhere`, chance says which begins
/// first.
template <class Derived, class... A>
class branches : public frame_operation<Derived> {
public:
    explicit branches(std::tuple<A...>& parts) noexcept : parts_(parts) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        parent_ = parent;
        scope_.open(parent.scope());
        return start(std::index_sequence_for<A...>());
    }
    [[nodiscard]] continuation parent() const noexcept { return parent_; }

    /// All branches have ended and what is thrown away is dropped.
    std::coroutine_handle<> finish() noexcept {
        if (derived().ends_with_result()) return parent_.complete();
        parent_.scope().home().unwind(parent_);
        return std::noop_coroutine();
    }

protected:
    static constexpr std::size_t count = sizeof...(A);
    template <std::size_t I>
    [[nodiscard]] auto& result() noexcept {
        return std::get<I>(kids_).result;
    }
    void stop_others(stop_reason why) noexcept { scope_.request_stop(why); }

private:
    template <std::size_t I, class Part>
    struct kid : child<Part>, piece {  // a piece: it waits in the batch for its start
        kid() noexcept : child<Part>(in_strand), piece(in_batch) {}
        branches* owner = nullptr;

        std::coroutine_handle<> start() noexcept {
            return this->begin(std::forward<Part>(std::get<I>(owner->parts_)),
                               owner->scope_);
        }
        static std::coroutine_handle<> run(piece& queued) noexcept {
            return static_cast<kid&>(queued).start();
        }
        static std::coroutine_handle<> completed(branch& b) noexcept {
            auto& self = static_cast<kid&>(b);
            self.collect();
            self.owner->derived().has_ended(I, self.result.has_error());
            return self.owner->one_less();
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            auto& self = static_cast<kid&>(b);
            self.collect_stopped();
            self.owner->derived().was_stopped();
            return self.owner->one_less();
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const kid&>(b).owner->parent_;
        }
        static constexpr branch_ops in_strand = {&completed, &stopped, &parent_of,
                                                 Derived::what};
        static constexpr piece_ops in_batch = {&run, nullptr, Derived::what};
    };
    template <std::size_t... I>
    static auto kids_for(std::index_sequence<I...>) -> std::tuple<kid<I, A>...>;
    using kids = decltype(kids_for(std::index_sequence_for<A...>()));

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    template <std::size_t... I>
    std::coroutine_handle<> start(std::index_sequence<I...>) noexcept {
        ((std::get<I>(kids_).owner = this), ...);
        if constexpr (requires { Derived::begins_anywhere; }) {
            piece* const all[] = {&std::get<I>(kids_)...};
            return start_anywhere(all);
        }
        // Each goes in front of the one pushed before, so the last is pushed first.
        (queue<count - 1 - I>(), ...);
        return std::get<0>(kids_).start();
    }
    std::coroutine_handle<> start_anywhere(piece* const* all) noexcept {
        strand& home = parent_.scope().home();
        const unsigned first = home.runs_on().draw(count);
        for (unsigned i = count - 1; i > 0; --i)
            home.start_soon(*all[(first + i) % count]);
        return all[first]->ops().run(*all[first]);
    }
    template <std::size_t I>
    void queue() noexcept {
        if constexpr (I > 0) parent_.scope().home().start_soon(std::get<I>(kids_));
    }
    std::coroutine_handle<> one_less() noexcept {
        if (--left_ > 0) return std::noop_coroutine();
        scope_.close();
        if constexpr (dropping::is_needed) {
            return dropping_.begin(*this, parent_,
                                   thrown_away(std::index_sequence_for<A...>()));
        } else {
            return finish();
        }
    }
    template <std::size_t... I>
    std::tuple<outcome<await_result_t<A>>*...> thrown_away(
        std::index_sequence<I...>) noexcept {
        return {(derived().is_thrown_away(I) ? &result<I>() : nullptr)...};
    }
    using dropping = drops_before_end<branches, await_result_t<A>...>;

    std::tuple<A...>& parts_;
    continuation parent_;
    nested_scope scope_;
    kids kids_;
    [[no_unique_address]] dropping dropping_;
    std::size_t left_ = count;
};

/// A recipe of several parts: movable, not yet started.
template <template <class...> class Operation, class... A>
class [[nodiscard(
    "a recipe does nothing until it is awaited: write co_await")]] parts_recipe {
    static_assert(
        !(is_own_recipe<A> || ...),
        "own is awaited by itself, in the coroutine that is to own the object");

public:
    // What it throws away is dropped here, too.
    static constexpr bool is_local =
        ((is_local_v<A> || drops_locally_v<await_result_t<A>>) || ...);

    explicit parts_recipe(A&&... parts) : parts_(std::forward<A>(parts)...) {}
    Operation<A...> operator co_await() && noexcept { return Operation<A...>(parts_); }

private:
    std::tuple<A...> parts_;
};

}  // namespace coil::detail
