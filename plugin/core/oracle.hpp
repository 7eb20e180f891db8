// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/DeclTemplate.h>

#include <optional>

namespace coil_check {

struct unit;

/// What the program's own constants say about types. It asks the compiler to
/// instantiate them, so that partial specializations and conditions count, too.
class oracle {
public:
    explicit oracle(unit& of);

    /// `coil::enable_sendable<T>`, where somebody specialized it as a bool.
    [[nodiscard]] std::optional<bool> enable_sendable(clang::QualType type) const;
    [[nodiscard]] std::optional<bool> enable_shareable(clang::QualType type) const;
    /// `T::is_local`, where the class itself declares it as a constant.
    [[nodiscard]] std::optional<bool> is_local(
        const clang::CXXRecordDecl& record) const;

private:
    [[nodiscard]] std::optional<bool> value_for(clang::VarTemplateDecl* of,
                                                clang::QualType type) const;
    [[nodiscard]] std::optional<bool> value_of(clang::VarDecl& constant) const;

    unit& of_;
    clang::VarTemplateDecl* sendable_ = nullptr;
    clang::VarTemplateDecl* shareable_ = nullptr;
    const clang::IdentifierInfo* is_local_;
};

}  // namespace coil_check
