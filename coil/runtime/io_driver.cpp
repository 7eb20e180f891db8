// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/strand.hpp>
#include <coil/runtime/io_driver.hpp>

#include <unistd.h>

#include <system_error>

namespace coil {

io_driver& current_io_driver() noexcept {
    strand* const current = strand::current();
    COIL_EXPECTS(current != nullptr && "sockets are made in a strand");
    auto* const found = current->runs_on().find_service<io_driver>();
    COIL_EXPECTS(found != nullptr && "this runtime has sockets");
    return *found;
}

void io_driver::expect_all_closed(std::size_t open) noexcept {
    if (open == 0) return;
    fatal("a socket outlived its runtime; close it in the work that opened it, or ",
          "destroy it before the runtime");
}

io_handle::io_handle(io_driver& of, int descriptor) : driver_(&of) {
#if COIL_EXCEPTIONS
    try {
        source_ = &of.open(descriptor);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
#else
    source_ = &of.open(descriptor);
#endif
}

void throw_system_error(int error, const char* what) {
#if COIL_EXCEPTIONS
    throw std::system_error(error, std::system_category(), what);
#else
    fatal(what, ": ", std::system_category().message(error).c_str());
#endif
}

}  // namespace coil
