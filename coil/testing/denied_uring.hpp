// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil::testing {

/// From now on, io_uring_setup fails in this process with `error` (EPERM, ENOSYS), as
/// it does in most containers. It cannot be taken back, and children inherit it.
void deny_uring(int error) noexcept;
/// The same for io_uring_enter: a ring can be had, and not be used.
void deny_uring_enter(int error) noexcept;

/// Whether this process may have an io_uring.
[[nodiscard]] bool is_uring_allowed() noexcept;

}  // namespace coil::testing
