// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/detail/ring.hpp>

#include <cstddef>
#include <cstdint>

namespace coil::detail {

/// Buffers that the system fills when bytes arrive, whichever socket they are for: an
/// idle socket holds none. Included by .cpp files only.
class provided_buffers {
public:
    static constexpr std::uint16_t count = 256;
    static constexpr std::size_t size = 4096;
    static constexpr std::uint16_t group = 0;

    /// Bytes of one socket that nobody has read yet, in order.
    struct queue {
        std::uint16_t first = none;
        std::uint16_t last = none;
        std::uint16_t length = 0;
        [[nodiscard]] bool is_empty() const noexcept { return length == 0; }
    };

    provided_buffers() = default;
    provided_buffers(const provided_buffers&) = delete;
    provided_buffers& operator=(const provided_buffers&) = delete;
    /// Requires: no request of the ring is left that could fill one.
    ~provided_buffers();
    /// Before anything else. Returns: an error number if that is refused.
    [[nodiscard]] int set_up(ring& with) noexcept;

    /// The system has filled `number` with `length` bytes.
    void append(queue& to, std::uint16_t number, std::size_t length) noexcept;
    /// Copies what fits and gives the count; buffers that were read go back.
    std::size_t take(queue& from, void* into, std::size_t room) noexcept;
    void discard(queue& all) noexcept;
    void give_back(std::uint16_t number) noexcept;

private:
    static constexpr std::uint16_t none = 0xffff;
    struct filled {
        std::uint16_t next = none;
        std::uint16_t begin = 0;
        std::uint16_t end = 0;
    };
    [[nodiscard]] std::byte* place_of(std::uint16_t number) noexcept {
        return bytes_ + number * size;
    }
    void pop(queue& from) noexcept;

    io_uring_buf_ring* ring_ = nullptr;
    std::byte* bytes_ = nullptr;
    filled filled_[count];
};

}  // namespace coil::detail
