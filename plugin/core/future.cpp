// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::isa;

namespace {

bool is_awaited_as_rvalue(const clang::CXXRecordDecl& record) {
    for (auto* method : record.methods())
        if (method->getOverloadedOperator() == clang::OO_Coawait)
            return method->getRefQualifier() == clang::RQ_RValue;
    return llvm::any_of(record.decls(), [](const clang::Decl* each) {
        auto* made_from = dyn_cast<clang::FunctionTemplateDecl>(each);
        auto* method =
            made_from != nullptr
                ? dyn_cast<clang::CXXMethodDecl>(made_from->getTemplatedDecl())
                : nullptr;
        return method != nullptr &&
               method->getOverloadedOperator() == clang::OO_Coawait &&
               method->getRefQualifier() == clang::RQ_RValue;
    });
}

bool is_leaf(const clang::CXXRecordDecl& record) {
    const auto& names = record.getASTContext().Idents;
    const auto name = names.find("is_coil_leaf");
    return name != names.end() && !record.lookup(name->second).empty();
}

bool is_future_class(const clang::CXXRecordDecl& record, const unit& of) {
    if (has_mark(record, "future")) return true;
    if (!of.chosen.futures.empty() &&
        llvm::is_contained(of.chosen.futures, plain_name(record)))
        return true;
    auto* defined = record.getDefinition();
    if (defined == nullptr) return false;
    if (is_leaf(*defined) || is_awaited_as_rvalue(*defined)) return true;
    return llvm::any_of(defined->bases(), [&](const clang::CXXBaseSpecifier& base) {
        auto* of_base = base.getType()->getAsCXXRecordDecl();
        return of_base != nullptr && is_future_class(*of_base, of);
    });
}

}  // namespace

bool is_coroutine_type(clang::QualType type, const unit& of) {
    auto* record = class_of(type);
    if (record == nullptr || !record->hasDefinition()) return false;
    if (llvm::is_contained(of.chosen.futures, plain_name(*record))) return true;
    return !record->getDefinition()->lookup(&of.ast.Idents.get("promise_type")).empty();
}

/// Of the class or of its bases.
static const clang::CXXMethodDecl* method_named(const clang::IdentifierInfo& name,
                                                const clang::CXXRecordDecl& record) {
    auto* defined = record.getDefinition();
    if (defined == nullptr) return nullptr;
    for (auto* each : defined->lookup(&name))
        if (auto* method = dyn_cast<clang::CXXMethodDecl>(each)) return method;
    for (const auto& base : defined->bases())
        if (auto* of_base = base.getType()->getAsCXXRecordDecl())
            if (auto* method = method_named(name, *of_base)) return method;
    return nullptr;
}

bool begins_at_once(clang::QualType type, const unit& of) {
    auto* record = class_of(type);
    if (record == nullptr || !record->hasDefinition()) return false;
    auto& names = of.ast.Idents;
    for (auto* each : record->getDefinition()->lookup(&names.get("promise_type"))) {
        auto* named = dyn_cast<clang::TypeDecl>(each);
        auto* promise = named != nullptr
                            ? of.ast.getTypeDeclType(named)->getAsCXXRecordDecl()
                            : nullptr;
        if (promise == nullptr) continue;
        auto* initial = method_named(names.get("initial_suspend"), *promise);
        auto* gives = initial != nullptr
                          ? initial->getReturnType()->getAsCXXRecordDecl()
                          : nullptr;
        return gives != nullptr && plain_name(*gives) == "std::suspend_never";
    }
    return false;
}

bool is_future(const clang::Expr& made, const unit& of) {
    return made.isPRValue() && is_future(made.getType(), of);
}

bool is_future(clang::QualType type, const unit& of) {
    if (type.isNull() || type->isDependentType()) return false;
    auto* record = type->getAsCXXRecordDecl();
    return record != nullptr && is_future_class(*record, of);
}

using asks_type = bool(clang::QualType, const unit&);

/// Whether it is a template of the standard's, of types for which `asks` is true.
static bool holds(clang::QualType type, const unit& of, asks_type& asks) {
    auto* made =
        llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(class_of(type));
    if (made == nullptr || !made->isInStdNamespace()) return false;
    return llvm::any_of(made->getTemplateArgs().asArray(), [&](const auto& each) {
        return each.getKind() == clang::TemplateArgument::Type &&
               (asks(each.getAsType(), of) || holds(each.getAsType(), of, asks));
    });
}

bool holds_futures(clang::QualType type, const unit& of) {
    return holds(type, of, is_future);
}
bool holds_keepers(clang::QualType type, const unit& of) {
    return holds(type, of, keeps_loans);
}

static bool has_member(const clang::CXXRecordDecl& record, llvm::StringRef called) {
    const auto& names = record.getASTContext().Idents;
    const auto name = names.find(called);
    return name != names.end() && !record.lookup(name->second).empty();
}

/// What coil makes of other streams, and the adaptors on the right of a `|`.
static bool is_stream_of_coil(const clang::CXXRecordDecl& record) {
    const std::string name = plain_name(record);
    const llvm::StringRef text(name);
    if (!text.starts_with("coil::")) return false;
    if (text.ends_with("_stream")) return has_member(record, "next");
    return text.starts_with("coil::detail::") && text.ends_with("_adaptor");
}

