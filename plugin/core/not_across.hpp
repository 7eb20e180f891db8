// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says what a coroutine holds across its awaits whose class is marked
/// COIL_NOT_ACROSS_AWAIT, or which has such a part. What was moved from or unlocked
/// somewhere may hold nothing by then, and what a reference refers to is its lender's.
void check_not_across(const body& in, report& to);

}  // namespace coil_check
