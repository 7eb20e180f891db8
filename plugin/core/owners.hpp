// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class Expr;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;

/// Whether `object` owns what its methods give references to: a std::string, a
/// std::vector, a smart pointer. A shared_ptr does where nobody else can have it: a
/// parameter, or made here, that is only dereferenced.
bool is_owner(const clang::Expr& object, const body& in);

/// Whether what it owns may live on without it: it owns that on the heap, and is moved
/// from, returned, swapped or released somewhere.
bool is_handed_on(const clang::VarDecl& owner, const body& in);

}  // namespace coil_check
