// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/growth.hpp>
#include <plugin/core/invalidation.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

class finder {
public:
    finder(const body& in, const unit& of) : in_(in), loans_(in, of) {
        loans_.sees_outer();
    }

    llvm::SmallVector<grown_vector, 2> find() {
        for (auto* call : in_.calls()) {
            if (!is_spawner(call->getDirectCallee())) continue;
            for (auto* work : call->arguments())
                for (const auto& each : loans_.of_value(*work))
                    if (each.inside == 1 && !each.is_own() && each.owner != nullptr)
                        spawned_.push_back({call, {work, each.owner, nullptr}});
        }
        auto* control = spawned_.empty() ? nullptr : in_.control();
        if (control != nullptr) follow(*control);
        return std::move(found_);
    }

private:
    /// One fact of each child: it runs.
    void follow(const flow& control) {
        const auto begins = control.forward(
            static_cast<unsigned>(spawned_.size()), flow::meet::any,
            [this](const auto& element, flow::facts& facts) { step(element, facts); });
        says_ = true;
        for (const clang::CFGBlock* block : control.graph()) {
            flow::facts facts = begins[block->getBlockID()];
            for (const auto& element : *block) step(element, facts);
        }
    }
    void step(const clang::CFGElement& element, flow::facts& facts) {
        const auto at = element.getAs<clang::CFGStmt>();
        auto* call = at ? dyn_cast<clang::CallExpr>(at->getStmt()) : nullptr;
        if (call == nullptr) return;
        for (unsigned i = 0; i < spawned_.size(); ++i) {
            auto& [spawn, one] = spawned_[i];
            if (call == spawn) facts.set(i);
            if (!says_ || !facts.test(i) || one.growth != nullptr || !grows(*call) ||
                !(place::of(object_of(*call)) == place::of(one.owner)) ||
                !is_sure(*call, *one.owner, *spawn))
                continue;
            one.growth = call;
            found_.push_back(one);
        }
    }
    bool is_sure(const clang::CallExpr& growth, const clang::Expr& owner,
                 const clang::CallExpr& spawn) const {
        const auto of = place::of(&owner);
        auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(&owner));
        auto* variable = dyn_cast_or_null<clang::VarDecl>(of.variable());
        const bool is_whole = named != nullptr && variable != nullptr &&
                              variable->hasLocalStorage() &&
                              !isa<clang::ParmVarDecl>(variable) &&
                              !variable->getType()->isReferenceType();
        if (is_whole) return !is_capacity_known(*variable);
        return is_in_endless_loop(growth, spawn) && !is_measured(of);
    }
    bool is_capacity_known(const clang::VarDecl& variable) const {
        auto* outer = dyn_cast<clang::FunctionDecl>(variable.getDeclContext());
        if (outer == nullptr || !outer->hasBody()) return true;
        return has_known_capacity(variable, in_) ||
               has_known_capacity(variable, body(*outer, in_.ast()));
    }
    /// Whether both stand in a loop that nothing of the container ends.
    bool is_in_endless_loop(const clang::CallExpr& growth,
                            const clang::CallExpr& spawn) const {
        for (auto* each = in_.parent(&growth); each != nullptr;
             each = in_.parent(each)) {
            if (is_endless(*each) && holds(*each, spawn)) return true;
        }
        return false;
    }
    bool holds(const clang::Stmt& outer, const clang::Stmt& part) const {
        for (auto* each = in_.parent(&part); each != nullptr; each = in_.parent(each))
            if (each == &outer) return true;
        return false;
    }
    bool is_endless(const clang::Stmt& loop) const {
        if (auto* counts = dyn_cast<clang::ForStmt>(&loop))
            return counts->getCond() == nullptr;
        auto* repeats = dyn_cast<clang::WhileStmt>(&loop);
        if (repeats == nullptr) return false;
        auto* literal =
            dyn_cast<clang::CXXBoolLiteralExpr>(without_casts(repeats->getCond()));
        if (literal != nullptr) return literal->getValue();
        return llvm::any_of(in_.suspensions(), [&](auto* each) {
            return holds(loop, *each) && !holds(*repeats->getBody(), *each);
        });
    }
    /// Whether the function asks how many elements it has, or has room for.
    bool is_measured(const place& of) const {
        return llvm::any_of(in_.calls(), [&](auto* call) {
            const auto name = name_of(*call);
            return (name == "size" || name == "capacity" || name == "reserve") &&
                   place::of(object_of(*call)) == of;
        });
    }

    const body& in_;
    loans loans_;
    llvm::SmallVector<std::pair<const clang::CallExpr*, grown_vector>, 2> spawned_;
    llvm::SmallVector<grown_vector, 2> found_;
    bool says_ = false;
};

}  // namespace

llvm::SmallVector<grown_vector, 2> grown_under_children(const body& in,
                                                        const unit& of) {
    return finder(in, of).find();
}

}  // namespace coil_check
