// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says where a function returns a closure that gives futures, and refers to what is
/// the function's own: by its name, in a std::function, or in a struct.
void check_returned_closures(const body& in, report& to);

}  // namespace coil_check
