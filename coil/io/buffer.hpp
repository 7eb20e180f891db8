// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>

namespace coil {

/// A line or a message was longer than its buffer may grow.
class too_long : public std::length_error {
public:
    too_long() : std::length_error("longer than the limit of its buffer") {}
};

/// Bytes that were read and not yet used, always in one piece, with room behind them.
///
/// A reader asks for room (`prepare`), fills it, and says how much (`commit`); a parser
/// looks at `unread()` and says how much it used (`consume`). What is left moves to the
/// front when room is needed, and memory grows by doubling up to `size_max`.
///
/// \snippet coil/io/buffer_test.cpp  read, then use
///
/// Lifetime: spans and views are good until the next `prepare` or `release`.
/// Allocates: nothing until the first `prepare`; nothing after `release`.
class buffer {
public:
    static constexpr std::size_t default_size_max = 1 << 20;

    explicit buffer(std::size_t size_max = default_size_max) noexcept
        : size_max_(size_max) {}
    buffer(buffer&& other) noexcept;
    buffer& operator=(buffer&& other) noexcept;
    ~buffer() = default;

    [[nodiscard]] bool is_empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] std::size_t size_max() const noexcept { return size_max_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    [[nodiscard]] std::span<const std::byte> unread() const noexcept {
        return {memory_.get() + begin_, size()};
    }
    [[nodiscard]] std::span<std::byte> unread() noexcept {
        return {memory_.get() + begin_, size()};
    }
    [[nodiscard]] std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(memory_.get()) + begin_, size()};
    }

    /// Room behind the unread bytes, at least `size_min` unless `size_max()` is near:
    /// then less, and none when it is reached.
    [[nodiscard]] std::span<std::byte> prepare(std::size_t size_min = 1);
    /// The first `count` bytes of the room are unread bytes now.
    /// Requires: not more than `prepare` gave.
    void commit(std::size_t count) noexcept;
    /// The first `count` unread bytes were used. Requires: not more than `size()`.
    void consume(std::size_t count) noexcept;

    /// Puts bytes behind the unread ones. Throws: `std::length_error` over `size_max`.
    void append(std::span<const std::byte> added);
    void append(std::string_view added) { append(std::as_bytes(std::span(added))); }

    /// Gives the memory back if no byte is unread: for connections that fall idle.
    void release() noexcept;

private:
    void make_room(std::size_t wanted);

    std::unique_ptr<std::byte[]> memory_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t size_max_;
};

}  // namespace coil
