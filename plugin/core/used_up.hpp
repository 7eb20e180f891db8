// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says where a closure that moves away what it captured is called again, or given to
/// what calls it for each of many.
void check_used_up_closures(const body& in, report& to);

}  // namespace coil_check
