// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/place.hpp>

#include <vector>

namespace clang {
class CoroutineSuspendExpr;
}

namespace coil_check {

class body;

/// An await that waits for what this very function holds, so that neither goes on.
struct self_wait {
    const clang::CoroutineSuspendExpr* await = nullptr;
    const clang::VarDecl* guard = nullptr;  ///< what holds it
    place mutex;
    const clang::CallExpr* by = nullptr;  ///< what waits for it, maybe in another body
};

/// All that happen on every path to the await.
std::vector<self_wait> self_waits(const body& in);

}  // namespace coil_check
