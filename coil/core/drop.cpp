// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/drop.hpp>

namespace coil::detail {

void drop_failed(const char* type) noexcept {
    fatal("an exception escaped from async_drop(), called by ", type);
}

}  // namespace coil::detail
