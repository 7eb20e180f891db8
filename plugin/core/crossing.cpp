// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/crossing.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;

namespace {

// Not before they are needed: a compiler of another version loads this, too.
using names = llvm::StringSet<>;

/// Their arguments are not what they hold.
const names& erased() {
    static const names all = {"std::coroutine_handle", "std::function",
                              "std::move_only_function", "std::packaged_task"};
    return all;
}
/// They are copied without what they refer to, and share it.
const names& sharing() {
    static const names all = {"std::shared_ptr", "std::weak_ptr", "std::span",
                              "std::basic_string_view", "std::reference_wrapper"};
    return all;
}

/// Whether several threads may use one, whatever `const` says.
bool is_synchronized(llvm::StringRef name) {
    static const names all = {"std::atomic",
                              "std::atomic_flag",
                              "std::mutex",
                              "std::recursive_mutex",
                              "std::timed_mutex",
                              "std::shared_mutex",
                              "std::shared_timed_mutex",
                              "std::condition_variable",
                              "std::once_flag",
                              "std::condition_variable_any"};
    return all.contains(name);
}

crossing of_referred(crossing how) {
    return how == crossing::moves ? how : crossing::shared;
}

/// As `coil::detail::holds_lock` asks: it is made from its `mutex_type&`.
bool is_made_from_its_mutex(const clang::CXXRecordDecl& record) {
    auto& names = record.getASTContext().Idents;
    auto found = record.lookup(&names.get("mutex_type"));
    auto* alias =
        found.empty() ? nullptr : dyn_cast<clang::TypedefNameDecl>(found.front());
    if (alias == nullptr) return false;
    const auto& ast = record.getASTContext();
    return llvm::any_of(record.ctors(), [&](const clang::CXXConstructorDecl* each) {
        if (each->getNumParams() == 0) return false;
        const auto first = each->getParamDecl(0)->getType();
        return first->isLValueReferenceType() &&
               ast.hasSameUnqualifiedType(first->getPointeeType(),
                                          alias->getUnderlyingType());
    });
}

bool is_held_lock(const clang::CXXRecordDecl& record, llvm::StringRef name) {
    return is_std_lock(name) || record.hasAttr<clang::ScopedLockableAttr>() ||
           is_made_from_its_mutex(record);
}

/// The name of a member, or what a lambda captured into it.
std::string name_of(const clang::FieldDecl& member, const clang::CXXRecordDecl& of) {
    const std::string name = member.getNameAsString();
    if (!of.isLambda())
        return of.getName().empty() ? name : of.getName().str() + "::" + name;
    const auto& capture = *(of.captures().begin() + member.getFieldIndex());
    if (!capture.capturesVariable()) return "captured this";
    return "captured " + capture.getCapturedVar()->getNameAsString();
}

}  // namespace

/// One walk into a type. What it met already counts as free of obstacles: a type that
/// refers to itself has none because of that.
class crossings::search {
public:
    explicit search(crossings& in) : in_(in), oracle_(in.oracle_) {}

