// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/changes.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/ADT/StringSwitch.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

constexpr unsigned depth_max = 3;  // of functions that hand a container on

/// What moves when something is put into a container.
enum class kind : unsigned char { other, nodes, hashed, queue, row, buffer };

kind kind_of(clang::QualType type) {
    auto* record = type.isNull() ? nullptr : class_of(type);
    if (record == nullptr) return kind::other;
    return llvm::StringSwitch<kind>(plain_name(*record))
        .Cases("std::map", "std::multimap", "std::set", "std::multiset", "std::list",
               "std::forward_list", kind::nodes)
        .Cases("std::unordered_map", "std::unordered_set", "std::unordered_multimap",
               "std::unordered_multiset", kind::hashed)
        .Case("std::deque", kind::queue)
        .Cases("std::vector", "std::basic_string", kind::row)
        .Case("coil::buffer", kind::buffer)
        .Default(kind::other);
}

bool is_assignment(const clang::CallExpr& call) {
    auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(&call);
    return operation != nullptr && operation->getOperator() == clang::OO_Equal;
}

bool removes(llvm::StringRef name) {
    static const llvm::StringSet<> all = {
        "erase",  "clear",     "extract", "swap",   "assign",   "pop_back", "pop_front",
        "remove", "remove_if", "unique",  "splice", "erase_if", "exchange"};
    return all.contains(name);
}

/// Whether it may move what is there, or what an iterator needs, somewhere else.
bool grows(const clang::CallExpr& call, kind of, bool has_iterator) {
    auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(&call);
    const llvm::StringRef name = name_of(call);
    switch (of) {
        case kind::hashed:
            if (!has_iterator) return false;
            if (operation != nullptr)
                return operation->getOperator() == clang::OO_Subscript;
            return llvm::StringSwitch<bool>(name)
                .Cases("insert", "emplace", "try_emplace", "insert_or_assign", true)
                .Cases("emplace_hint", "rehash", "reserve", "merge", true)
                .Default(false);
        case kind::queue:
            return name == "insert" || name == "emplace" ||
                   (has_iterator && llvm::StringSwitch<bool>(name)
                                        .Cases("push_back", "emplace_back", true)
                                        .Cases("push_front", "emplace_front", true)
                                        .Default(false));
        case kind::row:
            if (operation != nullptr)
                return operation->getOperator() == clang::OO_PlusEqual;
            return llvm::StringSwitch<bool>(name)
                .Cases("push_back", "emplace_back", "insert", "emplace", "append", true)
                .Cases("resize", "shrink_to_fit", "replace", true)
                .Default(false);
        case kind::buffer: return name == "prepare" || name == "append";
        case kind::nodes:
        case kind::other: return false;
    }
    return false;
}

/// Whether a coroutine of coil's reads into a buffer that it is given.
bool is_of_coils_io(const clang::FunctionDecl& callee, const unit& of) {
    return llvm::StringRef(plain_name(callee)).starts_with("coil::") &&
           is_future(callee.getReturnType(), of);
}

}  // namespace

bool is_container(clang::QualType type) {
    return kind_of(type) != kind::other;
}
bool is_buffer(clang::QualType type) {
    return kind_of(type) == kind::buffer;
}

const clang::Expr* changed_by(const clang::CallExpr& call) {
    const clang::Expr* object = object_of(call);
    auto* callee = call.getDirectCallee();
    if (object == nullptr && callee != nullptr && callee->isInStdNamespace() &&
        call.getNumArgs() > 0 &&
        (removes(name_of(call)) || (is_move(call) && name_of(call) == "move")))
        object = call.getArg(0);
    return object != nullptr && is_container(object->getType()) ? object : nullptr;
}

change change_by(const clang::CallExpr& call, const clang::Expr& container,
                 bool has_iterator) {
    const auto type = container.getType();
    const kind of = kind_of(type.getNonReferenceType());
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    if (of == kind::other || type.isConstQualified() ||
        (method != nullptr && method->isConst()))
        return change::none;
    if (grows(call, of, has_iterator)) return change::growth;
    if (of == kind::buffer) return is_assignment(call) ? change::removal : change::none;
    return is_assignment(call) || removes(name_of(call)) || is_move(call)
               ? change::removal
               : change::none;
}

bool changes_all(const clang::CallExpr& call, const clang::Expr& container,
                 bool has_iterator, bool counts_growth) {
    switch (change_by(call, container, has_iterator)) {
        case change::none: return false;
        case change::growth: return counts_growth || is_buffer(container.getType());
        case change::removal: break;
    }
    return is_assignment(call) || name_of(call) == "clear" || name_of(call) == "assign";
}

/// What a function does to a container, which it knows by the name `inside`.
static const clang::Expr* change_in(const clang::FunctionDecl& function,
                                    const place& inside, bool has_iterator,
                                    bool counts_growth, const unit& of,
                                    unsigned depth) {
    if (function.isDependentContext()) return nullptr;
    const body seen(function, of.ast);
    for (auto* each : seen.calls()) {
        auto* changed = changed_by(*each);
        if (changed != nullptr && place::of(changed) == inside &&
            changes_all(*each, *changed, has_iterator, counts_growth))
            return each;
        if (auto* further = changes_given(*each, inside, has_iterator, counts_growth,
                                          of, depth + 1))
            return further;
    }
    return nullptr;
}

const clang::Expr* changes_given(const clang::CallExpr& call, const place& container,
                                 bool has_iterator, bool counts_growth, const unit& of,
                                 unsigned depth) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || callee->isInStdNamespace() || depth > depth_max)
        return nullptr;
    auto* defined = body_of(call);
    auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
    auto* object = method != nullptr ? object_of(call) : nullptr;
    const bool has_this = object != nullptr && !method->isVirtual() &&
                          llvm::isa<clang::CXXThisExpr>(without_casts(object));
    if (has_this && defined != nullptr && container.is_member_of_this() &&
        is_buffer(container.type()))
        if (auto* found =
                change_in(*defined, container, has_iterator, counts_growth, of, depth))
            return found;
    for (unsigned i = 0; i < callee->getNumParams(); ++i) {
        auto* given = argument_for(call, i);
        const auto type = callee->getParamDecl(i)->getType();
        if (given == nullptr || !type->isLValueReferenceType() ||
            type->getPointeeType().isConstQualified() ||
            !is_container(type->getPointeeType()) || !(place::of(given) == container))
            continue;
        if (is_buffer(type->getPointeeType()) && is_of_coils_io(*callee, of))
            return &call;
        if (defined == nullptr) continue;
        const place inside = container.seen_from(container, defined->getParamDecl(i));
        if (auto* found =
                change_in(*defined, inside, has_iterator, counts_growth, of, depth))
            return found;
    }
    return nullptr;
}

}  // namespace coil_check
