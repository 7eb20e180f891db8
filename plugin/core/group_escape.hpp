// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says where the body of a `with_group` leaves something behind that refers to its
/// group, which ends there: in a variable that is used later, a member or a static
/// variable that is not set back, in what it returns, or in a child of a group around
/// it. What is passed down, or kept in the body's own locals, is right.
void check_group_escapes(const body& in, report& to);

}  // namespace coil_check
