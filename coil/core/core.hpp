// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// The core: everything that needs neither a clock nor an operating system.

#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/discard.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/sendable.hpp>
#include <coil/core/task.hpp>
#include <coil/core/task_local.hpp>
#include <coil/core/with.hpp>
#include <coil/core/yield.hpp>
