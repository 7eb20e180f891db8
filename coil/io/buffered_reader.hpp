// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/io/read.hpp>

#include <algorithm>
#include <cstring>

namespace coil {

/// A reader of what is unread in a `buffer`, and then of what `Source` gives, which it
/// reads by few calls. So what `read_until` has read too far is not forgotten, and what
/// reads little at a time is cheap.
///
/// \snippet coil/io/buffered_reader_test.cpp  a head, and a body behind it
///
/// Lifetime: refers to both.
/// Stop: nothing is lost; each call may be made again.
template <byte_reader Source>
class buffered_reader {
public:
    buffered_reader(Source& source COIL_LIFETIMEBOUND,
                    buffer& unread COIL_LIFETIMEBOUND) noexcept
        : source_(source),
          unread_(unread) {}

    /// Large reads go past the buffer while it is empty.
    /// Requires: `into` is not empty. Errors: those of the source.
    [[nodiscard]] auto read(std::span<std::byte> into)
        -> task_like<std::size_t, Source, read_call_t<Source>> {
        std::size_t count = 0;
        if (unread_.is_empty() && into.size() >= piece) {
            count = co_await source_.read(into);
            co_return count;
        }
        if (unread_.is_empty()) co_await read_some(source_, unread_, piece);
        count = std::min(into.size(), unread_.size());
        if (count > 0) std::memcpy(into.data(), unread_.unread().data(), count);
        unread_.consume(count);
        co_return count;
    }

    /// Waits until something is unread, and gives all of that; nothing at the end.
    /// Lifetime: until the next call of anything here or of the buffer.
    [[nodiscard]] auto fill()
        -> task_like<std::span<const std::byte>, Source, read_call_t<Source>> {
        if (unread_.is_empty()) co_await read_some(source_, unread_, piece);
        const buffer& filled = unread_;
        co_return filled.unread();
    }
    /// Requires: not more than is unread.
    void consume(std::size_t count) noexcept { unread_.consume(count); }

private:
    static constexpr std::size_t piece = 16 * 1024;

    Source& source_;
    buffer& unread_;
};

}  // namespace coil
