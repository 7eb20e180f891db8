// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A contract is a condition: what cannot be true or false is rejected.
#include <coil/base/assert.hpp>

struct opaque {};

void require(opaque value) {
    COIL_EXPECTS(value);  // expected-error {{cannot convert 'opaque' to 'bool'}}
}
