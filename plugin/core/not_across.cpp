// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/held.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/not_across.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

/// Classes of the standard that own what their arguments are.
bool owns_its_arguments(llvm::StringRef name) {
    static const llvm::StringSet<> all = {"std::optional",
                                          "std::pair",
                                          "std::tuple",
                                          "std::variant",
                                          "std::array",
                                          "std::unique_ptr",
                                          "std::shared_ptr",
                                          "std::vector",
                                          "std::deque",
                                          "std::list",
                                          "std::forward_list",
                                          "std::map",
                                          "std::multimap",
                                          "std::set",
                                          "std::multiset",
                                          "std::unordered_map",
                                          "std::unordered_multimap",
                                          "std::unordered_set",
                                          "std::unordered_multiset",
                                          "std::stack",
                                          "std::queue",
                                          "std::expected"};
    return all.contains(name);
}

/// Where an object is part of another, and marked COIL_NOT_ACROSS_AWAIT.
struct marked_part {
    const clang::CXXRecordDecl* marked = nullptr;  // null if there is none
    llvm::SmallVector<std::string, 4> path;        // `outer::in`, from the outermost
};

/// Looks into bases, members, captures, and what a container, an optional, a tuple or a
/// smart pointer owns. What it met already is not looked at again.
class search {
public:
    bool is_marked(clang::QualType type) {
        type = type.getCanonicalType();
        while (auto* array = type->getAsArrayTypeUnsafe())
            type = array->getElementType();
        auto* declared = type->getAsCXXRecordDecl();
        if (declared == nullptr || !met_.insert(declared).second) return false;
        if (has_mark(*declared, "not_across_await")) {
            found.marked = declared;
            return true;
        }
        const std::string name = plain_name(*declared);
        if (owns_its_arguments(name)) return is_marked_argument(*declared);
        auto* record = declared->getDefinition();
        return record != nullptr && !declared->isInStdNamespace() &&
               is_marked_part(*record);
    }
    marked_part found;

private:
    bool is_marked(const clang::TemplateArgument& argument) {
        if (argument.getKind() == clang::TemplateArgument::Pack)
            return llvm::any_of(argument.pack_elements(),
                                [&](const auto& each) { return is_marked(each); });
        return argument.getKind() == clang::TemplateArgument::Type &&
               is_marked(argument.getAsType());
    }
    bool is_marked_argument(const clang::CXXRecordDecl& record) {
        auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
        return made != nullptr &&
               llvm::any_of(made->getTemplateArgs().asArray(),
                            [&](const auto& each) { return is_marked(each); });
    }
    bool is_marked_part(const clang::CXXRecordDecl& record) {
        for (const auto& base : record.bases()) {
            if (!is_marked(base.getType())) continue;
            note(record.getNameAsString() + "'s base");
            return true;
        }
        for (auto* member : record.fields()) {
            if (!is_marked(member->getType())) continue;
            note(name_of(*member, record));
            return true;
        }
        return false;
    }
    void note(std::string step) {
        found.path.insert(found.path.begin(), std::move(step));
    }
    static std::string name_of(const clang::FieldDecl& member,
                               const clang::CXXRecordDecl& of) {
        const std::string name = member.getNameAsString();
        if (!of.isLambda())
            return of.getName().empty() ? name : of.getName().str() + "::" + name;
        const auto& capture = *(of.captures().begin() + member.getFieldIndex());
        return capture.capturesVariable()
                   ? "captured " + capture.getCapturedVar()->getNameAsString()
                   : "captured this";
    }

    llvm::DenseSet<const clang::CXXRecordDecl*> met_;
};

bool is_let_go_by(const clang::CallExpr& call, const clang::VarDecl& variable) {
    if (is_move(call)) return local_named_by(call.getArg(0)) == &variable;
    const auto name = name_of(call);
    auto* object = name.empty() ? nullptr : object_of(call);
    return object != nullptr && local_named_by(object) == &variable &&
           (name == "unlock" || name == "release" || name == "reset");
}

