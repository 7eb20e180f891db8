// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/held.hpp>
#include <plugin/core/liveness.hpp>
#include <plugin/core/pending.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::isa;

clang::QualType held_type(const clang::VarDecl& variable) {
    auto* temporary = extended_by(variable);
    return temporary != nullptr ? temporary->getType() : variable.getType();
}

namespace {

using matters_to = llvm::function_ref<bool(clang::QualType, const clang::VarDecl*)>;

class holder {
public:
    holder(const body& in, const unit& of, matters_to matters)
        : in_(in),
          of_(of),
          matters_(matters),
          sources_(in.ast().getSourceManager()) {
        for (auto* each : in.locals())
            if (matters(held_type(*each), each)) asked_.push_back(each);
    }

    std::vector<held> find() {
        for (auto* each : in_.suspensions()) {
            pending waiting = pending_at(*each, in_, of_);
            add_temporaries(waiting, *each);
            add_operands(waiting, *each);
            add_awaiter(*each);
            variables_[each] = std::move(waiting.variables);
        }
        if (!asked_.empty())
            if (auto* control = in_.control()) add_variables(*control);
        return std::move(found_);
    }

private:
    bool matters(clang::QualType type) const { return matters_(type, nullptr); }
    void add(held::what is, const clang::CoroutineSuspendExpr& across,
             clang::QualType type, const clang::Expr& expression) {
        found_.push_back(
            {.is = is, .across = &across, .type = type, .expression = &expression});
    }
    void add_temporaries(const pending& waiting,
                         const clang::CoroutineSuspendExpr& across) {
        for (auto* each : waiting.temporaries)
            if (matters(each->getType()) && seen_.insert(each).second)
                add(held::what::temporary, across, each->getType(), *each);
    }
    void add_operands(const pending& waiting,
                      const clang::CoroutineSuspendExpr& across) {
        for (auto* each : waiting.operands) {
            auto* inner = without_wrappers(each);
            if (isa<clang::StringLiteral, clang::CXXThisExpr, clang::LambdaExpr>(
                    inner) ||
                names_global(*inner) || each->getType()->isFunctionType() ||
                each->getType()->isVoidType())
                continue;
            auto type = each->getType();
            if (each->isGLValue()) type = in_.ast().getLValueReferenceType(type);
            if (matters(type) && seen_.insert(each).second)
                add(held::what::operand, across, type, *each);
        }
    }
    static bool names_global(const clang::Expr& expression) {
        auto* named = dyn_cast<clang::DeclRefExpr>(&expression);
        auto* variable = named != nullptr ? variable_of(named->getDecl()) : nullptr;
        return variable != nullptr && variable->hasGlobalStorage();
    }
    /// What co_await makes of its operand, unless that was looked at already.
    void add_awaiter(const clang::CoroutineSuspendExpr& across) {
        const auto type = across.getCommonExpr()->getType().getNonReferenceType();
        const auto& ast = in_.ast();
        auto* local = local_named_by(across.getOperand());
        if (local != nullptr &&
            ast.hasSameUnqualifiedType(local->getType().getNonReferenceType(), type))
            return;
        const bool is_explained = llvm::any_of(found_, [&](const held& each) {
            return each.across == &across && each.is == held::what::temporary;
        });
        if (!is_explained && matters(type))
            add(held::what::awaiter, across, type, *across.getOperand());
    }

    void add_variables(const flow& control) {
        const liveness live(in_, control, asked_);
        std::vector<const clang::CoroutineSuspendExpr*> firsts(asked_.size());
        for (const auto& point : live.points()) {
            flow::facts needed = point.needed;
            for (auto* each : variables_[point.suspension]) {
                auto* place = llvm::find(asked_, each);
                if (place != asked_.end())
                    needed.set(static_cast<unsigned>(place - asked_.begin()));
            }
            needed.reset(point.empty);
            for (const unsigned index : needed.set_bits()) {
                auto*& first = firsts[index];
                if (first == nullptr ||
                    is_before(*point.suspension, first->getKeywordLoc()))
                    first = point.suspension;
            }
        }
        for (std::size_t index = 0; index < asked_.size(); ++index)
            if (firsts[index] != nullptr && !repeats_another(index, firsts))
                add_variable(*asked_[index], *firsts[index]);
    }
    bool is_before(const clang::CoroutineSuspendExpr& suspension,
                   clang::SourceLocation place) const {
        return sources_.isBeforeInTranslationUnit(suspension.getKeywordLoc(), place);
    }
    static bool is_implicit(const clang::VarDecl& variable) {
        return variable.isImplicit() || variable.getName().starts_with("__");
    }
    /// A `for` over a range holds it, and iterators into it: one of them is enough.
    bool repeats_another(
        std::size_t index,
        llvm::ArrayRef<const clang::CoroutineSuspendExpr*> firsts) const {
        if (!is_implicit(*asked_[index])) return false;
        for (std::size_t other = 0; other < asked_.size(); ++other)
            if (firsts[other] == firsts[index] &&
                (!is_implicit(*asked_[other]) || other < index))
                return true;
        return false;
    }
    void add_variable(const clang::VarDecl& variable,
                      const clang::CoroutineSuspendExpr& across) {
        held one{.across = &across, .type = held_type(variable), .variable = &variable};
        for (auto* use : in_.uses(variable)) {
            if (!is_before(across, use->getExprLoc())) continue;
            one.then = use->getExprLoc();
            break;
        }
        if (one.then.isInvalid()) {
            const bool is_destroyed = variable.needsDestruction(in_.ast()) ||
                                      extended_by(variable) != nullptr;
            one.why =
                is_destroyed ? held::need::destroyed : held::need::used_in_next_turn;
        }
        found_.push_back(one);
    }

    const body& in_;
    const unit& of_;
    matters_to matters_;
    const clang::SourceManager& sources_;
    llvm::SmallVector<const clang::VarDecl*, 8> asked_;
    llvm::DenseMap<const clang::CoroutineSuspendExpr*,
                   llvm::SmallVector<const clang::VarDecl*, 4>>
        variables_;
    llvm::DenseSet<const clang::Expr*> seen_;
    std::vector<held> found_;
};

}  // namespace

std::vector<held> held_across(const body& in, const unit& of, matters_to matters) {
    if (in.suspensions().empty()) return {};
    auto found = holder(in, of, matters).find();
    const auto& sources = in.ast().getSourceManager();
    llvm::sort(found, [&](const held& one, const held& other) {
        const auto at = one.across->getKeywordLoc();
        const auto other_at = other.across->getKeywordLoc();
        return at == other_at ? sources.isBeforeInTranslationUnit(one.at(), other.at())
                              : sources.isBeforeInTranslationUnit(at, other_at);
    });
    return found;
}

}  // namespace coil_check
