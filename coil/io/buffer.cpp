// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/io/buffer.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace coil {

namespace {
constexpr std::size_t first_capacity = 512;
}

buffer::buffer(buffer&& other) noexcept
    : memory_(std::move(other.memory_)),
      capacity_(std::exchange(other.capacity_, 0)),
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)),
      size_max_(other.size_max_) {}

buffer& buffer::operator=(buffer&& other) noexcept {
    if (this == &other) return *this;
    memory_ = std::move(other.memory_);
    capacity_ = std::exchange(other.capacity_, 0);
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
    size_max_ = other.size_max_;
    return *this;
}

std::span<std::byte> buffer::prepare(std::size_t size_min) {
    const std::size_t wanted = std::min(size_min, size_max_ - size());
    if (capacity_ - end_ < wanted) make_room(wanted);
    return {memory_.get() + end_, std::min(capacity_ - end_, size_max_ - size())};
}

// Moves to the front if that alone gives room; else to twice the memory.
void buffer::make_room(std::size_t wanted) {
    const std::size_t needed = size() + wanted;
    if (needed <= capacity_) {
        std::memmove(memory_.get(), memory_.get() + begin_, size());
    } else {
        const std::size_t doubled = std::max({needed, 2 * capacity_, first_capacity});
        const std::size_t capacity = std::max(needed, std::min(doubled, size_max_));
        auto grown = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (!is_empty()) std::memcpy(grown.get(), memory_.get() + begin_, size());
        memory_ = std::move(grown);
        capacity_ = capacity;
    }
    end_ = size();
    begin_ = 0;
}

void buffer::commit(std::size_t count) noexcept {
    COIL_EXPECTS(count <= capacity_ - end_);
    end_ += count;
}

void buffer::consume(std::size_t count) noexcept {
    COIL_EXPECTS(count <= size());
    begin_ += count;
    if (is_empty()) begin_ = end_ = 0;
}

void buffer::append(std::span<const std::byte> added) {
    if (added.empty()) return;
    if (added.size() > size_max_ - size()) {
        throw std::length_error("coil::buffer is full");
    }
    std::memcpy(prepare(added.size()).data(), added.data(), added.size());
    commit(added.size());
}

void buffer::release() noexcept {
    if (!is_empty()) return;
    memory_.reset();
    capacity_ = begin_ = end_ = 0;
}

}  // namespace coil
