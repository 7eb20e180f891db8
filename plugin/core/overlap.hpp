// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says where two calls of a closure go on at once, as parts of a join or children of a
/// group, and each sets what it has captured, awaits, and then reads what the other may
/// have set meanwhile. What is only counted, or asked before, is right.
void check_overlapping_calls(const body& in, report& to);

}  // namespace coil_check
