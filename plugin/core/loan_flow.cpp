// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/holders.hpp>
#include <plugin/core/invalidation.hpp>
#include <plugin/core/loan_flow.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// What a variable was given, and by what: a declaration, a call or an assignment.
struct loan {
    const clang::Stmt* giver;
    const clang::VarDecl* holder;
    lender lent;
    bool ends_with_block;  // of what it refers to, which is before the holder's end
    bool is_item = false;  // that a COIL_LENDS gave, until it is called again
    const clang::CallExpr* changed_by = nullptr;
};

/// The call in `co_await lines.next()`, also in `*co_await lines.next()`, if what it
/// gives is lent.
const clang::CallExpr* lent_item(const clang::Expr& value) {
    const clang::Expr* given = without_wrappers(&value);
    if (auto* unary = dyn_cast<clang::UnaryOperator>(given);
        unary != nullptr && unary->getOpcode() == clang::UO_Deref) {
        given = without_wrappers(unary->getSubExpr());
    } else if (auto* call = dyn_cast<clang::CXXOperatorCallExpr>(given);
               call != nullptr && call->getOperator() == clang::OO_Star) {
        given = without_wrappers(call->getArg(0));
    }
    auto* call = call_awaited_by(given);
    return call != nullptr && object_of(*call) != nullptr && lends_items(*call)
               ? call
               : nullptr;
}

/// Of a reference, a view, or an optional one: what was copied is nobody else's.
bool refers_to_item(clang::QualType type) {
    if (type->isReferenceType() || is_view(type)) return true;
    auto* made = dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
        type->getAsCXXRecordDecl());
    return made != nullptr && plain_name(*made) == "std::optional" &&
           is_view(made->getTemplateArgs()[0].getAsType());
}

const clang::Stmt* block_of(const clang::VarDecl& variable, const body& in) {
    const clang::Stmt* at = in.declares(variable);
    while (at != nullptr && isa<clang::DeclStmt>(at)) at = in.parent(at);
    return at;
}

/// `std::function` of a lambda that is a coroutine and captures something.
bool holds_coroutine_lambda(const clang::VarDecl& variable) {
    auto* record = class_of(variable.getType());
    auto* initial = variable.getInit();
    if (record == nullptr || initial == nullptr ||
        plain_name(*record) != "std::function")
        return false;
    const clang::Expr* given = without_wrappers(initial);
    while (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(given)) {
        if (made->getNumArgs() == 0) return false;
        given = without_wrappers(made->getArg(0));
    }
    auto* lambda = dyn_cast_or_null<clang::LambdaExpr>(given);
    return lambda != nullptr && lambda->capture_size() != 0 &&
           isa_and_nonnull<clang::CoroutineBodyStmt>(
               lambda->getCallOperator()->getBody());
}

class finder {
public:
    finder(const body& in, const unit& of) : in_(in), of_(of), loans_(in, of) {}

