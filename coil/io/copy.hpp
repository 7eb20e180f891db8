// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/join.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>

#include <cstdint>

namespace coil {

/// Copies bytes until `from` ends. Gives their count.
///
/// Errors: those of either side.
/// Stop: what was read and not yet written is lost; where that matters, copy from a
/// `buffered_reader`.
/// Allocates: 16 KiB, once.
template <byte_reader From, byte_writer To>
auto copy(From& from COIL_LOSES_WHEN_STOPPED, To& to)
    -> task_like<std::uint64_t, From, read_call_t<From>, To, write_call_t<To>> {
    constexpr std::size_t piece = 16 * 1024;
    buffer carried(piece);
    std::uint64_t copied = 0;
    for (;;) {
        const std::size_t count = co_await read_some(from, carried, piece);
        if (count == 0) co_return copied;
        co_await write_all(to, carried.unread());
        carried.consume(count);
        copied += count;
    }
}

/// The same from what keeps what it has read: without another buffer.
///
/// \snippet coil/io/copy_test.cpp  the rest of what was read, and what follows
///
/// Stop: nothing is lost; what was not written is unread in `from`.
template <buffered_byte_reader From, byte_writer To>
auto copy(From& from, To& to)
    -> task_like<std::uint64_t, From, fill_call_t<From>, To, write_call_t<To>> {
    std::uint64_t copied = 0;
    for (;;) {
        const std::span<const std::byte> unread = co_await from.fill();
        if (unread.empty()) co_return copied;
        const std::size_t count = co_await to.write(unread);
        COIL_EXPECTS(count > 0 && count <= unread.size() &&
                     "a sink takes at least one byte of what it is given, and no more");
        from.consume(count);
        copied += count;
    }
}

/// How many bytes went from the first to the second, and back.
struct copied_both_ways {
    std::uint64_t there = 0;
    std::uint64_t back = 0;
};

namespace detail {

template <class S>
concept closes_writing = byte_stream<S> && requires(S& s) { s.shutdown(); };

template <class From, class To>
auto copy_and_shut_down(From& from, To& to)
    -> task_like<std::uint64_t, From, read_call_t<From>, To, write_call_t<To>> {
    const std::uint64_t copied = co_await copy(from, to);
    if constexpr (awaitable<decltype(to.shutdown())>) {
        co_await to.shutdown();
    } else {
        to.shutdown();
    }
    co_return copied;
}

}  // namespace detail

/// Copies in both directions until both have ended: a proxy. The end of one is passed
/// on by the `shutdown()` of the other side, and the other direction goes on.
///
/// \snippet coil/io/copy_test.cpp  a proxy
///
/// Errors: the first one, of any side, ends both.
/// Stop: as for `copy`.
template <detail::closes_writing First, detail::closes_writing Second>
auto copy_both_ways(First& first COIL_LOSES_WHEN_STOPPED,
                    Second& second COIL_LOSES_WHEN_STOPPED)
    -> task_like<copied_both_ways, First, read_call_t<First>, write_call_t<First>,
                 Second, read_call_t<Second>, write_call_t<Second>> {
    auto [there, back] = co_await join(detail::copy_and_shut_down(first, second),
                                       detail::copy_and_shut_down(second, first));
    co_return copied_both_ways{.there = there, .back = back};
}

}  // namespace coil
