// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Chosen by CMake where there is no liburing.
#include <coil/runtime/uring/uring_driver.hpp>

namespace coil {

std::unique_ptr<io_driver> try_make_uring_driver(uring_refusal& why) {
    why = {};  // nobody was asked, so no error
    return nullptr;
}

}  // namespace coil
