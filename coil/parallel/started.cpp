// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/parallel/started.hpp>

namespace coil {

const char* never_started::what() const noexcept {
    return "a child ended without saying that it had started";
}

void detail::throw_never_started() {
#if COIL_EXCEPTIONS
    throw never_started();
#else
    fatal(never_started().what());
#endif
}

}  // namespace coil