/// Whether it may hold nothing there: of a class of the user's, nobody knows what is
/// left after a move or an `unlock()`; and one of the standard's may be empty at first.
bool may_be_empty(const clang::VarDecl& variable, const clang::Stmt& across,
                  const body& in) {
    auto* record = class_of(variable.getType());
    if (record == nullptr || !record->isInStdNamespace())
        return llvm::any_of(in.calls(), [&](const clang::CallExpr* call) {
            return is_let_go_by(*call, variable);
        });
    auto* made =
        dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(variable.getInit()));
    if (made == nullptr || made->getNumArgs() != 0) return false;
    const auto& sources = in.ast().getSourceManager();
    return llvm::none_of(in.uses(variable), [&](const clang::Expr* use) {
        return sources.isBeforeInTranslationUnit(use->getExprLoc(),
                                                 across.getBeginLoc());
    });
}

/// Whether a temporary is a parameter of a function, which has taken it over.
bool is_given_away(const held& each, const body& in) {
    if (each.is != held::what::temporary) return false;
    const clang::Stmt* around = in.parent(each.expression);
    while (
        llvm::isa_and_nonnull<clang::ImplicitCastExpr, clang::CXXBindTemporaryExpr,
                              clang::ParenExpr, clang::CXXFunctionalCastExpr>(around))
        around = in.parent(around);
    return llvm::isa_and_nonnull<clang::CallExpr>(around);
}

std::string name_of(const held& each) {
    if (each.is == held::what::variable) {
        const auto name = each.variable->getName();
        if (name.empty()) return "what this binds";
        return name.starts_with("__") ? "what this loop goes over"
                                      : "'" + name.str() + "'";
    }
    if (each.is == held::what::awaiter) return "what is awaited";
    return each.is == held::what::temporary ? "a temporary"
                                            : "a value that is needed later";
}

marked_part find_marked(clang::QualType type) {
    search look;
    return look.is_marked(type) ? std::move(look.found) : marked_part();
}

void say(const std::string& what, clang::SourceLocation declared, clang::QualType type,
         const clang::Decl* held, const clang::CoroutineSuspendExpr& across,
         const std::string& mend, const body& in, report& to) {
    const std::string word =
        llvm::isa<clang::CoawaitExpr>(across) ? "co_await" : "co_yield";
    const auto part = find_marked(type);
    const std::string marked = "'" + part.marked->getNameAsString() + "'";
    const std::string path =
        part.path.empty()
            ? ""
            : ", in which " + llvm::join(part.path, ", ") + " is a " + marked;
    to.add({.at = across.getKeywordLoc(),
            .text = what + " is held while " + in.name() + " waits here, and " +
                    marked + " asks not to be",
            .notes = {{declared, "it is this one" + path},
                      {part.marked->getLocation(),
                       marked + " is marked COIL_NOT_ACROSS_AWAIT"}},
            .mend = mend + " before the " + word,
            .statement = &across,
            .declaration = held});
}

}  // namespace

void check_not_across(const body& in, report& to) {
    if (in.suspensions().empty()) return;
    const auto matters = [](clang::QualType type, const clang::VarDecl*) {
        return find_marked(type).marked != nullptr;
    };
    const auto& first = *in.suspensions().front();
    for (auto* each : in.function().parameters())
        if (matters(each->getType(), each) && !may_be_empty(*each, first, in))
            say("parameter '" + each->getNameAsString() + "'", each->getLocation(),
                each->getType(), each, first,
                "take it by reference, or move it into a block that ends", in, to);
    for (const auto& each : held_across(in, to.of(), matters)) {
        if (each.variable != nullptr && may_be_empty(*each.variable, *each.across, in))
            continue;
        if (is_given_away(each, in)) continue;
        say(name_of(each), each.at(), each.type, each.variable, *each.across,
            each.variable != nullptr ? "end its block"
                                     : "let it end in a statement of its own",
            in, to);
    }
}

}  // namespace coil_check
