// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/object_use.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;
using llvm::isa_and_nonnull;

namespace {

bool is_trivial(clang::QualType type, const body& in) {
    return type.getNonReferenceType().isTriviallyCopyableType(in.ast());
}

bool is_of_coil(const clang::CXXRecordDecl& record) {
    return llvm::StringRef(plain_name(record)).starts_with("coil::");
}

/// Whether a part of a move constructor takes a member of the other object away:
/// `std::exchange(other.fd, -1)`, `other.fd = -1`.
bool takes_away(const clang::FieldDecl& field, const clang::Stmt* part) {
    if (part == nullptr) return false;
    auto* call = dyn_cast<clang::CallExpr>(part);
    auto* assigns = dyn_cast<clang::BinaryOperator>(part);
    const clang::Expr* target = nullptr;
    if (call != nullptr && name_of(*call) == "exchange" && call->getNumArgs() != 0)
        target = call->getArg(0);
    if (assigns != nullptr && assigns->isAssignmentOp()) target = assigns->getLHS();
    auto* member = dyn_cast_or_null<clang::MemberExpr>(
        target != nullptr ? without_wrappers(target) : nullptr);
    if (member != nullptr && member->getMemberDecl() == &field &&
        !isa<clang::CXXThisExpr>(without_wrappers(member->getBase())))
        return true;
    return llvm::any_of(part->children(), [&](const clang::Stmt* each) {
        return takes_away(field, each);
    });
}
bool is_taken_away(const clang::FieldDecl& field) {
    auto* record = dyn_cast<clang::CXXRecordDecl>(field.getParent());
    return record != nullptr &&
           llvm::any_of(record->ctors(), [&](const clang::CXXConstructorDecl* each) {
               return each->isMoveConstructor() && each->hasBody() &&
                      (takes_away(field, each->getBody()) ||
                       llvm::any_of(each->inits(), [&](const auto* made) {
                           return takes_away(field, made->getInit());
                       }));
           });
}

/// Whether a method looks at a member that a move takes away.
bool looks_at_moved(const clang::Stmt* part, const body& in) {
    if (part == nullptr) return false;
    auto* member = dyn_cast<clang::MemberExpr>(part);
    auto* field = member != nullptr
                      ? dyn_cast<clang::FieldDecl>(member->getMemberDecl())
                      : nullptr;
    if (field != nullptr &&
        isa<clang::CXXThisExpr>(without_wrappers(member->getBase())) &&
        (!is_trivial(field->getType(), in) || is_taken_away(*field)))
        return true;
    return llvm::any_of(part->children(), [&](const clang::Stmt* each) {
        return looks_at_moved(each, in);
    });
}

bool asks(llvm::StringRef method) {
    static const llvm::StringSet<> words = {"empty", "valid", "joinable",  "get",
                                            "index", "owns",  "valueless", "use",
                                            "is",    "has",   "expired",   "can"};
    return words.contains(method.split('_').first);
}

/// Of those that are not const.
bool reads_element(llvm::StringRef method) {
    static const llvm::StringSet<> names = {"begin", "end",  "rbegin", "rend", "front",
                                            "back",  "data", "at",     "value"};
    return names.contains(method);
}

class use_finder {
public:
    explicit use_finder(const body& in) : in_(in) {}

    /// The outermost parentheses and conversions around an expression.
    const clang::Expr& bare(const clang::Expr& inner) const {
        const clang::Expr* found = &inner;
        for (auto* around = in_.parent(found);
             isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around);
             around = in_.parent(around))
            found = llvm::cast<clang::Expr>(around);
        return *found;
    }

