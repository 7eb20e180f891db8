// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/io_driver.hpp>

#include <memory>

namespace coil {

/// Which of Linux's interfaces a runtime waits with.
enum class io_choice : unsigned char {
    automatic,  ///< The better one that this machine offers.
    epoll,
    uring,
};

/// What the environment's `COIL_IO` asks for: epoll, uring or auto, which is the same
/// as nothing.
///
/// Throws: `std::system_error` that says what it takes, for anything else.
[[nodiscard]] io_choice io_choice_of(const char* text);

/// A driver as chosen.
///
/// `automatic` is epoll where io_uring is denied or missing; the first time, one line
/// on stderr says why.
///
/// Throws: `std::system_error` if this machine does not offer what was chosen.
[[nodiscard]] std::unique_ptr<io_driver> make_io_driver(io_choice chosen);

}  // namespace coil
