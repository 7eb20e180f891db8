// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>
#include <llvm/ADT/StringRef.h>

#include <string>

namespace clang {
class CXXRecordDecl;
class Decl;
class NamedDecl;
class SuppressAttr;
}  // namespace clang

namespace coil_check {

/// Whether it carries a mark of coil/base/attributes.hpp: `has_mark(*f, "blocking")`
/// for COIL_BLOCKING, on any declaration of it or on the template that it is made from.
bool has_mark(const clang::Decl& declaration, llvm::StringRef mark);

/// Whether `[[gsl::suppress("coil-<rule>")]]` is on it; `rule` with the `coil-`.
bool is_silent(const clang::Decl* declaration, llvm::StringRef rule);
bool silences(const clang::SuppressAttr* attribute, llvm::StringRef rule);

/// `std::basic_string` for `std::__cxx11::basic_string<char>`: qualified, without
/// template arguments, inline namespaces and unnamed ones.
std::string plain_name(const clang::NamedDecl& declaration);

/// Whether a plain name is that of a container of the standard's that keeps its
/// elements until it is told otherwise; of an adaptor of one, such as a queue; of a
/// lock that is held.
bool is_std_container(llvm::StringRef name);
bool is_std_adaptor(llvm::StringRef name);
bool is_std_lock(llvm::StringRef name);

/// The class of an object or of what a reference refers to; null if it is none.
const clang::CXXRecordDecl* class_of(clang::QualType type);

/// Whether it is coil's, or of a class of coil's; whether such an object or reference
/// is of a `coil::group`.
bool is_in_coil(const clang::NamedDecl& declared);
bool is_in_coil(clang::QualType type);
bool is_group(clang::QualType type);
/// Whether such an object or reference is a `std::shared_ptr`.
bool is_shared_pointer(clang::QualType type);

}  // namespace coil_check