    spent_use of(const clang::Expr& named) const {
        const clang::Expr& whole = bare(named);
        auto* around = in_.parent(&whole);
        if (auto* member = dyn_cast_or_null<clang::MemberExpr>(around))
            return of_member(*member);
        if (auto* operation = dyn_cast_or_null<clang::CXXOperatorCallExpr>(around))
            return of_operator(*operation, whole, named.getType());
        if (auto* call = dyn_cast_or_null<clang::CallExpr>(around))
            return of_argument(*call, whole);
        if (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(around)) {
            auto* by = made->getConstructor();
            return by->isCopyOrMoveConstructor() ? spent_use::reads : spent_use::renews;
        }
        if (auto* cast = dyn_cast_or_null<clang::ExplicitCastExpr>(around))
            return cast->getType()->isVoidType() ? spent_use::nothing
                                                 : spent_use::renews;
        if (isa_and_nonnull<clang::DeclStmt>(around)) {
            auto* made = in_.initialized_by(whole);
            return made != nullptr && made->isImplicit() &&
                           made->getName().starts_with("__range")
                       ? spent_use::reads
                       : spent_use::renews;
        }
        return around == nullptr || !isa<clang::Expr>(around) ? spent_use::nothing
                                                              : spent_use::renews;
    }

private:
    spent_use of_member(const clang::MemberExpr& member) const {
        if (isa<clang::CXXMethodDecl>(member.getMemberDecl())) {
            auto* call =
                dyn_cast_or_null<clang::CXXMemberCallExpr>(in_.parent(&bare(member)));
            return call != nullptr ? of_method(*call) : spent_use::renews;
        }
        const bool is_gone = isa<clang::FieldDecl>(member.getMemberDecl()) &&
                             !member.getMemberDecl()->getType()->isReferenceType() &&
                             !is_trivial(member.getType(), in_);
        if (is_gone) return of(member);
        const clang::Expr* whole = &member;
        while (auto* part = dyn_cast_or_null<clang::MemberExpr>(in_.parent(whole)))
            whole = part;
        auto* cast = dyn_cast_or_null<clang::ImplicitCastExpr>(in_.parent(whole));
        return cast != nullptr && cast->getCastKind() == clang::CK_LValueToRValue
                   ? spent_use::nothing
                   : spent_use::renews;
    }
    spent_use of_method(const clang::CXXMemberCallExpr& call) const {
        auto* method = call.getMethodDecl();
        auto* record = method != nullptr ? method->getParent() : nullptr;
        if (record == nullptr || !record->hasDefinition()) return spent_use::renews;
        const llvm::StringRef name = name_of(call);
        auto* converts = dyn_cast<clang::CXXConversionDecl>(method);
        if (asks(name) ||
            (converts != nullptr && converts->getConversionType()->isBooleanType()))
            return spent_use::renews;
        const bool is_size = name == "size" || name == "length";
        if ((is_size && is_compared(call)) || name == "capacity" || name == "max_size")
            return spent_use::renews;
        if (is_size && plain_name(*record) == "std::array") return spent_use::nothing;
        if (record->isInStdNamespace())
            return method->isConst() || reads_element(name) ? spent_use::reads
                                                            : spent_use::renews;
        if (!method->isConst()) return spent_use::renews;
        const clang::FunctionDecl* defined = nullptr;
        if (!method->hasBody(defined))
            return is_of_coil(*record) ? spent_use::reads : spent_use::nothing;
        return looks_at_moved(defined->getBody(), in_) ? spent_use::reads
                                                       : spent_use::nothing;
    }
    bool is_compared(const clang::Expr& call) const {
        auto* around = in_.parent(&bare(call));
        auto* binary = dyn_cast_or_null<clang::BinaryOperator>(around);
        return binary != nullptr ? binary->isComparisonOp()
                                 : !isa_and_nonnull<clang::Expr>(around);
    }
    spent_use of_operator(const clang::CXXOperatorCallExpr& operation,
                          const clang::Expr& whole, clang::QualType type) const {
        const auto op = operation.getOperator();
        const bool is_first = operation.getArg(0) == &whole;
        auto* record = class_of(type);
        const bool is_known =
            record != nullptr && (record->isInStdNamespace() || is_of_coil(*record));
        if (!is_known) return spent_use::renews;
        if (is_first && (op == clang::OO_Arrow || op == clang::OO_Subscript ||
                         (op == clang::OO_Star && operation.getNumArgs() == 1)))
            return name_of_class(*record) == "map" ? spent_use::renews
                                                   : spent_use::reads;
        const bool is_equality =
            op == clang::OO_EqualEqual || op == clang::OO_ExclaimEqual;
        const bool is_pointer = llvm::any_of(
            operation.arguments(),
            [](const clang::Expr* each) { return each->getType()->isNullPtrType(); });
        if (op == clang::OO_Exclaim || (is_equality && is_pointer))
            return spent_use::renews;
        return of_argument(operation, whole);
    }
    /// `map` also for an `unordered_map`: their `[]` makes an element.
    static llvm::StringRef name_of_class(const clang::CXXRecordDecl& record) {
        return record.getName().ends_with("map") ? llvm::StringRef("map")
                                                 : record.getName();
    }
    spent_use of_argument(const clang::CallExpr& call, const clang::Expr& whole) const {
        if (is_move(call))
            return moved_by(call, in_) != nullptr ? spent_use::reads
                                                  : spent_use::renews;
        auto* callee = call.getDirectCallee();
        if (callee == nullptr) return spent_use::renews;
        if (callee->isInStdNamespace() &&
            (asks(name_of(call)) || name_of(call) == "holds_alternative"))
            return spent_use::renews;
        static const llvm::StringSet<> printing = {"format", "print", "println"};
        if (callee->isInStdNamespace() && printing.contains(name_of(call)))
            return spent_use::reads;
        for (unsigned i = 0; i < callee->getNumParams(); ++i) {
            if (argument_for(call, i) != &whole) continue;
            const auto type = callee->getParamDecl(i)->getType();
            const bool is_read = type->isLValueReferenceType() &&
                                 type->getPointeeType().isConstQualified();
            // A reference that is returned may be to the object itself.
            const bool may_pass_on = callee->getReturnType()->isReferenceType() &&
                                     !isa<clang::CXXOperatorCallExpr>(call);
            return is_read && !may_pass_on ? spent_use::reads : spent_use::renews;
        }
        return spent_use::renews;
    }

    const body& in_;
};

