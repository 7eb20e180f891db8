// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "program.hpp"

namespace programs {

/// The program as a C++ function for `printed.hpp`, as a user would write it.
[[nodiscard]] std::string as_cpp(const program& shown,
                                 const std::string& name = "work");

}  // namespace programs
