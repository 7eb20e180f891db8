// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/changes.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/holders.hpp>
#include <plugin/core/invalidation.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/shared_flow.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// What a variable was given that refers into a container, and by what.
struct loan {
    const clang::Stmt* giver;
    const clang::VarDecl* holder;
    const clang::Expr* container;
    place where;  // of the container
    bool has_iterator = false;
    bool counts_growth = false;
    change_by_other other = {};
    const clang::CoroutineSuspendExpr* waits = nullptr;
    const clang::CallExpr* changed_by = nullptr;
};

/// What a reference of the function itself names.
const clang::Expr& named_by(const clang::Expr& expression) {
    const clang::Expr* found = &expression;
    for (unsigned i = 0; i < 4; ++i) {
        auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(found));
        auto* variable =
            named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
        if (variable == nullptr || !variable->getType()->isReferenceType() ||
            isa<clang::ParmVarDecl>(variable) || variable->getInit() == nullptr)
            break;
        found = variable->getInit();
    }
    return *found;
}

/// The container of `all.emplace(...)`, where that gives an iterator in a pair.
const clang::Expr* container_of_pair(const clang::Expr* value) {
    auto* call = dyn_cast_or_null<clang::CXXMemberCallExpr>(without_wrappers(value));
    auto* record = call != nullptr ? class_of(call->getType()) : nullptr;
    if (record == nullptr || plain_name(*record) != "std::pair") return nullptr;
    const auto name = name_of(*call);
    return name == "emplace" || name == "insert" || name == "try_emplace" ||
                   name == "insert_or_assign"
               ? object_of(*call)
               : nullptr;
}

class finder {
public:
    finder(const body& in, const unit& of) : in_(in), of_(of), loans_(in, of) {
        loans_.sees_outer();
    }

