// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/drop_advice.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Lex/Lexer.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

bool is_named(clang::QualType type, const llvm::StringSet<>& names) {
    auto* record = class_of(type);
    return record != nullptr && names.contains(plain_name(*record));
}
bool is_shared(clang::QualType type) {
    static const llvm::StringSet<> names = {"std::shared_ptr"};
    return is_named(type, names);
}
bool holds_one(clang::QualType type) {
    static const llvm::StringSet<> names = {"std::unique_ptr", "std::optional"};
    return is_named(type, names);
}
bool has_keys(clang::QualType type) {
    static const llvm::StringSet<> names = {
        "std::map", "std::multimap", "std::unordered_map", "std::unordered_multimap"};
    return is_named(type, names);
}

std::string text_at(clang::SourceRange range, const unit& of) {
    if (range.isInvalid() || range.getBegin().isMacroID()) return {};
    return clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(range),
                                       of.ast.getSourceManager(), of.ast.getLangOpts())
        .str();
}

/// The initializer as an expression of its own, if that is short: of `connection c(1)`
/// that is `connection(1)`.
std::string initializer_of(const clang::ValueDecl& object, const unit& of) {
    constexpr std::size_t length_max = 40;
    auto* variable = dyn_cast<clang::VarDecl>(&object);
    auto* initial = variable != nullptr ? variable->getInit() : nullptr;
    if (initial == nullptr) return "...";
    const std::string type = text_of(variable->getType().getUnqualifiedType(), of.ast);
    auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(initial));
    const bool is_direct = variable->getInitStyle() != clang::VarDecl::CInit;
    std::string text = text_at(initial->getSourceRange(), of);
    if (made != nullptr && is_direct && !made->getParenOrBraceRange().isValid() &&
        made->getNumArgs() == 0) {
        text = type + "()";
    } else if (made != nullptr && is_direct) {
        const std::string given = text_at(made->getParenOrBraceRange(), of);
        text = given.empty() ? given : type + given;
    } else if (llvm::StringRef(text).starts_with("{")) {
        text = type + text;
    }
    const bool is_short = !text.empty() && text.size() <= length_max &&
                          !llvm::StringRef(text).contains('\n') &&
                          text != object.getName() &&
                          text != object.getNameAsString() + "()";
    return is_short ? text : "...";
}

/// Of what holds objects with async drops, but has none itself.
std::string mend_of_holder(const clang::ValueDecl& object, clang::QualType type,
                           const unit& of) {
    const std::string name = object.getNameAsString();
    const std::string inside = text_of(
        of.ast.getRecordType(dropped_in(type.getNonReferenceType(), of)), of.ast);
    if (is_shared(type))
        return "a std::shared_ptr cannot await a drop: keep the '" + inside +
               "' with coil::own or coil::with where all who use it end before, and "
               "lend references to it";
    if (holds_one(type))
        return "give what it holds to coil::with: co_await coil::with(*" + name +
               ", [](" + inside + "& each) -> coil::task<> { ... })";
    const std::string member =
        type->isArrayType()
            ? "..."
            : text_of(type.getNonReferenceType().getUnqualifiedType(), of.ast) + " " +
                  name;
    return "put it into a class that drops it, and give that to coil::own: struct all "
           "{ " +
           member + "; coil::task<> async_drop() { co_await coil::drop(" + name +
           "); } }";
}

bool is_dropped_itself(clang::QualType type, const unit& of) {
    auto* record = class_of(type);
    return record != nullptr && async_drop_of(*record, of) != nullptr;
}

}  // namespace

std::string mend_of_local(const clang::ValueDecl& object, clang::QualType type,
                          const unit& of) {
    auto* record = class_of(type);
    if (record != nullptr && plain_name(*record) == "coil::owned")
        return "coil::owned is for parameters: keep a local with coil::own or "
               "coil::with";
    if (!is_dropped_itself(type, of)) return mend_of_holder(object, type, of);
    return "keep it with coil::with, or with coil::own: auto& " +
           object.getNameAsString() + " = co_await coil::own(" +
           initializer_of(object, of) + ")";
}

std::string mend_of_stopped(const clang::ValueDecl& object, clang::QualType type,
                            const unit& of) {
    if (!is_dropped_itself(type, of)) return mend_of_holder(object, type, of);
    return "give it to coil::own or coil::with before it waits: co_await "
           "coil::own(std::move(" +
           object.getNameAsString() + "))";
}

namespace {

/// The variable that is given as an iterator, or null.
const clang::ValueDecl* iterator_in(const clang::CallExpr& erasing) {
    if (erasing.getNumArgs() != 1) return nullptr;
    const clang::Expr* given = without_wrappers(erasing.getArg(0));
    while (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(given)) {
        if (made->getNumArgs() != 1) return nullptr;
        given = without_wrappers(made->getArg(0));  // to a const_iterator, or a copy
    }
    auto* named = dyn_cast_or_null<clang::DeclRefExpr>(given);
    auto* record = named != nullptr ? class_of(named->getType()) : nullptr;
    const bool is_iterator = record != nullptr &&
                             record->getDeclName().isIdentifier() &&
                             record->getName().contains("terator");
    return is_iterator ? named->getDecl() : nullptr;
}

}  // namespace

std::string mend_of_overwriting(const clang::CallExpr& call,
                                const clang::ValueDecl& object) {
    const std::string name = object.getNameAsString();
    const llvm::StringRef what = name_of(call);
    static const llvm::StringMap<std::string> ends = {{"pop_back", ".back()"},
                                                      {"pop_front", ".front()"}};
    if (const auto end = ends.find(what); end != ends.end())
        return "await the drop of that element before: co_await coil::drop(" + name +
               end->second + ")";
    static const llvm::StringSet<> lists = {"std::vector", "std::deque", "std::list"};
    const clang::QualType type = object.getType().getNonReferenceType();
    if (what != "erase" || (!has_keys(type) && !is_named(type, lists)))
        return "await that before: co_await coil::drop(" + name + ")";
    auto* iterator = iterator_in(call);
    const std::string at = iterator != nullptr ? iterator->getNameAsString() : "it";
    // While it is dropped, others may erase: what is out of the map nobody finds.
    if (has_keys(type))
        return "take the element out, then await its drop: auto gone = " + name +
               ".extract(" + (iterator != nullptr ? at : "key") +
               "); co_await coil::drop(gone.mapped())";
    return (iterator != nullptr
                ? std::string("await the drop of the element, then erase it")
                : std::string("find the element, await its drop, then erase it")) +
           ": co_await coil::drop(*" + at + ")";
}

std::string drop_of_member(const clang::FieldDecl& field, const unit& of) {
    const std::string name = field.getNameAsString();
    if (is_shared(field.getType())) return {};
    return is_dropped_itself(field.getType(), of) ? name + ".async_drop()"
                                                  : "coil::drop(" + name + ")";
}

}  // namespace coil_check
