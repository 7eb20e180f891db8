// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/spin_lock.hpp>

#include <type_traits>

namespace coil {

/// Whether something may move between threads, or be used from several, or stays on the
/// executor where it began. `coil::local` has the local ones' short names.
enum class flavour : unsigned char { movable, local };

/// Guards what is shared; nothing where only one thread comes.
template <flavour F>
using lock_of = std::conditional_t<F == flavour::local, no_lock, spin_lock>;

}  // namespace coil
