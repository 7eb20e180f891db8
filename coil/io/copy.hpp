// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>

#include <cstdint>

namespace coil {

/// Copies bytes until `from` ends. Gives their count.
///
/// Errors: those of either side.
/// Stop: what was read and not yet written is lost.
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

}  // namespace coil
