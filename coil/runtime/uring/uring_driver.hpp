// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/io_driver.hpp>

#include <memory>

namespace coil {

/// Why there is no io_uring here: what was refused, and the system's error number.
struct uring_refusal {
    const char* what = "";
    int error = 0;
};

/// A driver that waits for sockets with Linux's io_uring.
///
/// Bytes and connections arrive by themselves for as long as somebody waits for them
/// (multishot), bytes in buffers that all sockets share; a read copies them out. A
/// write is tried first; one that has to wait is lent to the system, and a stop waits
/// until that has let go of it. Whatever is asked for in a turn goes to the system in
/// the call that waits.
///
/// Needs Linux 6.1, and a library that was built with liburing.
///
/// Returns: null if this machine does not let us; then `why` says so.
/// Threads: it runs on the one that waits first, which need not be its maker's; the
/// program ends with a text if another one waits. Any may destroy it, and close
/// sockets, when that one does not run it: the system lets go of them a moment later
/// then.
/// Allocates: 1 MiB of buffers, used as bytes arrive; one block of 72 bytes per open
/// socket, from `allocate_frame`.
[[nodiscard]] std::unique_ptr<io_driver> try_make_uring_driver(uring_refusal& why);

}  // namespace coil
