// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/io/read.hpp>

#include <optional>
#include <string>
#include <utility>

namespace coil {

/// The lines of what `Source` gives, as a stream of strings. A line ends with LF or
/// CR LF, which are not part of it; what stands behind the last one is a line too.
///
/// \snippet coil/io/lines_test.cpp  answer line by line
///
/// Lifetime: refers to `source`.
/// Stop: nothing is lost; `next` may be called again.
template <byte_reader Source>
class lines {
public:
    static constexpr std::size_t default_size_max = 64 * 1024;

    explicit lines(Source& source COIL_LIFETIMEBOUND,
                   std::size_t size_max = default_size_max) noexcept
        : source_(source),
          unused_(size_max) {}

    /// Errors: those of `read`; `too_long` for a line over the limit.
    [[nodiscard]] auto next()
        -> task_like<std::optional<std::string>, Source, read_call_t<Source>> {
        const std::size_t size = co_await read_until(source_, unused_, "\n");
        std::string_view line = unused_.text();
        if (line.empty()) co_return std::nullopt;
        if (size != 0) line = line.substr(0, size - 1);
        const std::size_t used = size != 0 ? size : line.size();
        if (size != 0 && line.ends_with('\r')) line.remove_suffix(1);
        std::optional<std::string> result(line);
        unused_.consume(used);
        co_return std::move(result);
    }

private:
    Source& source_;
    buffer unused_;
};

}  // namespace coil
