// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/io/byte_stream.hpp>

#include <algorithm>
#include <cstdint>

namespace coil {

/// A reader of the next bytes of `Source`, so many at most: it ends behind them, or
/// with the source. What is not read of them is still the source's.
///
/// \snippet coil/io/limited_reader_test.cpp  a body of known length
///
/// Lifetime: refers to `source`.
/// Stop: nothing is lost; `read` may be called again.
template <byte_reader Source>
class limited_reader {
public:
    /// `limit`: in bytes.
    limited_reader(Source& source COIL_LIFETIMEBOUND, std::uint64_t limit) noexcept
        : source_(source),
          remaining_(limit) {}

    /// Requires: `into` is not empty. Errors: those of the source.
    [[nodiscard]] auto read(std::span<std::byte> into)
        -> task_like<std::size_t, Source, read_call_t<Source>> {
        if (remaining_ == 0) co_return std::size_t{0};
        const std::uint64_t room = std::min<std::uint64_t>(into.size(), remaining_);
        const std::size_t count =
            co_await source_.read(into.first(static_cast<std::size_t>(room)));
        remaining_ -= count;
        co_return count;
    }

    /// Where the source keeps what it has read: what is unread of it, as far as the
    /// limit.
    [[nodiscard]] auto fill()
        -> task_like<std::span<const std::byte>, Source, read_call_t<Source>>
        requires buffered_byte_reader<Source>
    {
        std::span<const std::byte> unread;
        if (remaining_ == 0) co_return unread;
        unread = co_await source_.fill();
        if (unread.size() > remaining_)
            unread = unread.first(static_cast<std::size_t>(remaining_));
        co_return unread;
    }
    /// Requires: not more than is unread.
    void consume(std::size_t count) noexcept
        requires buffered_byte_reader<Source>
    {
        COIL_EXPECTS(count <= remaining_);
        source_.consume(count);
        remaining_ -= count;
    }

    /// How many bytes it may still give. Where a message has to be whole and this is
    /// not 0 at the end, the source ended in its middle.
    [[nodiscard]] std::uint64_t remaining() const noexcept { return remaining_; }

private:
    Source& source_;
    std::uint64_t remaining_;
};

}  // namespace coil
