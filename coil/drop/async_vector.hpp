// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/drop/detail/kept.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace coil {

/// A row of objects that have an async destructor: a `std::vector` that has an
/// `async_drop()` itself, and destroys nothing silently. All are dropped one after the
/// other, the first first.
///
/// Objects that wait for each other, or take long, are closed at once by a group or by
/// `join` of a range, of what `release()` gives.
///
/// \snippet coil/drop/async_vector_test.cpp  a vector of connections
///
/// One that is destroyed with objects in it ends the program in debug builds; in
/// others they are destroyed without their drops. coil-check finds that before.
/// Errors: none; an exception that escapes from a drop ends the program.
/// Stop: lets the drops finish, all of them.
/// Threads: one at a time; sendable if `T` is.
/// Memory: as a `std::vector`; a reference is good until that moves its elements.
/// Allocates: as a `std::vector`; drops need nothing of it.
template <class T>
class async_vector : public detail::kept<T, std::vector<T>> {
    using base = detail::kept<T, std::vector<T>>;

public:
    using value_type = T;
    using size_type = std::size_t;
    using iterator = typename std::vector<T>::iterator;
    using const_iterator = typename std::vector<T>::const_iterator;

    async_vector() = default;
    explicit async_vector(std::vector<T>&& objects) noexcept
        : base(std::move(objects)) {}
    async_vector(async_vector&&) noexcept = default;
    using base::operator=;  // refused, with a text

    /// Requires: `index < size()`.
    [[nodiscard]] T& operator[](size_type index) noexcept {
        COIL_EXPECTS(index < this->size());
        return this->held_[index];
    }
    /// Requires: `index < size()`.
    [[nodiscard]] const T& operator[](size_type index) const noexcept {
        COIL_EXPECTS(index < this->size());
        return this->held_[index];
    }
    [[nodiscard]] T& front() noexcept { return (*this)[0]; }
    [[nodiscard]] T& back() noexcept { return (*this)[this->size() - 1]; }

    /// Throws: `std::bad_alloc`.
    void reserve(size_type count) { this->held_.reserve(count); }
    /// Throws: `std::bad_alloc`; then `object` is as it was.
    void push_back(T&& object) { emplace_back(std::move(object)); }
    /// Throws: `std::bad_alloc`, and what the constructor throws; then nothing has
    /// changed.
    template <class... Args>
    T& emplace_back(Args&&... args) {
        static_assert(std::is_nothrow_move_constructible_v<T>,
                      "an object that could not be moved to more room would be lost");
        return this->held_.emplace_back(std::forward<Args>(args)...);
    }

    /// Drops the last object.
    ///
    /// Requires: at the `co_await`, it is not empty.
    [[nodiscard]] auto pop_back() noexcept {
        return detail::drop_what<std::optional<T>>([this]() noexcept {
            std::optional<T> last(std::move(back()));
            this->held_.pop_back();
            return last;
        });
    }
    /// Drops the object at `position`; those behind it move on.
    ///
    /// Requires: at the `co_await`, `position < size()`.
    [[nodiscard]] auto erase(size_type position) noexcept {
        return detail::drop_what<std::optional<T>>([this, position]() noexcept {
            std::optional<T> old(std::move((*this)[position]));
            for (size_type i = position + 1; i < this->size(); ++i) {
                std::destroy_at(&(*this)[i - 1]);
                std::construct_at(&(*this)[i - 1], std::move((*this)[i]));
            }
            this->held_.pop_back();
            return old;
        });
    }
    /// Holds what `next` holds from the `co_await` on, which drops the old objects.
    [[nodiscard]] auto assign(async_vector next) noexcept {
        return this->drop_for(std::move(next));
    }
};

}  // namespace coil
