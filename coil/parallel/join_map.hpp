// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/parallel/detail/kept_set.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace coil {

namespace detail {

template <class Key, class T>
class keyed_child : public kept_child_of<T> {
public:
    using kept_child_of<T>::kept_child_of;
    const Key* key = nullptr;  // in the map
};

template <class Key, class A>
class keyed_strand final
    : public kept_strand<A, keyed_strand<Key, A>, keyed_child<Key, await_result_t<A>>> {
public:
    using base = kept_strand<A, keyed_strand, keyed_child<Key, await_result_t<A>>>;
    using base::base;
};

}  // namespace detail

/// Children of a group that are known by a key, to stop one or to replace it: a session
/// for each user, a download for each address. It is a stream of who ended, and how:
/// `while (auto ended = co_await work.next())`.
///
/// \snippet coil/parallel/join_map_test.cpp  who ended, and how
///
/// Where nobody asks for one by its key, a `join_set` is less to write.
///
/// It is made where the group is used, and may end before its children: then those are
/// the group's, as if by `group::spawn`, and by `when_let_go::stop` are asked to stop.
///
/// Threads: one strand of the group at a time. Where the group stays on one thread,
/// that one. Allocates: one block per child, from `allocate_frame`, and its place in
/// the map.
template <class Key, class T, class Hash = std::hash<Key>,
          class KeyEqual = std::equal_to<Key>>
class join_map {
    static_assert(!std::is_reference_v<T>,
                  "a join_map gives outcomes that it keeps, so they cannot be of "
                  "references: let the children give pointers");

public:
    class next_leaf;
    using key_type = Key;
    using mapped_type = outcome<T>;
    using value_type = std::pair<Key, outcome<T>>;

    /// Requires: called in a strand of the group.
    explicit join_map(group& of, when_let_go then = when_let_go::go_on)
        : of_(of),
          children_(*strand::current(), then, true) {}

    /// Spawns a child that gives a `T`, as `group::spawn` does.
    ///
    /// One that has this key already is asked to stop, and left to the group: `next`
    /// tells of the new child only. A result that is there is thrown away, also an
    /// error; one that comes later, as of its clean-up, fails the group. To hear of the
    /// old one, stop it and go on until `next` gives it.
    ///
    /// Returns: whether the key is new.
    /// Requires: nothing local, and no local result, on a parallel runtime; the program
    /// ends with a text.
    template <awaitable A>
    COIL_SPAWNS bool spawn(Key key, A&& work) {
        static_assert(std::is_same_v<await_result_t<A>, T>,
                      "the children of a join_map<Key, T> give exactly a T");
        detail::expect_no_drop_in_handle<await_result_t<A>>();
        std::unique_ptr<detail::keyed_strand<Key, A>> added(
            new detail::keyed_strand<Key, A>(of_, std::forward<A>(work)));
        const auto [place, is_new] = known_.try_emplace(std::move(key), nullptr);
        if (!is_new) children_.forget(*place->second);
        added->key = &place->first;
        place->second = added.get();
        added.release()->enter(children_);
        return is_new;
    }

    /// Waits for the next child that ends, and forgets its key; empty once all that
    /// were spawned have been given.
    ///
    /// Errors: none; the outcome has those of the child.
    /// Stop: nothing is lost; a child is given only by a `next` that returns it.
    [[nodiscard]] next_leaf next() noexcept { return next_leaf(*this); }

    /// Asks the child of this key to stop, whose end `next` tells then.
    ///
    /// Returns: whether there is one, which may have ended already.
    bool request_stop(const Key& key, stop_level level = stop_level::soft) noexcept {
        const auto found = known_.find(key);
        if (found == known_.end()) return false;
        found->second->request_stop(level);
        return true;
    }
    /// Asks all children to stop.
    void request_stop(stop_level level = stop_level::soft) noexcept {
        children_.request_stop(level);
    }

    /// Whether there is a child of this key that `next` has not given.
    [[nodiscard]] bool contains(const Key& key) const { return known_.contains(key); }
    /// How many `next` has yet to give.
    [[nodiscard]] std::size_t size() const noexcept { return known_.size(); }
    [[nodiscard]] join_set_stats stats() const noexcept { return children_.stats(); }

private:
    using keyed_child = detail::keyed_child<Key, T>;
    using places = std::unordered_map<Key, keyed_child*, Hash, KeyEqual>;

    group& of_;
    places known_;
    detail::kept_set children_;
};

/// The leaf behind `join_map::next()`.
template <class Key, class T, class Hash, class KeyEqual>
class join_map<Key, T, Hash, KeyEqual>::next_leaf : public detail::set_leaf {
public:
    static constexpr bool is_local = !is_sendable_v<T> || !is_sendable_v<Key>;

    explicit next_leaf(join_map& of) noexcept
        : set_leaf(of.children_),
          known_(of.known_) {}
    next_leaf& attach(continuation parent) noexcept {
        set_leaf::attach(parent);
        return *this;
    }
    [[nodiscard]] std::optional<value_type> await_resume() {
        if (this->taken() == nullptr) return std::nullopt;
        auto& ended = static_cast<keyed_child&>(*this->taken());
        auto place = known_.extract(*ended.key);
        return value_type(std::move(place.key()), std::move(ended.kept_outcome()));
    }

private:
    places& known_;
};

}  // namespace coil
