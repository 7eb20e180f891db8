// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/flow.hpp>

#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/DenseMap.h>

namespace coil_check {

/// Which of some variables are needed after each suspension of a coroutine: used later,
/// destroyed later, or lent to somebody who may use them. Neither those that are given
/// a new value first, nor those that hold nothing then: moved from, reset, unlocked.
class liveness {
public:
    liveness(const body& in, const flow& control,
             llvm::ArrayRef<const clang::VarDecl*> asked);

    struct point {
        const clang::CoroutineSuspendExpr* suspension;
        flow::facts needed;  // by the index in `asked`
        flow::facts empty;
    };
    /// The suspensions that can be reached.
    [[nodiscard]] llvm::ArrayRef<point> points() const { return points_; }

private:
    [[nodiscard]] int index_of(const clang::VarDecl* variable) const;
    [[nodiscard]] int index_of(const clang::Stmt& use) const;
    void step_back(const clang::CFGElement& element, flow::facts& needed) const;
    void step_forward(const clang::CFGElement& element, flow::facts& empty) const;
    void note_end(const clang::VarDecl* variable, flow::facts& needed) const;
    void note_declared(const clang::DeclStmt& declares, flow::facts& facts) const;
    [[nodiscard]] int emptied_by(const clang::Stmt& statement) const;
    [[nodiscard]] int overwritten_by(const clang::Stmt& statement) const;
    [[nodiscard]] bool is_overwritten(const clang::Stmt& use) const;
    void find_points();

    const body& in_;
    const flow& control_;
    llvm::ArrayRef<const clang::VarDecl*> asked_;
    llvm::DenseMap<const clang::VarDecl*, int> indices_;
    llvm::SmallVector<point, 8> points_;
};

/// Whether a moved-from object of this type holds nothing: a unique_ptr, a unique_lock,
/// a future, and what is moved member by member and made of those.
bool is_empty_when_moved(clang::QualType type);

}  // namespace coil_check