    bool may(crossing how, clang::QualType type) {
        type = type.getCanonicalType();
        if (type.isNull() || type->isDependentType()) return true;
        if (auto* array = in_.of_.ast.getAsArrayType(type))
            return may(how, array->getElementType());
        type = type.getUnqualifiedType();
        const auto already = in_.known_.find({type.getTypePtr(), int(how)});
        if (already != in_.known_.end() && already->second) return true;
        if (!met_.insert({type.getTypePtr(), int(how)}).second) return true;
        if (const auto said = opinion(how, type)) {
            if (!*said) {
                return block(type, "which says so itself");
            }
            if (!is_coils(type)) return true;
        }
        if (type->isReferenceType() || type->isPointerType())
            return may(of_referred(how), type->getPointeeType());
        auto* record = type->getAsCXXRecordDecl();
        return record == nullptr || class_may(how, *record, type);
    }
    /// All that it met is free of obstacles, if it found none.
    void remember() {
        for (const auto& each : met_) in_.known_[each] = true;
    }
    obstacle found;

private:
    std::optional<bool> opinion(crossing how, clang::QualType type) const {
        const auto sendable = oracle_.enable_sendable(type);
        if (how != crossing::shared) return sendable;
        const auto shareable = oracle_.enable_shareable(type);
        // What belongs to a thread is not for others, as long as it does not say so.
        return shareable || sendable != false ? shareable : sendable;
    }
    static bool is_coils(clang::QualType type) {
        auto* record = type->getAsCXXRecordDecl();
        return record != nullptr &&
               llvm::StringRef(plain_name(*record)).starts_with("coil::");
    }
    bool block(clang::QualType type, std::string reason) {
        found.type = type;
        found.reason = std::move(reason);
        return false;
    }
    bool class_may(crossing how, const clang::CXXRecordDecl& declared,
                   clang::QualType type) {
        const std::string name = plain_name(declared);
        if (is_synchronized(name)) return true;
        auto* record = declared.getDefinition();
        const auto is_local =
            record != nullptr ? oracle_.is_local(*record) : std::optional<bool>();
        if (is_local == true) return block(type, "which belongs to one thread");
        if (is_local == false && how != crossing::shared) return true;
        found.is_lock = record != nullptr && is_held_lock(*record, name);
        if (found.is_lock)
            return block(type, "a lock, which only the thread that took it may let go");
        if (how == crossing::shared && is_future(type, in_.of_))
            return block(type, "which one strand awaits");
        // A template of the standard may not be instantiated yet; of others that says
        // nothing.
        if (is_of_a_library(name))
            return arguments_may(sharing().contains(name) ? of_referred(how) : how,
                                 name, declared);
        return record == nullptr || parts_may(how, *record);
    }
    static bool is_of_a_library(llvm::StringRef name) {
        return name.starts_with("std::") || name.starts_with("__gnu_cxx::") ||
               name.starts_with("coil::");
    }
    bool arguments_may(crossing how, llvm::StringRef name,
                       const clang::CXXRecordDecl& record) {
        auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
        return made == nullptr || erased().contains(name) ||
               llvm::all_of(made->getTemplateArgs().asArray(),
                            [&](const auto& each) { return argument_may(how, each); });
    }
    bool argument_may(crossing how, const clang::TemplateArgument& argument) {
        if (argument.getKind() == clang::TemplateArgument::Pack) {
            return llvm::all_of(argument.pack_elements(), [&](const auto& each) {
                return argument_may(how, each);
            });
        }
        return argument.getKind() != clang::TemplateArgument::Type ||
               may(how, argument.getAsType());
    }
    bool parts_may(crossing how, const clang::CXXRecordDecl& record) {
        for (const auto& base : record.bases()) {
            if (may(how, base.getType())) continue;
            const std::string name = text_of(base.getType(), in_.of_.ast);
            if (found.path.empty()) found.at = base.getBeginLoc();
            found.path.insert(found.path.begin(),
                              record.getNameAsString() + "'s base " + name);
            return false;
        }
        for (auto* member : record.fields()) {
            if (member_may(how, *member)) continue;
            if (found.path.empty()) found.at = member->getLocation();
            if (member->isAnonymousStructOrUnion()) return false;
            found.path.insert(found.path.begin(), name_of(*member, record));
            return false;
        }
        return true;
    }
    bool member_may(crossing how, const clang::FieldDecl& member) {
        if (!may(how, member.getType())) return false;
        if (how != crossing::shared || !member.isMutable()) return true;
        auto* record = class_of(member.getType());
        if (record != nullptr &&
            (is_synchronized(plain_name(*record)) ||
             oracle_.enable_shareable(member.getType().getUnqualifiedType())
                 .value_or(false)))
            return true;
        return block(member.getType(),
                     "mutable, so that two threads may write it at once");
    }

    crossings& in_;
    const oracle& oracle_;
    llvm::DenseSet<std::pair<const clang::Type*, int>> met_;
};

std::string text_of(const obstacle& found, clang::QualType whole,
                    const clang::ASTContext& ast) {
    const std::string name = quoted(whole, ast, "");
    const std::string part = "a '" + text_of(found.type, ast) + "', " + found.reason;
    const std::string start = name.empty() ? "" : "it is of type " + name + ", ";
    if (!found.path.empty())
        return start + (name.empty() ? "in it " : "in which ") +
               llvm::join(found.path, ", ") + " is " + part;
    if (name.empty()) return "it holds " + part;
    return ast.hasSameUnqualifiedType(found.type, whole.getNonReferenceType())
               ? start + found.reason
               : start + "with " + part;
}

bool crossings::may(crossing how, clang::QualType type) {
    const auto whole = type.getCanonicalType();
    const auto known = known_.find({whole.getTypePtr(), int(how)});
    if (known != known_.end()) return known->second;
    search look(*this);
    const bool is_free = look.may(how, type);
    if (is_free) look.remember();
    return known_[{whole.getTypePtr(), int(how)}] = is_free;
}

std::optional<obstacle> crossings::find_obstacle(crossing how, clang::QualType type) {
    search look(*this);
    if (look.may(how, type)) return std::nullopt;
    return std::move(look.found);
}

bool crossings::moves_between_threads(clang::QualType future) const {
    auto* record = class_of(future);
    auto* defined = record != nullptr ? record->getDefinition() : nullptr;
    return defined != nullptr && oracle_.is_local(*defined) == false;
}

}  // namespace coil_check