    llvm::SmallVector<stale_use, 4> find() {
        for (auto* each : in_.locals()) note_declared(*each);
        for (auto* each : in_.statements()) note_given(*each);
        auto* control = given_.empty() ? nullptr : in_.control();
        if (control != nullptr) follow(*control);
        return std::move(found_);
    }

private:
    bool is_keeper(clang::QualType type) const {
        return keeps_loans(type, of_) || holds_keepers(type, of_);
    }
    /// Of what is only looked at where a coroutine may wait before it is used.
    bool is_reference(const clang::VarDecl& variable) const {
        return in_.is_coroutine() &&
               (variable.getType()->isReferenceType() || is_view(variable.getType()));
    }
    void note_declared(const clang::VarDecl& variable) {
        auto* initial = variable.getInit();
        auto* declares = in_.declares(variable);
        if (initial == nullptr || declares == nullptr) return;
        if (note_item(*declares, variable, *initial)) return;
        if (auto* range = range_of_loop(*initial)) {
            lenders all = loans_.of_place(*range);
            for (auto& each : all) ++each.inside;  // where it has got to
            note(*declares, variable, all);
        } else if (variable.getType()->isReferenceType()) {
            if (is_reference(variable))
                note(*declares, variable, loans_.of_place(*initial));
        } else if (is_keeper(variable.getType()) || is_reference(variable)) {
            note(*declares, variable, loans_.of_value(*initial));
        }
    }
    bool note_item(const clang::Stmt& giver, const clang::VarDecl& holder,
                   const clang::Expr& value) {
        if (!refers_to_item(holder.getType())) return false;
        auto* call = lent_item(value);
        auto* stream =
            call != nullptr ? local_named_by(object_of(*call)) : stream_of_other(value);
        if (stream == nullptr) return false;
        given_.push_back({.giver = &giver,
                          .holder = &holder,
                          .lent = {.variable = stream, .inside = 1},
                          .ends_with_block = false,
                          .is_item = true});
        return true;
    }
    /// `before = line`
    const clang::VarDecl* stream_of_other(const clang::Expr& value) const {
        auto* named = dyn_cast<clang::DeclRefExpr>(without_wrappers(&value));
        if (named == nullptr) return nullptr;
        for (const auto& each : given_)
            if (each.is_item && each.holder == named->getDecl())
                return each.lent.variable;
        return nullptr;
    }
    void note_given(const clang::Stmt& statement) {
        if (auto* call = dyn_cast<clang::CXXOperatorCallExpr>(&statement);
            call != nullptr && call->isAssignmentOp()) {
            auto* holder = local_named_by(call->getArg(0));
            if (holder != nullptr && note_item(*call, *holder, *call->getArg(1)))
                return;
        }
        if (auto* call = dyn_cast<clang::CallExpr>(&statement)) {
            auto* holder = holder_given(*call);
            if (holder == nullptr) return;
            lenders all;
            for (auto* each : call->arguments()) {
                const auto more = loans_.of_value(*each);
                all.append(more.begin(), more.end());
            }
            note(*call, *holder, all);
        }
        auto* assigns = dyn_cast<clang::BinaryOperator>(&statement);
        if (assigns == nullptr || assigns->getOpcode() != clang::BO_Assign) return;
        auto* holder = local_named_by(assigns->getLHS());
        if (holder != nullptr && note_item(*assigns, *holder, *assigns->getRHS()))
            return;
        if (holder != nullptr && is_view(holder->getType()) && is_reference(*holder))
            note(*assigns, *holder, loans_.of_value(*assigns->getRHS()));
    }
    /// The variable that a call assigns a future to, or puts it into.
    const clang::VarDecl* holder_given(const clang::CallExpr& call) const {
        auto* object = object_of(call);
        auto* holder = object != nullptr ? local_named_by(object) : nullptr;
        if (holder == nullptr || holder->getType()->isReferenceType()) return nullptr;
        auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(&call);
        if (assigns != nullptr)
            return assigns->isAssignmentOp() &&
                           (is_keeper(holder->getType()) || is_reference(*holder))
                       ? holder
                       : nullptr;
        const bool is_put_in = isa<clang::CXXMemberCallExpr>(call) &&
                               holds_keepers(holder->getType(), of_);
        return is_put_in ? holder : nullptr;
    }
    void note(const clang::Stmt& giver, const clang::VarDecl& holder,
              const lenders& all) {
        const bool keeps = is_keeper(holder.getType());
        for (const auto& each : all) {
            if (each.variable == nullptr || each.variable == &holder || !each.is_own())
                continue;
            const bool is_sure = llvm::all_of(all, [&](const lender& other) {
                return other.variable == each.variable;
            });
            const bool ends = keeps && ends_before(*each.variable, holder, in_);
            const loan one{.giver = &giver,
                           .holder = &holder,
                           .lent = each,
                           .ends_with_block = ends};
            const bool may_change = is_sure && (keeps || each.inside > 0) &&
                                    llvm::any_of(in_.calls(), [&](auto* call) {
                                        return changes(*call, one);
                                    });
            if (ends || may_change) given_.push_back(one);
        }
    }