    llvm::SmallVector<shared_use, 2> find() {
        if (!in_.is_coroutine()) return {};
        for (auto* each : in_.locals()) note_declared(*each);
        for (auto* each : in_.statements()) note_given(*each);
        for (auto* each : in_.locals())
            if (is_like_lock(each->getType())) locks_.push_back(each);
        auto* control = given_.empty() ? nullptr : in_.control();
        if (control != nullptr) follow(*control);
        return std::move(found_);
    }

private:
    static bool refers(clang::QualType type) {
        return type->isReferenceType() || is_view(type);
    }
    void note_declared(const clang::VarDecl& variable) {
        auto* initial = variable.getInit();
        auto* declares = in_.declares(variable);
        if (initial == nullptr || declares == nullptr) return;
        if (auto* parts = dyn_cast<clang::DecompositionDecl>(&variable)) {
            auto* container = container_of_pair(initial);
            auto* first = container != nullptr && !parts->bindings().empty()
                              ? parts->bindings()[0]->getHoldingVar()
                              : nullptr;
            if (first != nullptr) return note(*declares, *first, *container);
        }
        if (auto* range = range_of_loop(*initial)) {
            note(*declares, variable, *range);
        } else if (variable.getType()->isReferenceType()) {
            note_all(*declares, variable, loans_.of_place(*initial));
        } else if (is_view(variable.getType())) {
            note_value(*declares, variable, *initial);
        }
    }
    void note_given(const clang::Stmt& statement) {
        const clang::Expr* object = nullptr;
        const clang::Expr* value = nullptr;
        if (auto* call = dyn_cast<clang::CXXOperatorCallExpr>(&statement);
            call != nullptr && call->getOperator() == clang::OO_Equal) {
            object = call->getArg(0);
            value = call->getArg(1);
        } else if (auto* assigns = dyn_cast<clang::BinaryOperator>(&statement);
                   assigns != nullptr && assigns->getOpcode() == clang::BO_Assign) {
            object = assigns->getLHS();
            value = assigns->getRHS();
        }
        if (object == nullptr) return;
        auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(object));
        auto* holder = named != nullptr ? local_named_by(named) : nullptr;
        if (holder != nullptr && is_view(holder->getType()))
            note_value(statement, *holder, *value);
    }
    void note_value(const clang::Stmt& giver, const clang::VarDecl& holder,
                    const clang::Expr& value) {
        auto* member = dyn_cast<clang::MemberExpr>(without_wrappers(&value));
        auto* container =
            member != nullptr ? container_of_pair(member->getBase()) : nullptr;
        if (container != nullptr) return note(giver, holder, *container);
        note_all(giver, holder, loans_.of_value(value));
    }
    void note_all(const clang::Stmt& giver, const clang::VarDecl& holder,
                  const lenders& all) {
        // One of two is not sure.
        if (all.size() != 1 || all[0].inside != 1 || all[0].owner == nullptr) return;
        note(giver, holder, *all[0].owner);
    }
    void note(const clang::Stmt& giver, const clang::VarDecl& holder,
              const clang::Expr& owner) {
        const auto& container = named_by(owner);
        const auto type = without_casts(&container)->getType();
        if (!is_container(type.getNonReferenceType())) return;
        loan one{&giver, &holder, &container, place::of(&container)};
        if (one.where.is_empty()) return;
        one.has_iterator = is_of_loop(holder) ||
                           (is_view(holder.getType()) &&
                            !holder.getType()->isPointerType() && !is_text(holder));
        one.counts_growth = may_have_grown(one);
        if (one.where.is_member_of_this())
            one.other = changed_by_others(container,
                                          is_of_loop(holder) ? how_held::loop
                                          : one.has_iterator ? how_held::iterator
                                                             : how_held::reference,
                                          in_, of_);
        const bool may_change =
            one.other.call != nullptr || llvm::any_of(in_.calls(), [&](auto* call) {
                return call != one.giver && changes(*call, one);
            });
        if (may_change) given_.push_back(one);
    }
    static bool is_text(const clang::VarDecl& holder) {
        auto* record = class_of(holder.getType());
        const std::string name = record != nullptr ? plain_name(*record) : "";
        return name == "std::basic_string_view" || name == "std::span";
    }
    const clang::VarDecl* own_variable(const loan& one) const {
        auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(one.container));
        auto* variable =
            named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
        return variable != nullptr && variable->hasLocalStorage() &&
                       !variable->getType()->isReferenceType() &&
                       !named->refersToEnclosingVariableOrCapture()
                   ? variable
                   : nullptr;
    }
    /// Where nobody can have reserved room.
    bool may_have_grown(const loan& one) const {
        auto* variable = own_variable(one);
        return variable != nullptr && !isa<clang::ParmVarDecl>(variable) &&
               !has_known_capacity(*variable, in_);
    }
    bool changes(const clang::CallExpr& call, const loan& one) const {
        auto* changed = changed_by(call);
        if (changed != nullptr && place::of(&named_by(*changed)) == one.where) {
            // For the others see `stale_uses`.
            const bool is_own = own_variable(one) != nullptr;
            if (!is_own && ends_what_is_held(call, *changed, one)) return true;
            return (!is_own || is_buffer(changed->getType())) &&
                   changes_all(call, *changed, one.has_iterator, one.counts_growth);
        }
        // A future that is kept runs later.
        const bool runs_here =
            !is_future(call.getType(), of_) || is_awaited_in(call, in_);
        return runs_here && changes_given(call, one.where, one.has_iterator,
                                          one.counts_growth, of_) != nullptr;
    }
    /// `all.erase(at)`, or in a loop over all of them what ends the element that this
    /// is at: `all.erase(name)`.
    bool ends_what_is_held(const clang::CallExpr& call, const clang::Expr& container,
                           const loan& one) const {
        if (name_of(call) != "erase" || call.getNumArgs() != 1 ||
            change_by(call, container, true) != change::removal)
            return false;
        auto* named =
            dyn_cast_or_null<clang::DeclRefExpr>(without_wrappers(call.getArg(0)));
        if (named == nullptr || !is_of_loop(*one.holder)) return false;
        auto* part = dyn_cast<clang::BindingDecl>(named->getDecl());
        const clang::ValueDecl* variable =
            part != nullptr ? part->getDecomposedDecl() : named->getDecl();
        for (auto* each = in_.parent(&call); each != nullptr; each = in_.parent(each)) {
            auto* loop = dyn_cast<clang::CXXForRangeStmt>(each);
            if (loop != nullptr && loop->getBeginStmt() != nullptr &&
                loop->getBeginStmt()->getSingleDecl() == one.holder)
                return loop->getLoopVariable() == variable;
        }
        return false;
    }
    /// Two facts of each loan: the holder has it, and what it refers to is stale. One
    /// of each lock: it may be held.
    void follow(const flow& control) {
        const auto count = fact_of_lock(static_cast<unsigned>(locks_.size()));
        const auto step_by = [&](const auto& element, flow::facts& facts) {
            step(control, element, facts);
        };
        const auto begins = control.forward(count, flow::meet::any, step_by);
        says_ = true;
        control.replay(begins, step_by);
    }
    /// The fact that a lock may be held.
    unsigned fact_of_lock(unsigned index) const {
        return static_cast<unsigned>(2 * given_.size()) + index;
    }
    bool is_locked(const flow::facts& facts) const {
        for (unsigned i = 0; i < locks_.size(); ++i)
            if (facts.test(fact_of_lock(i))) return true;
        return false;
    }
    void step(const flow& control, const clang::CFGElement& element,
              flow::facts& facts) {
        auto* ended = flow::ended_at(element);
        const auto at = element.getAs<clang::CFGStmt>();
        auto* statement = at ? at->getStmt() : nullptr;
        for (unsigned i = 0; i < locks_.size(); ++i) {
            const unsigned held = fact_of_lock(i);
            if (ended == locks_[i]) facts.reset(held);
            if (statement != nullptr && renews(*statement, *locks_[i])) facts.set(held);
        }
        auto* await = control.suspension_at(element);
        const bool may_change =
            await != nullptr && may_wait(*await) && !is_locked(facts);
        for (unsigned i = 0; i < given_.size(); ++i) {
            auto& one = given_[i];
            if (ended == one.holder) facts.reset(2 * i), facts.reset(2 * i + 1);
            if (statement == nullptr) continue;
            auto* call = dyn_cast<clang::CallExpr>(statement);
            const bool has = facts.test(2 * i);
            if (has && may_change && one.other.call != nullptr) {
                facts.set(2 * i + 1);
                one.waits = await;
                one.changed_by = nullptr;
            } else if (has && call != nullptr && call != one.giver &&
                       changes(*call, one)) {
                facts.set(2 * i + 1);
                one.changed_by = call;
                one.waits = nullptr;
            }
            if (is_given_by(*statement, one)) {
                facts.set(2 * i), facts.reset(2 * i + 1);
            } else if (renews(*statement, *one.holder)) {
                facts.reset(2 * i), facts.reset(2 * i + 1);
            }
            if (says_ && facts.test(2 * i + 1)) look_at_use(*statement, one);
        }
    }
    bool is_given_by(const clang::Stmt& statement, const loan& one) const {
        if (&statement == one.giver) return true;
        auto* declares = dyn_cast<clang::DeclStmt>(&statement);
        return declares != nullptr && isa<clang::DeclStmt>(one.giver) &&
               llvm::is_contained(declares->decls(), one.holder);
    }
    /// Not where a coroutine yields, and not where a COIL_FOR reads a container.
    bool may_wait(const clang::CoroutineSuspendExpr& await) const {
        if (!isa<clang::CoawaitExpr>(await)) return false;
        auto* call = awaited_call(await);
        if (call == nullptr) return true;
        auto* callee = call->getDirectCallee();
        if (callee != nullptr && plain_name(*callee) == "coil::detail::begin_loop")
            return false;
        auto* object = object_of(*call);
        auto* stream = object != nullptr ? local_named_by(object) : nullptr;
        return stream == nullptr || !is_of_loop(*stream) ||
               stream->getInit() == nullptr ||
               range_of_loop(*stream->getInit()) == nullptr;
    }
    void look_at_use(const clang::Stmt& statement, const loan& one) {
        auto* named = dyn_cast<clang::DeclRefExpr>(&statement);
        if (named == nullptr || !is_use_of(*named, *one.holder, in_)) return;
        const shared_use found{named,     one.holder,     one.container,
                               one.waits, one.changed_by, one.other};
        const auto same = llvm::find_if(found_, [&](const shared_use& each) {
            return place::of(each.container) == one.where;
        });
        if (same == found_.end()) {
            found_.push_back(found);
        } else if (of_.ast.getSourceManager().isBeforeInTranslationUnit(
                       named->getLocation(), same->use->getLocation())) {
            *same = found;
        }
    }

    const body& in_;
    const unit& of_;
    loans loans_;
    llvm::SmallVector<loan, 4> given_;
    llvm::SmallVector<const clang::VarDecl*, 4> locks_;
    llvm::SmallVector<shared_use, 2> found_;
    bool says_ = false;
};

}  // namespace

llvm::SmallVector<shared_use, 2> shared_uses(const body& in, const unit& of) {
    return finder(in, of).find();
}

}  // namespace coil_check
