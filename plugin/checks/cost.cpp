// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/cost.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/report.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Basic/TargetInfo.h>

#include <algorithm>
#include <vector>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa_and_nonnull;

namespace {

constexpr std::size_t notes_max = 3;
constexpr unsigned copies_per_budget = 8;  // a parameter may take that part of a frame

/// Something that lives in a frame.
struct tenant {
    std::string name;
    clang::SourceLocation at;
    std::uint64_t size;
    const clang::Stmt* because = nullptr;  ///< of a temporary: its await
};

class frame {
public:
    explicit frame(const body& in) : in_(in), ast_(in.ast()) {
        if (auto* coroutine =
                dyn_cast_or_null<clang::CoroutineBodyStmt>(in.function().getBody()))
            size_ += size_of(coroutine->getPromiseDecl()->getType());
        for (auto* parameter : in.function().parameters())
            add("'" + parameter->getNameAsString() + "'", parameter->getLocation(),
                parameter->getType());
        add_largest_moment();
    }

    /// Roughly: compilers pack what is not there at the same time, or do not.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::vector<tenant>& tenants() const { return tenants_; }

    [[nodiscard]] std::uint64_t size_of(clang::QualType type) const {
        if (type->isReferenceType()) return pointer_size();
        if (type->isDependentType() || type->isIncompleteType()) return 0;
        return static_cast<std::uint64_t>(ast_.getTypeSizeInChars(type).getQuantity());
    }
    /// Whether it is there before and after some await.
    [[nodiscard]] bool lives_across_any(const clang::VarDecl& local) const {
        return llvm::any_of(in_.suspensions(),
                            [&](auto* each) { return lives_across(local, *each); });
    }

private:
    [[nodiscard]] std::uint64_t pointer_size() const {
        return ast_.getTargetInfo().getPointerWidth(clang::LangAS::Default) / 8;
    }
    void add(std::string name, clang::SourceLocation at, clang::QualType type) {
        tenants_.push_back({std::move(name), at, size_of(type)});
        size_ += tenants_.back().size;
    }
    /// What is in the frame at that await at which the most is.
    void add_largest_moment() {
        std::uint64_t most = 0;
        std::vector<tenant> then;
        for (auto* await : in_.suspensions()) {
            std::vector<tenant> now;
            for (auto* local : in_.locals())
                if (lives_across(*local, *await))
                    now.push_back({"'" + local->getNameAsString() + "'",
                                   local->getLocation(), size_of(local->getType())});
            add_operand(*await, now);
            std::uint64_t total = 0;
            for (const auto& each : now) total += each.size;
            if (total < most) continue;
            most = total;
            then = std::move(now);
        }
        size_ += most;
        tenants_.insert(tenants_.end(), then.begin(), then.end());
    }
    /// What is awaited, and temporaries that are its arguments.
    void add_operand(const clang::CoroutineSuspendExpr& await,
                     std::vector<tenant>& now) {
        auto* awaiter = await.getCommonExpr();
        now.push_back(
            {"what is awaited", await.getKeywordLoc(),
             awaiter->isLValue() ? pointer_size() : size_of(awaiter->getType()),
             &await});
        add_temporaries(*await.getOperand(), await, now);
    }
    void add_temporaries(const clang::Stmt& part,
                         const clang::CoroutineSuspendExpr& await,
                         std::vector<tenant>& now) {
        if (isa_and_nonnull<clang::CoroutineSuspendExpr>(&part)) return;
        auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(&part);
        if (made != nullptr && !made->getType()->isScalarType())
            now.push_back({"this temporary", made->getExprLoc(),
                           size_of(made->getType()), &await});
        for (auto* each : parts_of(part)) add_temporaries(*each, await, now);
    }
    bool lives_across(const clang::VarDecl& local,
                      const clang::CoroutineSuspendExpr& await) const {
        const auto& sources = ast_.getSourceManager();
        const auto at = await.getKeywordLoc();
        if (!sources.isBeforeInTranslationUnit(local.getLocation(), at)) return false;
        const clang::Stmt* scope = scope_of(local);
        bool is_in_loop = false;
        const clang::Stmt* around = in_.parent(&await);
        for (; around != nullptr && around != scope; around = in_.parent(around))
            is_in_loop |= llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt,
                                    clang::CXXForRangeStmt>(around);
        if (around != scope || scope == nullptr) return false;
        if (local.getType().isDestructedType() != clang::QualType::DK_none ||
            in_.is_lent(local))
            return true;
        return llvm::any_of(in_.uses(local), [&](const clang::Expr* each) {
            return is_in_loop ||
                   sources.isBeforeInTranslationUnit(at, each->getExprLoc());
        });
    }
    /// The statement at whose end it ends.
    const clang::Stmt* scope_of(const clang::VarDecl& local) const {
        auto* initial = local.getInit();
        const clang::Stmt* declared =
            initial != nullptr ? in_.parent(initial) : nullptr;
        if (initial == nullptr) declared = statement_of(local, in_.written());
        return declared != nullptr ? in_.parent(declared) : nullptr;
    }
    static const clang::Stmt* statement_of(const clang::VarDecl& local,
                                           const clang::Stmt* in) {
        if (in == nullptr || llvm::isa<clang::Expr>(in)) return nullptr;
        if (auto* declares = dyn_cast<clang::DeclStmt>(in))
            return llvm::is_contained(declares->decls(), &local) ? in : nullptr;
        for (auto* each : in->children())
            if (auto* found = statement_of(local, each)) return found;
        return nullptr;
    }

