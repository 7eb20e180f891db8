// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/io/buffer.hpp>
#include <coil/io/byte_stream.hpp>

#include <stdexcept>
#include <string>

namespace coil {

/// Bytes ended in the middle of something.
class unexpected_end : public std::runtime_error {
public:
    unexpected_end() : std::runtime_error("the bytes ended in the middle") {}
};

/// Reads what there is into `into`, behind what is unread there; waits for at least one
/// byte. Gives the count, 0 at the end.
///
/// Errors: `too_long` if the buffer is full.
/// Stop: nothing is lost; what was read is in the buffer.
template <byte_reader Source>
auto read_some(Source& source, buffer& into, std::size_t room = 4096)
    -> task_like<std::size_t, Source, read_call_t<Source>> {
    const std::span<std::byte> free = into.prepare(room);
    if (free.empty()) throw too_long();
    const std::size_t count = co_await source.read(free);
    into.commit(count);
    co_return count;
}

/// Fills all of `into`. Gives false if the bytes had already ended.
///
/// Errors: `unexpected_end` if they end in the middle.
/// Stop: what was read before is lost; where that matters, `read_some` into a buffer.
template <byte_reader Source>
auto read_exactly(Source& source COIL_LOSES_WHEN_STOPPED, std::span<std::byte> into)
    -> task_like<bool, Source, read_call_t<Source>> {
    std::span<std::byte> rest = into;
    while (!rest.empty()) {
        const std::size_t count = co_await source.read(rest);
        if (count == 0 && rest.size() == into.size()) co_return false;
        if (count == 0) throw unexpected_end();
        rest = rest.subspan(count);
    }
    co_return true;
}

/// Reads until the end, behind what is unread in `into`. Gives the count.
///
/// \snippet coil/io/read_test.cpp  to the end, but no further than
///
/// Errors: `too_long` if there is more than the buffer may hold; one byte of that is
/// gone.
/// Stop: nothing is lost; what was read is in the buffer.
template <byte_reader Source>
auto read_to_end(Source& source, buffer& into)
    -> task_like<std::size_t, Source, read_call_t<Source>> {
    std::size_t total = 0;
    for (;;) {
        const std::span<std::byte> free = into.prepare(1024);
        std::byte one{};  // a full buffer is right if that is the end
        const std::span<std::byte> room = free.empty() ? std::span(&one, 1) : free;
        const std::size_t count = co_await source.read(room);
        if (count == 0) co_return total;
        if (free.empty()) throw too_long();
        into.commit(count);
        total += count;
    }
}

/// The same into a string, of so many bytes at most. Whether it is UTF-8 nobody asks.
///
/// Errors: as above. Stop: what was read is lost; where that matters, `read_to_end`.
template <byte_reader Source>
auto read_to_string(Source& source COIL_LOSES_WHEN_STOPPED,
                    std::size_t size_max = buffer::default_size_max)
    -> task_like<std::string, Source, read_call_t<Source>> {
    buffer all(size_max);
    co_await read_to_end(source, all);
    co_return std::string(all.text());
}

/// Reads until `through` stands in the buffer. Gives the size of the unread bytes up to
/// and with it; 0 if they ended without it: what is left is in the buffer.
///
/// Requires: `through` is not empty. Errors: `too_long` if the buffer is full first.
/// Stop: nothing is lost; it may be called again.
template <byte_reader Source>
auto read_until(Source& source, buffer& into, std::string_view through)
    -> task_like<std::size_t, Source, read_call_t<Source>> {
    COIL_EXPECTS(!through.empty() && "reading ends with at least one byte");
    std::size_t searched = 0;
    for (;;) {
        const std::size_t found = into.text().find(through, searched);
        if (found != std::string_view::npos) co_return found + through.size();
        const std::size_t kept = through.size() - 1;
        searched = into.size() > kept ? into.size() - kept : 0;
        const std::span<std::byte> free = into.prepare(512);
        if (free.empty()) throw too_long();
        const std::size_t count = co_await source.read(free);
        if (count == 0) co_return std::size_t{0};
        into.commit(count);
    }
}

}  // namespace coil
