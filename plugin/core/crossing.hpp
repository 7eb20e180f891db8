// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/oracle.hpp>

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/SmallVector.h>

#include <optional>
#include <string>

namespace coil_check {

/// How an object may get to another thread, as in coil/core/sendable.hpp.
enum class crossing : unsigned char {
    moves,   // with the strand that holds it, and with what it refers to
    enters,  // into a new strand, while others go on to use what it refers to
    shared,  // it stays, and both threads use it
};

/// The part of a type that may not get to another thread.
struct obstacle {
    clang::QualType type;                    ///< The part's.
    std::string reason;                      ///< "a lock, which only ...".
    llvm::SmallVector<std::string, 4> path;  ///< `outer::in`, from the outermost.
    bool is_lock = false;                    ///< One that is held.
    clang::SourceLocation at;                ///< The last member on the path, if any.
};

/// "it is of type 'outer', in which outer::in, inner::lock is a 'std::unique_lock<..>',
/// a lock, ...": what a note says of `found` in `whole`.
std::string text_of(const obstacle& found, clang::QualType whole,
                    const clang::ASTContext& ast);

/// Looks into types for what may not get to another thread.
///
/// As the library does, through references, containers and smart pointers; beyond that,
/// into members, bases and captures. What cannot be seen is trusted: `void*`, a class
/// that is not defined here, who derives from a class, what a `std::function` holds.
class crossings {
public:
    explicit crossings(unit& of) : of_(of), oracle_(of) {}

    [[nodiscard]] bool may(crossing how, clang::QualType type);
    /// Null if it may.
    [[nodiscard]] std::optional<obstacle> find_obstacle(crossing how,
                                                        clang::QualType type);
    /// Whether what a coroutine of this type holds has to be `sendable`: `is_local` of
    /// its class is false.
    [[nodiscard]] bool moves_between_threads(clang::QualType future) const;
    [[nodiscard]] const oracle& constants() const { return oracle_; }

private:
    class search;

    unit& of_;
    oracle oracle_;
    llvm::DenseMap<std::pair<const clang::Type*, int>, bool> known_;
};

}  // namespace coil_check
