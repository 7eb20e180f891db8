// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says which functions of this file are coroutines and await nothing, although all who
/// call them only await them at once.
void check_needless_coroutine(const body& in, report& to);

}  // namespace coil_check
