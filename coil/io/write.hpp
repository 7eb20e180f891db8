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
    -> task_like<void, write_call_t<Sink>> {
    while (!bytes.empty()) {
        const std::size_t count = co_await sink.write(bytes);
        COIL_EXPECTS(count > 0 && count <= bytes.size() &&
                     "a sink takes at least one byte of what it is given, and no more");
        const std::size_t lost = COIL_PLANTED(writes_repeat_bytes) && count > 1 ? 1 : 0;
        bytes = bytes.subspan(count - lost);
    }
}

/// The same for text.
template <byte_writer Sink>
auto write_all(Sink& sink COIL_LOSES_WHEN_STOPPED, std::string_view text) {
    return write_all(sink, std::as_bytes(std::span(text)));
}

}  // namespace coil