    /// Two facts of each loan: the holder has it, and what it refers to is stale.
    void follow(const flow& control) {
        const auto count = static_cast<unsigned>(2 * given_.size());
        const auto step_by = [this](const auto& element, flow::facts& facts) {
            step(element, facts);
        };
        const auto begins = control.forward(count, flow::meet::any, step_by);
        says_ = true;
        control.replay(begins, step_by);
    }
    void step(const clang::CFGElement& element, flow::facts& facts) {
        auto* ended = flow::ended_at(element);
        const auto at = element.getAs<clang::CFGStmt>();
        auto* statement = at ? at->getStmt() : nullptr;
        for (unsigned i = 0; i < given_.size(); ++i) {
            auto& one = given_[i];
            const bool has = facts.test(2 * i);
            if (has && one.ends_with_block && ended == one.lent.variable) {
                facts.set(2 * i + 1);
                one.changed_by = nullptr;
            }
            if (ended == one.holder) facts.reset(2 * i), facts.reset(2 * i + 1);
            if (statement == nullptr) continue;
            if (auto* call = dyn_cast<clang::CallExpr>(statement);
                call != nullptr && has && call != one.giver) {
                if (changes(*call, one)) {
                    facts.set(2 * i + 1);
                    one.changed_by = call;
                } else if (one.lent.inside == 0 && refills(*call, *one.lent.variable)) {
                    facts.reset(2 * i + 1);
                }
            }
            if (is_given_by(*statement, one)) {
                facts.set(2 * i), facts.reset(2 * i + 1);
            } else if (renews(*statement, *one.holder)) {
                facts.reset(2 * i), facts.reset(2 * i + 1);
            } else if (ends_loop(*statement, *one.holder)) {
                facts.reset(2 * i + 1);
            }
            if (says_ && facts.test(2 * i + 1)) look_at_use(*statement, one);
        }
    }
    bool changes(const clang::CallExpr& call, const loan& one) const {
        const auto& owner = *one.lent.variable;
        if (one.is_item)
            return lends_items(call) && object_of(call) != nullptr &&
                   local_named_by(object_of(call)) == &owner;
        if (owner.getType()->isReferenceType()) return false;
        if (one.lent.inside == 0) {
            const bool is_overwritten =
                refills(call, owner) && holds_coroutine_lambda(owner);
            return is_overwritten || (keeps_loans(one.holder->getType(), of_) &&
                                      moves_away(call, owner, in_));
        }
        if (one.lent.inside > 1 && grows(call)) return false;
        // Short texts lie in the object itself, as does what is in an optional.
        auto* record = class_of(owner.getType());
        const std::string name = record != nullptr ? plain_name(*record) : "";
        if (one.lent.inside == 1 && moves_away(call, owner, in_) &&
            (name == "std::basic_string" ||
             (name == "std::optional" && keeps_loans(one.holder->getType(), of_))))
            return true;
        return invalidates(call, owner, *one.holder, in_);
    }
    bool is_given_by(const clang::Stmt& statement, const loan& one) const {
        if (&statement == one.giver) return true;
        auto* declares = dyn_cast<clang::DeclStmt>(&statement);
        return declares != nullptr && isa<clang::DeclStmt>(one.giver) &&
               llvm::is_contained(declares->decls(), one.holder);
    }
    void look_at_use(const clang::Stmt& statement, const loan& one) {
        auto* named = dyn_cast<clang::DeclRefExpr>(&statement);
        if (named == nullptr || !is_use_of(*named, *one.holder, in_)) return;
        const bool is_loop = is_of_loop(*one.holder);
        const void* const place =
            is_loop ? static_cast<const void*>(one.holder) : named;
        if (!said_.insert(place).second) return;
        found_.push_back({named, one.holder, one.lent, one.changed_by});
    }

    const body& in_;
    const unit& of_;
    loans loans_;
    llvm::SmallVector<loan, 8> given_;
    llvm::SmallVector<stale_use, 4> found_;
    llvm::DenseSet<const void*> said_;
    bool says_ = false;
};

}  // namespace

bool lends_items(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    return callee != nullptr && has_mark(*callee, "lends");
}

bool ends_before(const clang::VarDecl& one, const clang::VarDecl& other,
                 const body& in) {
    auto* block = block_of(one, in);
    auto* outer = block_of(other, in);
    if (block == nullptr || block == outer) return false;
    for (auto* each = in.parent(block); each != nullptr; each = in.parent(each))
        if (each == outer) return true;
    return outer == nullptr;
}

llvm::SmallVector<stale_use, 4> stale_uses(const body& in, const unit& of) {
    return finder(in, of).find();
}

}  // namespace coil_check
