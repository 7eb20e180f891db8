// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>

#include <cstddef>
#include <span>

namespace coil {

/// Bytes come out of it: `read(buffer)` waits until there are some and gives their
/// count, 0 at the end. It reads what there is, at most what fits.
///
/// Stop: a stopped `read` took nothing.
/// (The bare word *stream* never means bytes in coil: a stream is values over time.)
template <class S>
concept byte_reader = requires(S& source, std::span<std::byte> buffer) {
    { source.read(buffer) } -> awaitable_of<std::size_t>;
};

/// Bytes go into it: `write(bytes)` waits until it takes some, and gives their count.
/// To have all of them taken, see `write_all`.
///
/// Stop: a stopped `write` gave nothing away; one that did ends with its count.
template <class S>
concept byte_writer = requires(S& sink, std::span<const std::byte> bytes) {
    { sink.write(bytes) } -> awaitable_of<std::size_t>;
};

/// A reader that fills several buffers in one call, the first first, from what there
/// is.
template <class S>
concept vectored_reader =
    byte_reader<S> &&
    requires(S& source, std::span<const std::span<std::byte>> buffers) {
        { source.read_vectored(buffers) } -> awaitable_of<std::size_t>;
    };

/// A writer that takes what several buffers hold in one call, one behind the other, and
/// gives the count of all it took. `write_all` uses that.
template <class S>
concept vectored_writer =
    byte_writer<S> &&
    requires(S& sink, std::span<const std::span<const std::byte>> buffers) {
        { sink.write_vectored(buffers) } -> awaitable_of<std::size_t>;
    };

/// A reader that keeps what it has read: `fill()` waits until something is unread, and
/// gives all of it, nothing at the end; `consume(count)` takes that off.
///
/// Stop: a stopped `fill` lost nothing.
template <class S>
concept buffered_byte_reader =
    byte_reader<S> && requires(S& source, std::size_t count) {
        { source.fill() } -> awaitable_of<std::span<const std::byte>>;
        source.consume(count);
    };

/// Both directions: a TCP or TLS connection, or a test's stand-in for one.
template <class S>
concept byte_stream = byte_reader<S> && byte_writer<S>;

/// What `S::read` and `S::write` return.
template <class S>
using read_call_t = decltype(std::declval<S&>().read(std::span<std::byte>()));
template <class S>
using write_call_t = decltype(std::declval<S&>().write(std::span<const std::byte>()));
template <class S>
using fill_call_t = decltype(std::declval<S&>().fill());

}  // namespace coil
