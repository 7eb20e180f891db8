// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace coil::detail {

template <class T>
struct ring_slot {
    alignas(T) unsigned char bytes[sizeof(T)];
    [[nodiscard]] T* get() noexcept {
        return std::launder(reinterpret_cast<T*>(bytes));
    }
};

/// The slots of a ring: in the object, or in a buffer of its own.
template <class T, std::size_t Capacity>
struct ring_slots {
    [[nodiscard]] static constexpr std::size_t capacity() noexcept { return Capacity; }
    [[nodiscard]] ring_slot<T>& operator[](std::size_t i) noexcept { return slots_[i]; }

private:
    ring_slot<T> slots_[Capacity];
};
template <class T>
struct ring_slots<T, 0> {
    explicit ring_slots(std::size_t capacity)
        : slots_(new ring_slot<T>[capacity]),
          capacity_(capacity) {}
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] ring_slot<T>& operator[](std::size_t i) noexcept { return slots_[i]; }

private:
    std::unique_ptr<ring_slot<T>[]> slots_;
    std::size_t capacity_;
};

/// A bounded first-in first-out queue.
template <class T, std::size_t Capacity>
class ring {
public:
    ring() = default;
    explicit ring(std::size_t capacity) : slots_(capacity) {}
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring() {
        for (; size_ > 0; drop_first()) {}
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return slots_.capacity(); }

    /// The item that is at `index` behind the oldest.
    [[nodiscard]] T& operator[](std::size_t index) noexcept {
        return *slot(index).get();
    }
    /// Requires: there is room.
    void push(T&& item) {
        ::new (static_cast<void*>(slot(size_).bytes)) T(std::move(item));
        ++size_;
    }
    /// Requires: there is an item.
    T pop() {
        T item = std::move(*slots_[first_].get());
        drop_first();
        return item;
    }

    /// Moves to other slots, if these are more, and leaves its own there.
    void move_to(ring_slots<T, Capacity>& bigger) noexcept {
        if (bigger.capacity() <= capacity()) return;
        for (std::size_t i = 0; i < size_; ++i) {
            ::new (static_cast<void*>(bigger[i].bytes)) T(std::move((*this)[i]));
            (*this)[i].~T();
        }
        std::swap(slots_, bigger);
        first_ = 0;
    }

private:
    [[nodiscard]] ring_slot<T>& slot(std::size_t index) noexcept {
        const std::size_t at = first_ + index;
        return slots_[at < capacity() ? at : at - capacity()];
    }
    void drop_first() noexcept {
        slots_[first_].get()->~T();
        if (++first_ == capacity()) first_ = 0;
        --size_;
    }

    ring_slots<T, Capacity> slots_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace coil::detail
