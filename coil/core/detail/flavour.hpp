// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil {

/// Whether something may move between threads, or be used from several, or stays on the
/// executor where it began. `coil::local` has the local ones' short names.
enum class flavour : unsigned char { movable, local };

}  // namespace coil
