// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/holders.hpp>
#include <plugin/core/lent_awaits.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Lex/Lexer.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

constexpr std::size_t text_max = 50;  // of code in a mend

/// The await that gave a temporary which ends with its statement; null of others.
const clang::CoawaitExpr* await_that_gave(const clang::Expr& temporary) {
    auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(&temporary);
    if (made == nullptr || made->getStorageDuration() != clang::SD_FullExpression)
        return nullptr;
    return dyn_cast_or_null<clang::CoawaitExpr>(without_wrappers(made->getSubExpr()));
}

/// What may refer to others itself, or share what it owns with them.
bool may_refer_to_others(clang::QualType type) {
    auto* record = class_of(type);
    if (record == nullptr || is_view(type)) return true;
    const std::string name = plain_name(*record);
    if (name == "std::shared_ptr" || name == "std::weak_ptr") return true;
    auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
    if (made == nullptr) return false;
    const auto refers = [](const clang::TemplateArgument& each) {
        return each.getKind() == clang::TemplateArgument::Type &&
               each.getAsType()->isReferenceType();
    };
    return llvm::any_of(
        made->getTemplateArgs().asArray(), [&](const clang::TemplateArgument& each) {
            return refers(each) || (each.getKind() == clang::TemplateArgument::Pack &&
                                    llvm::any_of(each.pack_elements(), refers));
        });
}

/// `links_` or `page_.links`, of the object itself.
bool is_own_member(const clang::Expr& value) {
    const clang::Expr* part = without_casts(&value);
    auto* member = dyn_cast<clang::MemberExpr>(part);
    if (member == nullptr) return false;
    for (; member != nullptr; member = dyn_cast<clang::MemberExpr>(part)) {
        if (!isa<clang::FieldDecl>(member->getMemberDecl()) ||
            member->getMemberDecl()->getType()->isReferenceType())
            return false;
        part = without_casts(member->getBase());
        if (member->isArrow()) return isa<clang::CXXThisExpr>(part);
    }
    return false;
}

/// What `(co_await load()).links()` is called on, if that gives a reference to a
/// member.
const clang::Expr* owner_asked(const clang::Expr& value, clang::ASTContext& ast) {
    auto* call = dyn_cast_or_null<clang::CXXMemberCallExpr>(without_wrappers(&value));
    auto* defined = call != nullptr && call->isGLValue() ? body_of(*call) : nullptr;
    if (defined == nullptr || defined->isDependentContext() ||
        call->getMethodDecl()->isVirtual())
        return nullptr;
    const body inside(*defined, ast);
    return !inside.returns().empty() &&
                   llvm::all_of(inside.returns(),
                                [](auto* each) { return is_own_member(*each); })
               ? without_casts(call->getImplicitObjectArgument())
               : nullptr;
}

class finder {
public:
    finder(const body& in, report& to) : in_(in), to_(to), loans_(in, to.of()) {}

    void check() {
        if (!in_.is_coroutine()) return;
        for (auto* each : in_.locals()) {
            auto* initial = each->getInit();
            const auto type = each->getType();
            if (initial == nullptr || !(type->isReferenceType() || is_view(type)) ||
                in_.uses(*each).empty())
                continue;
            if (auto* await = gone_under(*each, *initial)) say(*each, *await);
        }
    }

private:
    const clang::CoawaitExpr* gone_under(const clang::VarDecl& variable,
                                         const clang::Expr& initial) {
        const bool is_reference = variable.getType()->isReferenceType();
        if (is_reference)
            if (auto* owner = owner_asked(initial, in_.ast()))
                if (auto* await = await_that_gave(*owner)) return await;
        const auto all =
            is_reference ? loans_.of_place(initial) : loans_.of_value(initial);
        if (all.size() != 1 || all[0].temporary == nullptr) return nullptr;
        auto* await = await_that_gave(*all[0].temporary);
        return await != nullptr && !may_refer_to_others(await->getType()) ? await
                                                                          : nullptr;
    }
    void say(const clang::VarDecl& variable, const clang::CoawaitExpr& await) {
        const bool is_loop = is_of_loop(variable);
        const std::string what =
            "a temporary " +
            quoted(await.getType().getUnqualifiedType(), in_.ast(), "object");
        finding found{.at = await.getKeywordLoc(),
                      .text = is_loop ? "this loop goes over a part of " + what +
                                            ", which is gone when the loop begins"
                                      : "'" + variable.getNameAsString() +
                                            "' refers to " + what +
                                            ", which is gone at the end of this "
                                            "statement",
                      .mend = "keep the value in a local first" + written(await),
                      .statement = &await,
                      .declaration = &variable};
        auto* used = is_loop ? nullptr : in_.uses(variable).front();
        if (used != nullptr)
            found.notes.push_back({used->getExprLoc(), "it is used here"});
        to_.add(found);
    }
    /// How that would look.
    std::string written(const clang::CoawaitExpr& await) const {
        const auto range =
            clang::CharSourceRange::getTokenRange(await.getSourceRange());
        const auto text = clang::Lexer::getSourceText(
            range, in_.ast().getSourceManager(), in_.ast().getLangOpts());
        if (text.empty() || text.size() > text_max || text.contains('\n')) return "";
        return ": const auto value = " + text.str() + ";";
    }

    const body& in_;
    report& to_;
    loans loans_;
};

}  // namespace

void check_lent_awaits(const body& in, report& to) {
    finder(in, to).check();
}

}  // namespace coil_check