    const body& in_;
    clang::ASTContext& ast_;
    std::uint64_t size_ = 2 * pointer_size();
    std::vector<tenant> tenants_;
};

std::string bytes(std::uint64_t size) {
    return std::to_string(size) + " bytes";
}

void check_budget(const frame& of, const body& in, report& to) {
    const unsigned budget = to.of().chosen.frame_budget;
    finding found{.at = in.function().getLocation(),
                  .text = "a call of " + in.name() + " takes a frame of about " +
                          bytes(of.size()) + ", more than " + std::to_string(budget)};
    auto largest = of.tenants();
    std::sort(largest.begin(), largest.end(),
              [](auto& a, auto& b) { return a.size > b.size; });
    for (const auto& each : largest) {
        if (found.notes.size() == notes_max || each.size * notes_max < budget / 2)
            break;
        found.notes.push_back(
            {each.at, each.name + " takes " + bytes(each.size) + " of it"});
    }
    found.mend =
        "hold what is large by a pointer or in a container, or let it end in a "
        "block before the await";
    to.add(found);
}

void check_alignment(const clang::VarDecl& variable, const body& in, report& to) {
    const clang::QualType type = variable.getType();
    if (type->isReferenceType() || type->isIncompleteType() || type->isDependentType())
        return;
    const auto given = in.ast().getTargetInfo().getNewAlign() / 8;
    const auto asked =
        static_cast<std::uint64_t>(in.ast().getDeclAlign(&variable).getQuantity());
    if (asked <= given) return;
    const std::string name = "'" + variable.getNameAsString() + "'";
    to.add({.at = variable.getLocation(),
            .text = name + " wants to be aligned to " + bytes(asked) +
                    ", and a coroutine's frame is to " + std::to_string(given),
            .mend = "hold it by a pointer: std::make_unique aligns it",
            .declaration = &variable});
}

void check_parameter(const clang::ParmVarDecl& parameter, const frame& of, report& to) {
    if (parameter.getType()->isReferenceType()) return;
    const unsigned most = to.of().chosen.frame_budget / copies_per_budget;
    const auto size = of.size_of(parameter.getType());
    if (size <= most) return;
    const std::string name = "'" + parameter.getNameAsString() + "'";
    to.add({.at = parameter.getLocation(),
            .text = name + " has " + bytes(size) +
                    ", and each call copies them into the frame",
            .mend = "take a reference, if the caller keeps it until then, or a pointer "
                    "that owns it",
            .declaration = &parameter});
}

void check_body(const body& in, report& to) {
    if (!in.is_coroutine()) return;
    const frame whole(in);
    for (auto* parameter : in.function().parameters())
        check_alignment(*parameter, in, to);
    for (auto* local : in.locals())
        if (whole.lives_across_any(*local)) check_alignment(*local, in, to);
    if (whole.size() > to.of().chosen.frame_budget) return check_budget(whole, in, to);
    for (auto* parameter : in.function().parameters())
        check_parameter(*parameter, whole, to);
}

}  // namespace

const rule cost{"cost", level::off, &check_body};

}  // namespace coil_check