bool keeps_loans(clang::QualType type, const unit& of) {
    if (is_future(type, of)) return true;
    auto* record =
        type.isNull() || type->isDependentType() ? nullptr : type->getAsCXXRecordDecl();
    if (record == nullptr || !record->hasDefinition()) return false;
    record = record->getDefinition();
    const bool is_generator =
        is_coroutine_type(type, of) &&
        (has_member(*record, "next") || has_member(*record, "begin"));
    return is_generator || is_stream_of_coil(*record);
}

namespace {

/// Walks from a future up to what decides its fate.
class fate_finder {
public:
    /// `keeps` and `holds` say what takes such a thing over.
    fate_finder(const body& in, const unit& of, asks_type& keeps, asks_type& holds)
        : in_(in),
          of_(of),
          keeps_(keeps),
          holds_(holds) {}

    fate_of_future find(const clang::Expr& made) {
        const clang::Stmt* part = &made;
        found_.future = &made;
        for (auto* whole = in_.parent(part); whole != nullptr;
             part = std::exchange(whole, in_.parent(whole))) {
            found_.at = whole;
            if (is_decided_by(*whole, *part)) return found_;
        }
        found_.is = fate::member;
        return found_;
    }

private:
    bool decide(fate is) {
        found_.is = is;
        return true;
    }
    bool is_decided_by(const clang::Stmt& whole, const clang::Stmt& part) {
        if (auto* await = dyn_cast<clang::CoroutineSuspendExpr>(&whole))
            return !is_kept_by(*await) && decide(fate::awaited);
        if (isa<clang::ReturnStmt, clang::CoreturnStmt>(whole))
            return decide(fate::returned);
        if (isa<clang::DeclStmt>(whole)) {
            found_.variable = in_.initialized_by(llvm::cast<clang::Expr>(part));
            return decide(fate::kept);
        }
        if (auto* call = dyn_cast<clang::CallExpr>(&whole)) return by_call(*call, part);
        if (auto* cast = dyn_cast<clang::ExplicitCastExpr>(&whole))
            return cast->getType()->isVoidType() && decide(fate::discarded);
        if (auto* binary = dyn_cast<clang::BinaryOperator>(&whole)) {
            if (binary->getOpcode() != clang::BO_Comma) return decide(fate::handed_on);
            return binary->getLHS() == &part && decide(fate::discarded);
        }
        if (auto* construct = dyn_cast<clang::CXXConstructExpr>(&whole))
            return !keeps_(construct->getType(), of_) &&
                   !holds_(construct->getType(), of_) && decide(fate::handed_on);
        if (auto* block = dyn_cast<clang::CompoundStmt>(&whole))
            return decide(is_value_of(*block, part) ? fate::handed_on
                                                    : fate::discarded);
        if (!isa<clang::Expr>(whole))
            return !isa<clang::LabelStmt, clang::AttributedStmt>(whole) &&
                   decide(fate::discarded);
        return !passes_on(whole) && decide(fate::handed_on);
    }
    bool by_call(const clang::CallExpr& call, const clang::Stmt& part) {
        if (is_move(call)) return false;
        const bool is_callee = call.getCallee() == &part;
        if (!is_callee && call.isPRValue() && keeps_(call.getType(), of_)) {
            found_.future = &call;
            return false;
        }
        found_.taker = &call;
        return decide(fate::handed_on);
    }
    /// What `co_await coil::own(x)` gives is x, which the coroutine keeps.
    bool is_kept_by(const clang::CoroutineSuspendExpr& await) const {
        if (&keeps_ != &keeps_loans) return false;
        auto* call = awaited_call(await);
        auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
        if (callee == nullptr) return false;
        const std::string name = plain_name(*callee);
        return name == "coil::own" || name == "coil::detail::begin_loop";
    }
    /// The last statement of a `({ ... })`.
    bool is_value_of(const clang::CompoundStmt& block, const clang::Stmt& part) const {
        return isa_and_nonnull<clang::StmtExpr>(in_.parent(&block)) &&
               block.body_back() == &part;
    }
    static bool passes_on(const clang::Stmt& whole) {
        return isa<clang::ParenExpr, clang::CastExpr, clang::FullExpr,
                   clang::CXXBindTemporaryExpr, clang::MaterializeTemporaryExpr,
                   clang::InitListExpr, clang::CXXStdInitializerListExpr,
                   clang::CXXDefaultArgExpr, clang::AbstractConditionalOperator>(whole);
    }

    const body& in_;
    const unit& of_;
    asks_type& keeps_;
    asks_type& holds_;
    fate_of_future found_;
};

}  // namespace

fate_of_future fate_of(const clang::Expr& made, const body& in, const unit& of) {
    return fate_finder(in, of, is_future, holds_futures).find(made);
}

fate_of_future fate_of_keeper(const clang::Expr& made, const body& in, const unit& of) {
    return fate_finder(in, of, keeps_loans, holds_keepers).find(made);
}

}  // namespace coil_check
