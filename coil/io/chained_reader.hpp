// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/io/byte_stream.hpp>

namespace coil {

/// A reader of all that `First` gives, and then of all that `Second` gives.
///
/// \snippet coil/io/chained_reader_test.cpp  what was read ahead, and the rest
///
/// Lifetime: refers to both.
/// Stop: nothing is lost; `read` may be called again.
template <byte_reader First, byte_reader Second>
class chained_reader {
public:
    chained_reader(First& first COIL_LIFETIMEBOUND,
                   Second& second COIL_LIFETIMEBOUND) noexcept
        : first_(first),
          second_(second) {}

    /// Requires: `into` is not empty. Errors: those of the one that is read.
    [[nodiscard]] auto read(std::span<std::byte> into)
        -> task_like<std::size_t, First, read_call_t<First>, Second,
                     read_call_t<Second>> {
        if (!has_first_ended_) {
            const std::size_t count = co_await first_.read(into);
            if (count > 0) co_return count;
            has_first_ended_ = true;
        }
        const std::size_t count = co_await second_.read(into);
        co_return count;
    }

private:
    First& first_;
    Second& second_;
    bool has_first_ended_ = false;
};

}  // namespace coil
