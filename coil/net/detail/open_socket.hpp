// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/io_driver.hpp>

namespace coil::net::detail {

/// A new stream socket of an address family, as the current runtime's driver wants it.
///
/// Throws: `std::system_error`.
[[nodiscard]] io_handle open_socket(int family);

}  // namespace coil::net::detail