/// The expression for all of the object's place, from its variable outwards; null if
/// another part is named.
const clang::Expr* whole_of(const object& spent, const clang::Expr& named,
                            const body& in) {
    const use_finder finder(in);
    const clang::Expr* part = &named;
    while (!(place::of(part) == spent.of)) {
        auto* member =
            dyn_cast_or_null<clang::MemberExpr>(in.parent(&finder.bare(*part)));
        if (member == nullptr) return nullptr;
        part = member;
    }
    return part;
}

/// What is inside of it, if that is what is named there: `*x`, and the `x->` of a
/// member.
const clang::Expr* inside_of(const clang::Expr& holder, const body& in) {
    const clang::Expr& whole = use_finder(in).bare(holder);
    auto* around = in.parent(&whole);
    if (auto* operation = dyn_cast_or_null<clang::CXXOperatorCallExpr>(around))
        return operation->getNumArgs() == 1 &&
                       (operation->getOperator() == clang::OO_Star ||
                        operation->getOperator() == clang::OO_Arrow)
                   ? operation
                   : nullptr;
    if (auto* unary = dyn_cast_or_null<clang::UnaryOperator>(around))
        return unary->getOpcode() == clang::UO_Deref ? unary : nullptr;
    auto* member = dyn_cast_or_null<clang::MemberExpr>(around);
    if (member == nullptr) return nullptr;
    if (member->isArrow()) return &whole;
    auto* call = dyn_cast_or_null<clang::CXXMemberCallExpr>(in.parent(member));
    return call != nullptr && name_of(*call) == "value" ? call : nullptr;
}

/// Whether a holder is only asked whether it holds something.
bool is_asked(const clang::Expr& holder, const body& in) {
    const clang::Expr& whole = use_finder(in).bare(holder);
    auto* around = in.parent(&whole);
    if (isa<clang::ImplicitCastExpr>(whole) && whole.getType()->isBooleanType())
        return true;
    if (auto* operation = dyn_cast_or_null<clang::CXXOperatorCallExpr>(around))
        return operation->getOperator() == clang::OO_EqualEqual ||
               operation->getOperator() == clang::OO_ExclaimEqual;
    auto* member = dyn_cast_or_null<clang::MemberExpr>(around);
    auto* call = member != nullptr
                     ? dyn_cast_or_null<clang::CXXMemberCallExpr>(in.parent(member))
                     : nullptr;
    auto* method = call != nullptr ? call->getMethodDecl() : nullptr;
    return method != nullptr &&
           (isa<clang::CXXConversionDecl>(method) || name_of(*call) == "has_value");
}

}  // namespace

object object::named_by(const clang::Expr& expression) {
    const clang::Expr* named = without_casts(&expression);
    const clang::Expr* holder = nullptr;
    if (auto* operation = dyn_cast_or_null<clang::CXXOperatorCallExpr>(named)) {
        if (operation->getOperator() == clang::OO_Star && operation->getNumArgs() == 1)
            holder = operation->getArg(0);
    } else if (auto* unary = dyn_cast_or_null<clang::UnaryOperator>(named)) {
        if (unary->getOpcode() == clang::UO_Deref) holder = unary->getSubExpr();
    }
    const clang::Expr* part = without_casts(holder != nullptr ? holder : named);
    if (!isa_and_nonnull<clang::DeclRefExpr, clang::MemberExpr>(part)) return {};
    return {place::of(part), holder != nullptr};
}

spent_use use_of_spent(const object& spent, const clang::Expr& named, const body& in) {
    auto* whole = whole_of(spent, named, in);
    if (whole == nullptr) {
        // All of it, or a part that was not moved.
        auto* member =
            dyn_cast_or_null<clang::MemberExpr>(in.parent(&use_finder(in).bare(named)));
        return member != nullptr && isa<clang::FieldDecl>(member->getMemberDecl())
                   ? spent_use::nothing
                   : spent_use::renews;
    }
    if (!spent.is_inside) return use_finder(in).of(*whole);
    auto* inside = inside_of(*whole, in);
    if (inside != nullptr) return use_finder(in).of(*inside);
    return is_asked(*whole, in) ? spent_use::nothing : spent_use::renews;
}

const clang::CXXConstructExpr* moved_by(const clang::CallExpr& move, const body& in) {
    if (!is_move(move) || name_of(move) != "move") return nullptr;
    const clang::Expr& whole = use_finder(in).bare(move);
    auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(in.parent(&whole));
    if (made == nullptr || made->getNumArgs() == 0 || made->getArg(0) != &whole)
        return nullptr;
    auto* by = made->getConstructor();
    if (by->isMoveConstructor()) return made;
    // `std::optional<T>` of a T, `std::unique_ptr<base>` of another.
    auto* from = class_of(move.getType());
    return by->getParent()->isInStdNamespace() && from != nullptr &&
                   by->getNumParams() != 0 &&
                   by->getParamDecl(0)->getType()->isRValueReferenceType()
               ? made
               : nullptr;
}

}  // namespace coil_check
