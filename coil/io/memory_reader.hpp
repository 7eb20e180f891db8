// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_stream.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace coil {

/// A reader of bytes that are in memory, with a position in them. It never waits.
///
/// \snippet coil/io/memory_reader_test.cpp  a reader of what is known already
///
/// Lifetime: refers to the bytes.
class memory_reader {
public:
    class read_leaf;

    explicit memory_reader(std::span<const std::byte> bytes COIL_LIFETIMEBOUND) noexcept
        : bytes_(bytes) {}
    explicit memory_reader(std::string_view text COIL_LIFETIMEBOUND) noexcept
        : bytes_(std::as_bytes(std::span(text))) {}

    /// Requires: `into` is not empty.
    [[nodiscard]] read_leaf read(std::span<std::byte> into) noexcept;
    [[nodiscard]] auto fill() const noexcept { return ready(unread()); }
    /// Requires: not more than is unread.
    void consume(std::size_t count) noexcept { seek(position_ + count); }

    [[nodiscard]] std::span<const std::byte> unread() const noexcept {
        return bytes_.subspan(position_);
    }
    /// In bytes from the first one.
    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    /// Goes on there. Requires: not behind the last byte.
    void seek(std::size_t position) noexcept {
        COIL_EXPECTS(position <= bytes_.size() && "a position is in the bytes");
        position_ = position;
    }

private:
    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
};

/// The leaf behind `memory_reader::read`.
class memory_reader::read_leaf : public leaf_of<read_leaf> {
public:
    static constexpr const char* what = "memory read";
    read_leaf(memory_reader& from, std::span<std::byte> into) noexcept
        : from_(from),
          into_(into) {
        COIL_EXPECTS(!into.empty() && "reading needs room");
    }
    [[nodiscard]] std::size_t await_resume() const noexcept { return count_; }

private:
    friend leaf_of<read_leaf>;
    [[nodiscard]] bool try_now() noexcept {
        const std::span<const std::byte> unread = from_.unread();
        count_ = std::min(unread.size(), into_.size());
        if (count_ > 0) std::memcpy(into_.data(), unread.data(), count_);
        from_.consume(count_);
        return true;
    }
    void start() const noexcept {}
    [[nodiscard]] stop_answer on_stop() const noexcept { return stop_answer::ended; }

    memory_reader& from_;
    std::span<std::byte> into_;
    std::size_t count_ = 0;
};

inline memory_reader::read_leaf memory_reader::read(
    std::span<std::byte> into) noexcept {
    return {*this, into};
}

}  // namespace coil
