// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model.hpp"

#include <functional>
#include <optional>
#include <string>

namespace programs {

/// What coil did otherwise than the model says, or left over; nothing if all is well.
[[nodiscard]] std::optional<std::string> find_difference(const program& asked,
                                                         const prediction& told);
[[nodiscard]] std::optional<std::string> find_difference(const program& asked);

/// A smaller program that still `fails`: nothing can be taken away from it.
[[nodiscard]] program shrink(program failing,
                             const std::function<bool(const program&)>& fails);

/// All there is to say of a program that fails: the smallest one as C++ and as a line
/// for `kept.txt`, and where coil and the model part.
[[nodiscard]] std::string report(const program& failing);

}  // namespace programs
