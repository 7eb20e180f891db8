// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace coil::detail {

/// Whether a box holds only what fits into it, or allocates memory for the rest.
enum class room : bool { fixed, growing };

/// Owns one object of any type, which its user has to know; or none.
template <std::size_t Bytes, room Room>
class box {
public:
    box() noexcept = default;
    template <class T, class... Args>
    explicit box(std::in_place_type_t<T>, Args&&... args) {
        static_assert(Room == room::growing || is_inside<T>,
                      "coil: this type is too large for a place of fixed size, or its "
                      "move may throw");
        if constexpr (is_inside<T>) {
            object_ = ::new (static_cast<void*>(place_)) T(std::forward<Args>(args)...);
            manage_ = &manage_inside<T>;
        } else {
            object_ = new T(std::forward<Args>(args)...);
            manage_ = &manage_outside<T>;
        }
    }
    box(box&& other) noexcept { take(other); }
    box& operator=(box&& other) noexcept {
        if (this == &other) return *this;
        box gone(std::move(*this));
        take(other);
        return *this;
    }
    ~box() {
        if (object_ != nullptr) manage_(object_, nullptr);
    }

    /// Null if there is none.
    [[nodiscard]] void* object() const noexcept { return object_; }

private:
    template <class T>
    static constexpr bool is_inside =
        sizeof(T) <= Bytes && alignof(T) <= alignof(void*) &&
        std::is_nothrow_move_constructible_v<T>;

    /// Moves an object to `place` and says where it is then; destroys it for null.
    using manager = void* (*)(void* object, void* place) noexcept;
    template <class T>
    static void* manage_inside(void* object, void* place) noexcept {
        auto& held = *static_cast<T*>(object);
        void* const moved =
            place != nullptr ? ::new (place) T(std::move(held)) : nullptr;
        held.~T();
        return moved;
    }
    template <class T>
    static void* manage_outside(void* object, void* place) noexcept {
        if (place != nullptr) return object;
        delete static_cast<T*>(object);
        return nullptr;
    }
    void take(box& other) noexcept {
        if (other.object_ == nullptr) return;
        manage_ = other.manage_;
        object_ = manage_(std::exchange(other.object_, nullptr), place_);
    }

    void* object_ = nullptr;
    manager manage_ = nullptr;
    alignas(void*) std::byte place_[Bytes];
};

}  // namespace coil::detail
