// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/parallel/detail/kept_set.hpp>

#include <optional>
#include <type_traits>

namespace coil {

/// Children of a group, whose results come in the order in which they end. It is a
/// stream: `while (auto result = co_await results.next())`.
///
/// For one child, or to stop one alone, use `spawn_with_handle`; for results in the
/// order of their tasks, `parallel` or `join`.
///
/// \snippet coil/parallel/join_set_test.cpp  results as they come
///
/// It is made where the group is used, and may end before its children: then those are
/// the group's, as if by `group::spawn`, and by `when_let_go::stop` are asked to stop.
///
/// Threads: `spawn` and `request_stop` from any strand of the group; `next` from one at
/// a time. Where the group stays on one thread, from that.
/// Allocates: one block per child, from `allocate_frame`.
template <class T>
class join_set {
    static_assert(!std::is_reference_v<T>,
                  "a join_set gives optional results, so they cannot be references: "
                  "let the children give pointers");

public:
    class next_leaf;
    using value_type = value_or_unit<T>;

    /// Requires: called in a strand of the group.
    explicit join_set(group& of, when_let_go then = when_let_go::go_on) noexcept
        : of_(of),
          children_(*strand::current(), then, false) {}

    /// Spawns a child that gives a `T`, as `group::spawn` does.
    ///
    /// Requires: nothing local, and no local result, on a parallel runtime; the program
    /// ends with a text.
    template <awaitable A>
    COIL_SPAWNS void spawn(A&& work) {
        static_assert(std::is_same_v<await_result_t<A>, T>,
                      "the children of a join_set<T> give exactly a T");
        (new child<A>(of_, std::forward<A>(work)))->enter(children_);
    }

    /// Waits for the next result; empty once all that were spawned have been taken.
    ///
    /// A child that was stopped gives nothing, and is passed over.
    ///
    /// Errors: the error of the child whose turn it is. Its siblings go on, and `next`
    /// may be called again.
    /// Stop: nothing is lost; a result is taken only by a `next` that returns it.
    [[nodiscard]] next_leaf next() noexcept { return next_leaf(children_); }

    /// Asks all children to stop that have not ended; the group and its other children
    /// go on, and more may be spawned.
    void request_stop(stop_level level = stop_level::soft) noexcept {
        children_.request_stop(level);
    }

    [[nodiscard]] join_set_stats stats() const noexcept { return children_.stats(); }

private:
    template <class A>
    class child final : public detail::kept_strand<A, child<A>> {
    public:
        using detail::kept_strand<A, child>::kept_strand;
    };

    group& of_;
    detail::kept_set children_;
};

template <class T>
inline constexpr bool enable_shareable<join_set<T>> = is_sendable_v<T>;

/// The leaf behind `join_set::next()`.
template <class T>
class join_set<T>::next_leaf : public detail::set_leaf {
public:
    static constexpr bool is_local = !is_sendable_v<T>;

    using set_leaf::set_leaf;
    next_leaf& attach(continuation parent) noexcept {
        set_leaf::attach(parent);
        return *this;
    }
    [[nodiscard]] std::optional<value_type> await_resume() {
        if (this->taken() == nullptr) return std::nullopt;
        auto& given =
            static_cast<detail::kept_child_of<T>*>(this->taken())->kept_outcome();
        if constexpr (std::is_void_v<T>) {
            given.take();
            return value_type();
        } else {
            return given.take();
        }
    }
};

}  // namespace coil
