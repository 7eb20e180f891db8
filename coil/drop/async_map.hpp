// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/drop/detail/kept.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace coil {

/// Objects that have an async destructor, by key: a `std::map` that has an
/// `async_drop()` itself, and destroys nothing silently. All are dropped one after the
/// other, in the order of the keys. Keys need no drop, and comparing them must not
/// throw.
///
/// \snippet coil/drop/async_map_test.cpp  sessions by number
///
/// One that is destroyed with objects in it ends the program in debug builds; in
/// others they are destroyed without their drops. coil-check finds that before.
/// Errors: none; an exception that escapes from a drop ends the program.
/// Stop: lets the drops finish, all of them.
/// Threads: one at a time; sendable if `T` is.
/// Memory: an object stays where it is, until it is erased or replaced.
/// Allocates: as a `std::map`; drops need nothing of it.
template <class K, class T, class Compare = std::less<K>>
class async_map : public detail::kept<T, std::map<K, T, Compare>> {
    using items = std::map<K, T, Compare>;
    using base = detail::kept<T, items>;

public:
    using key_type = K;
    using mapped_type = T;
    using value_type = typename items::value_type;
    using size_type = std::size_t;
    using iterator = typename items::iterator;
    using const_iterator = typename items::const_iterator;

    async_map() = default;
    explicit async_map(items&& all) noexcept : base(std::move(all)) {}
    async_map(async_map&&) noexcept = default;
    using base::operator=;  // refused, with a text

    [[nodiscard]] iterator find(const K& key) { return this->held_.find(key); }
    [[nodiscard]] const_iterator find(const K& key) const {
        return this->held_.find(key);
    }
    [[nodiscard]] bool contains(const K& key) const {
        return this->held_.contains(key);
    }
    /// Requires: the key is there.
    [[nodiscard]] T& at(const K& key) {
        const iterator found = find(key);
        COIL_EXPECTS(found != this->held_.end() && "the map has that key");
        return found->second;
    }

    /// Makes an object, unless the key has one: then nothing happens, and `args` are as
    /// they were. Returns: its place, and whether it is new.
    ///
    /// Throws: `std::bad_alloc`, and what the constructors throw; then nothing has
    /// changed.
    template <class... Args>
    std::pair<iterator, bool> try_emplace(K key, Args&&... args) {
        return this->held_.try_emplace(std::move(key), std::forward<Args>(args)...);
    }
    /// The key has `object` from the `co_await` on, which drops the one that it had.
    ///
    /// Returns: from `co_await`, whether there was one.
    /// Throws: `std::bad_alloc` from the call itself; then `object` is as it was.
    /// Allocates: the place of the object.
    [[nodiscard]] auto insert_or_assign(K key, T&& object) {
        async_map added;
        added.held_.try_emplace(std::move(key), std::move(object));
        return detail::drop_what<items, bool>(
            [this, added = std::move(added)]() mutable noexcept {
                items old = take(added.begin()->first);
                this->held_.merge(added.held_);
                return old;
            });
    }
    /// Drops the object of a key.
    ///
    /// Returns: from `co_await`, whether there was one.
    [[nodiscard]] auto erase(K key) noexcept {
        return detail::drop_what<items, bool>(
            [this, key = std::move(key)]() noexcept { return take(key); });
    }
    /// Gives the object of a key away, undropped, if there is one.
    [[nodiscard]] std::optional<T> extract(const K& key) noexcept {
        auto node = this->held_.extract(key);
        if (node.empty()) return std::nullopt;
        return std::move(node.mapped());
    }

private:
    /// The object of a key, where it lies.
    items take(const K& key) noexcept {
        items taken;
        taken.insert(this->held_.extract(key));
        return taken;
    }
};

}  // namespace coil
