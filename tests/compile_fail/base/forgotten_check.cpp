// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where coil-check is required, a file that it does not look at does not compile.
#define COIL_REQUIRE_CHECK
// expected-error@*:* {{coil-check does not look at this file}}
#include <coil/core/task.hpp>
