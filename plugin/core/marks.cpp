// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/marks.hpp>

#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;

namespace {

/// The declaration in the template that `made` was instantiated from.
const clang::Decl* pattern_of(const clang::Decl& made) {
    if (auto* record = dyn_cast<clang::CXXRecordDecl>(&made))
        return record->getTemplateInstantiationPattern();
    if (auto* function = dyn_cast<clang::FunctionDecl>(&made))
        return function->getTemplateInstantiationPattern();
    auto* parameter = dyn_cast<clang::ParmVarDecl>(&made);
    auto* of = parameter != nullptr
                   ? dyn_cast<clang::FunctionDecl>(parameter->getDeclContext())
                   : nullptr;
    auto* from = of != nullptr ? of->getTemplateInstantiationPattern() : nullptr;
    const unsigned index = from != nullptr ? parameter->getFunctionScopeIndex() : 0;
    return from != nullptr && index < from->getNumParams() ? from->getParamDecl(index)
                                                           : nullptr;
}

}  // namespace

bool has_mark(const clang::Decl& declaration, llvm::StringRef mark) {
    for (const clang::Decl* each : declaration.redecls()) {
        for (auto* attribute : each->specific_attrs<clang::AnnotateAttr>()) {
            llvm::StringRef text = attribute->getAnnotation();
            if (text.consume_front("coil::") && text == mark) return true;
        }
    }
    auto* pattern = pattern_of(declaration);
    return pattern != nullptr && pattern != &declaration && has_mark(*pattern, mark);
}

std::string plain_name(const clang::NamedDecl& declaration) {
    std::string name = declaration.getNameAsString();
    for (auto* in = declaration.getDeclContext(); in != nullptr; in = in->getParent()) {
        auto* space = dyn_cast<clang::NamespaceDecl>(in);
        if (space != nullptr && (space->isInline() || space->isAnonymousNamespace()))
            continue;
        if (space != nullptr || llvm::isa<clang::RecordDecl>(in))
            name = llvm::cast<clang::NamedDecl>(in)->getNameAsString() + "::" + name;
    }
    return name;
}

bool is_std_container(llvm::StringRef name) {
    static const llvm::StringSet<> all = {
        "std::vector",        "std::deque",
        "std::list",          "std::forward_list",
        "std::map",           "std::multimap",
        "std::set",           "std::multiset",
        "std::unordered_map", "std::unordered_multimap",
        "std::unordered_set", "std::unordered_multiset",
        "std::basic_string"};
    return all.contains(name);
}
bool is_std_adaptor(llvm::StringRef name) {
    return name == "std::queue" || name == "std::stack" ||
           name == "std::priority_queue";
}
bool is_std_lock(llvm::StringRef name) {
    return name == "std::lock_guard" || name == "std::unique_lock" ||
           name == "std::scoped_lock" || name == "std::shared_lock";
}

const clang::CXXRecordDecl* class_of(clang::QualType type) {
    return type.isNull() ? nullptr : type.getNonReferenceType()->getAsCXXRecordDecl();
}

bool silences(const clang::SuppressAttr* attribute, llvm::StringRef rule) {
    return attribute != nullptr &&
           llvm::is_contained(attribute->diagnosticIdentifiers(), rule);
}

bool is_silent(const clang::Decl* declaration, llvm::StringRef rule) {
    return declaration != nullptr &&
           llvm::any_of(declaration->specific_attrs<clang::SuppressAttr>(),
                        [&](auto* each) { return silences(each, rule); });
}

bool is_in_coil(const clang::NamedDecl& declared) {
    return llvm::StringRef(plain_name(declared)).starts_with("coil::");
}
bool is_in_coil(clang::QualType type) {
    auto* record = class_of(type);
    return record != nullptr && is_in_coil(*record);
}

bool is_group(clang::QualType type) {
    auto* record = class_of(type);
    return record != nullptr && plain_name(*record) == "coil::group";
}

bool is_shared_pointer(clang::QualType type) {
    auto* record = class_of(type);
    return record != nullptr && plain_name(*record) == "std::shared_ptr";
}

}  // namespace coil_check
