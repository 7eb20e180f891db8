// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/base/planted.hpp>
#include <coil/io/byte_stream.hpp>

#include <string_view>

namespace coil {

/// Writes all of `bytes`.
///
/// \snippet coil/io/write_test.cpp  write until all is taken
///
/// Errors: those of the sink's `write`; some bytes may have gone before.
/// Stop: as an error; use a connection no further whose message was cut.
/// Lifetime: `sink` and `bytes` must outlive the await.
template <byte_writer Sink>
auto write_all(Sink& sink COIL_LOSES_WHEN_STOPPED, std::span<const std::byte> bytes)
    -> task_like<void, Sink, write_call_t<Sink>> {
    while (!bytes.empty()) {
        const std::size_t count = co_await sink.write(bytes);
        COIL_EXPECTS(count > 0 && count <= bytes.size() &&
                     "a sink takes at least one byte of what it is given, and no more");
        const std::size_t lost = COIL_PLANTED(writes_repeat_bytes) && count > 1 ? 1 : 0;
        bytes = bytes.subspan(count - lost);
    }
}

namespace detail {

/// What is still to be written of several buffers.
class unwritten {
public:
    explicit unwritten(std::span<const std::span<const std::byte>> all) noexcept
        : left_(all) {
        consume(0);
    }
    [[nodiscard]] bool is_empty() const noexcept { return left_.empty(); }
    [[nodiscard]] std::span<const std::byte> first() const noexcept {
        return left_.front().subspan(begin_);
    }
    /// The next ones, without what was written; none of them is empty.
    [[nodiscard]] std::span<const std::span<const std::byte>> next_few() noexcept {
        std::size_t count = 0;
        next_[count++] = first();
        for (const std::span<const std::byte> bytes : left_.subspan(1)) {
            if (count == count_max) break;
            if (!bytes.empty()) next_[count++] = bytes;
        }
        return std::span(next_).first(count);
    }
    void consume(std::size_t count) noexcept {
        begin_ += count;
        while (!left_.empty() && begin_ >= left_.front().size()) {
            begin_ -= left_.front().size();
            left_ = left_.subspan(1);
        }
        COIL_EXPECTS((begin_ == 0 || !left_.empty()) &&
                     "a sink takes no more than it is given");
    }

private:
    static constexpr std::size_t count_max = 16;
    std::span<const std::span<const std::byte>> left_;
    std::size_t begin_ = 0;  // of the first one that is left
    std::span<const std::byte> next_[count_max];
};

}  // namespace detail

/// Writes all that several buffers hold, one behind the other: by as few calls as the
/// sink allows if it is a `vectored_writer`, otherwise by one or more for each.
///
/// \snippet coil/io/write_test.cpp  a head and a body by one call
///
/// Lifetime: the list of buffers must outlive the await, too.
template <byte_writer Sink>
auto write_all(Sink& sink COIL_LOSES_WHEN_STOPPED,
               std::span<const std::span<const std::byte>> buffers)
    -> task_like<void, Sink, write_call_t<Sink>> {
    detail::unwritten rest(buffers);
    while (!rest.is_empty()) {
        std::size_t count = 0;
        if constexpr (vectored_writer<Sink>) {
            count = co_await sink.write_vectored(rest.next_few());
        } else {
            count = co_await sink.write(rest.first());
        }
        COIL_EXPECTS(count > 0 &&
                     "a sink takes at least one byte of what it is given, and no more");
        rest.consume(count);
    }
}

/// The same for text.
template <byte_writer Sink>
auto write_all(Sink& sink COIL_LOSES_WHEN_STOPPED, std::string_view text) {
    return write_all(sink, std::as_bytes(std::span(text)));
}

}  // namespace coil
