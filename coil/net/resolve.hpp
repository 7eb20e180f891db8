// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/net/endpoint.hpp>

#include <system_error>
#include <vector>

namespace coil::net {

/// The addresses of a host, as the system orders them; at once if `host` is an address
/// in figures. An empty host means all addresses of this machine, for listening.
///
/// `localhost` and names under it are this machine without being looked up, as
/// RFC 6761, section 6.3 has it.
///
/// Errors: `std::system_error` of `resolve_category()` if there is none.
/// Stop: a look-up that has begun is awaited to its end; the system cannot stop it.
task<std::vector<endpoint>> resolve(std::string host, std::uint16_t port);

/// Errors of the system's resolver ("Name or service not known").
[[nodiscard]] const std::error_category& resolve_category() noexcept;

}  // namespace coil::net
