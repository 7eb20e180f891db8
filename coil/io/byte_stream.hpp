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

/// Both directions: a TCP or TLS connection, or a test's stand-in for one.
template <class S>
concept byte_stream = byte_reader<S> && byte_writer<S>;

/// What `S::read` and `S::write` return.
template <class S>
using read_call_t = decltype(std::declval<S&>().read(std::span<std::byte>()));
template <class S>
using write_call_t = decltype(std::declval<S&>().write(std::span<const std::byte>()));

}  // namespace coil
