// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/collected.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/in_a_row.hpp>
#include <plugin/core/loss.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>

#include <optional>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

constexpr const char* mark = "loses_when_stopped";
constexpr unsigned depth_max = 4;  // of functions that call each other

bool is_marked(const clang::FunctionDecl& function, unsigned parameter) {
    return parameter < function.getNumParams() &&
           has_mark(*function.getParamDecl(parameter), mark);
}

bool is_shield(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    return callee != nullptr && plain_name(*callee) == "coil::shield";
}

/// `source | collect<...>()`: the stream, if it stays behind.
place stream_of(const clang::CallExpr& pipe) {
    auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(&pipe);
    if (operation == nullptr || operation->getOperator() != clang::OO_Pipe) return {};
    auto* end =
        dyn_cast_or_null<clang::CallExpr>(without_wrappers(operation->getArg(1)));
    auto* maker = end != nullptr ? end->getDirectCallee() : nullptr;
    if (maker == nullptr || !has_mark(*maker, mark)) return {};
    const clang::Expr* stream = operation->getArg(0);
    return stream->isLValue() ? place::of(stream) : place();
}

/// `next()` of a stream that is unwound where it is stopped, and has ended then.
bool ends_when_stopped(const clang::CallExpr& call) {
    auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call);
    auto* callee = member != nullptr ? member->getMethodDecl() : nullptr;
    auto* record = callee != nullptr ? callee->getParent() : nullptr;
    if (record == nullptr || name_of(call) != "next") return false;
    for (auto* each : record->decls()) {
        auto* constant = dyn_cast<clang::VarDecl>(each);
        if (constant == nullptr || constant->getName() != "is_resumable") continue;
        // In an instance of a template its value is not there before it is asked for.
        auto* value = constant->getInit();
        if (value == nullptr)
            if (auto* pattern = constant->getTemplateInstantiationPattern())
                value = pattern->getInit();
        bool is_resumable = true;
        return value != nullptr && !value->isValueDependent() &&
               value->EvaluateAsBooleanCondition(is_resumable,
                                                 record->getASTContext()) &&
               !is_resumable;
    }
    return false;
}

const clang::VarDecl* own_variable(const clang::Expr* named) {
    auto* reference = dyn_cast_or_null<clang::DeclRefExpr>(without_wrappers(named));
    auto* variable =
        reference != nullptr ? dyn_cast<clang::VarDecl>(reference->getDecl()) : nullptr;
    return variable != nullptr && variable->hasLocalStorage() &&
                   !variable->getType()->isReferenceType()
               ? variable
               : nullptr;
}

bool names(const clang::Stmt& whole, const clang::VarDecl& variable) {
    auto* reference = dyn_cast<clang::DeclRefExpr>(&whole);
    if (reference != nullptr && reference->getDecl() == &variable) return true;
    return llvm::any_of(parts_of(whole), [&](const clang::Stmt* each) {
        return names(*each, variable);
    });
}

/// The same, or names a local that was made from the variable, such as the rest of a
/// buffer.
bool depends_on(const clang::Stmt& whole, const clang::VarDecl& variable) {
    auto* reference = dyn_cast<clang::DeclRefExpr>(&whole);
    auto* made = reference != nullptr ? own_variable(reference) : nullptr;
    if (made == &variable || (made != nullptr && made->getInit() != nullptr &&
                              names(*made->getInit(), variable)))
        return true;
    return llvm::any_of(parts_of(whole), [&](const clang::Stmt* each) {
        return depends_on(*each, variable);
    });
}

/// What an expression awaits: a member such as `socket.read(into)`; or null.
const clang::CXXMemberCallExpr* awaited_member(const clang::Expr* value) {
    return dyn_cast_or_null<clang::CXXMemberCallExpr>(call_awaited_by(value));
}

/// `n += co_await socket.read(into.subspan(n))` in a loop, also by way of a variable:
/// how far it has come, only the coroutine knows, whose `n` it is.
void add_counted(const clang::Stmt& whole, bool is_looped,
                 llvm::SmallVectorImpl<loss>& found) {
    is_looped |= llvm::isa<clang::WhileStmt, clang::ForStmt, clang::DoStmt>(whole);
    auto* adds = dyn_cast<clang::CompoundAssignOperator>(&whole);
    if (is_looped && adds != nullptr && adds->getOpcode() == clang::BO_AddAssign) {
        auto* counter = own_variable(adds->getLHS());
        auto* call = awaited_member(adds->getRHS());
        auto* got = own_variable(adds->getRHS());
        if (call == nullptr && got != nullptr) call = awaited_member(got->getInit());
        if (counter != nullptr && call != nullptr &&
            llvm::any_of(call->arguments(), [&](const clang::Expr* each) {
                return depends_on(*each, *counter);
            })) {
            const place from = place::of(call->getImplicitObjectArgument());
            if (!from.is_empty()) found.push_back({call, from});
        }
    }
    for (auto* each : parts_of(whole)) add_counted(*each, is_looped, found);
}

/// What a parameter refers to, if that stays with the caller: by a reference, a pointer
/// or the copy of a shared_ptr.
place lent_by(const clang::Expr& given, clang::QualType parameter) {
    if (leads_elsewhere(parameter)) return place::of(&given);
    auto* copy = dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(&given));
    return is_shared_pointer(parameter) && copy != nullptr &&
                   copy->getConstructor()->isCopyConstructor()
               ? place::of(copy->getArg(0))
               : place();
}

/// Of `coil::call_once([&] { ... })`: the lambda.
const clang::FunctionDecl* called_once(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || plain_name(*callee) != "coil::call_once" ||
        call.getNumArgs() != 1)
        return nullptr;
    auto* lambda =
        dyn_cast_or_null<clang::LambdaExpr>(without_wrappers(call.getArg(0)));
    return lambda != nullptr ? lambda->getCallOperator() : nullptr;
}

/// What a lambda has captured by reference is called the same around it.
place captured_by(const clang::FunctionDecl& function, const place& inside) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    if (method == nullptr || !method->getParent()->isLambda()) return {};
    if (inside.is_member_of_this()) return inside;
    const bool is_referred_to =
        llvm::any_of(method->getParent()->captures(), [&](const auto& each) {
            return each.capturesVariable() &&
                   each.getCaptureKind() == clang::LCK_ByRef &&
                   each.getCapturedVar() == inside.variable();
        });
    auto* variable = dyn_cast_or_null<clang::VarDecl>(inside.variable());
    return is_referred_to && variable != nullptr && !variable->isInitCapture()
               ? inside
               : place();
}

void add_of_body(const clang::CallExpr& call, unsigned depth,
                 llvm::SmallVectorImpl<loss>& found) {
    auto* function = called_once(call);
    if (function == nullptr) function = body_of(call);
    if (function == nullptr || depth >= depth_max) return;
    auto* body = dyn_cast_or_null<clang::CoroutineBodyStmt>(function->getBody());
    if (body == nullptr) return;
    auto inside = losses_in(*body->getBody(), depth + 1);
    add_counted(*body->getBody(), false, inside);
    for (const auto& each : collected_in(*function))
        inside.push_back({each.takes, each.from, nullptr, false, each.into});
    for (const auto& each : taken_in_a_row(*function))
        inside.push_back({each.takes, each.from});
    for (const loss& each : inside) {
        const auto add = [&](const place& from) {
            if (from.is_empty()) return;
            auto* inner = each.inner != nullptr ? each.inner : each.by;
            found.push_back({&call, from, inner, each.ends, each.into});
        };
        const place captured = captured_by(*function, each.from);
        add(captured);
        if (captured.is_empty() && each.from.is_member_of_this()) {
            auto* object = object_of(call);
            if (object == nullptr ||
                !llvm::isa<clang::CXXThisExpr>(without_wrappers(object)))
                continue;
            add(each.from);
        }
        for (unsigned i = 0; i < function->getNumParams(); ++i) {
            auto* parameter = function->getParamDecl(i);
            auto* given = argument_for(call, i);
            if (given != nullptr)
                add(each.from.seen_as(parameter,
                                      lent_by(*given, parameter->getType())));
        }
    }
}

void add_losses(const clang::Stmt& whole, unsigned depth,
                llvm::SmallVectorImpl<loss>& found) {
    auto* call = dyn_cast<clang::CallExpr>(&whole);
    if (call != nullptr && is_shield(*call)) return;
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    if (callee != nullptr) {
        bool is_known = false;
        for (unsigned i = 0; i < callee->getNumParams(); ++i) {
            auto* given = is_marked(*callee, i) ? argument_for(*call, i) : nullptr;
            if (given == nullptr) continue;
            is_known = true;
            const place from = place::of(given);
            if (!from.is_empty()) found.push_back({call, from});
        }
        if (ends_when_stopped(*call)) {
            is_known = true;
            const place stream = place::of(object_of(*call));
            if (!stream.is_empty()) found.push_back({call, stream, nullptr, true});
        }
        const place from = stream_of(*call);
        if (!from.is_empty()) found.push_back({call, from});
        if (!is_known && from.is_empty()) add_of_body(*call, depth, found);
    }
    for (auto* each : parts_of(whole)) add_losses(*each, depth, found);
}

llvm::StringRef first_word(const clang::FunctionDecl* function) {
    if (function == nullptr || !function->getDeclName().isIdentifier()) return {};
    return function->getName().split('_').first;
}

/// Follows the paths from an await that was stopped.
class follower {
public:
    follower(const loss& of, const clang::CoroutineSuspendExpr& await, branch_of branch,
             const body& in)
        : of_(of),
          await_(await),
          branch_(branch),
          in_(in) {
        const clang::Stmt* part = &await;
        for (; llvm::isa_and_nonnull<clang::Expr>(part); part = in.parent(part))
            if (auto* variable = in.initialized_by(*llvm::cast<clang::Expr>(part)))
                result_ = variable;
    }

    const clang::Stmt* find() {
        auto* control = in_.control();
        if (control == nullptr) return nullptr;
        seen_.resize(control->graph().getNumBlockIDs());
        for (const clang::CFGBlock* block : control->graph()) {
            for (auto each = block->begin(); each != block->end(); ++each) {
                if (control->suspension_at(*each) != &await_) continue;
                follow(*block, std::next(each));
                return found_;
            }
        }
        return nullptr;
    }

private:
    template <class From>
    void follow(const clang::CFGBlock& block, From from) {
        for (; from != block.end() && found_ == nullptr; ++from) {
            const auto statement = from->template getAs<clang::CFGStmt>();
            if (!statement) continue;
            if (ends_at(*statement->getStmt())) return;
            if (is_use(*statement->getStmt())) found_ = statement->getStmt();
        }
        if (found_ != nullptr) return;
        auto* condition = block.getTerminatorCondition();
        const auto holds =
            llvm::isa_and_nonnull<clang::Expr>(condition) && block.succ_size() == 2
                ? value_of(llvm::cast<clang::Expr>(condition))
                : std::nullopt;
        auto* choice = dyn_cast_or_null<clang::SwitchStmt>(block.getTerminatorStmt());
        unsigned side = 0;
        for (const auto& next : block.succs()) {
            const bool is_taken = !holds || (side == 0) == *holds;
            ++side;
            const clang::CFGBlock* to = next.getReachableBlock();
            if (to == nullptr || !is_taken || seen_.test(to->getBlockID())) continue;
            if (choice != nullptr && !is_possible(*choice, *to, block.succ_size()))
                continue;
            seen_.set(to->getBlockID());
            follow(*to, to->begin());
        }
    }
    /// What a condition is when the operation was stopped; nothing if that is not
    /// clear.
    std::optional<bool> value_of(const clang::Expr* condition) const {
        condition = without_wrappers(condition);
        if (condition == &await_) return false;
        if (auto* named = dyn_cast<clang::DeclRefExpr>(condition))
            return named->getDecl() == result_ ? std::optional(false) : std::nullopt;
        if (auto* unary = dyn_cast<clang::UnaryOperator>(condition)) {
            const auto inner = value_of(unary->getSubExpr());
            return unary->getOpcode() == clang::UO_LNot && inner
                       ? std::optional(!*inner)
                       : std::nullopt;
        }
        if (auto* binary = dyn_cast<clang::BinaryOperator>(condition))
            return value_of(*binary);
        auto* call = dyn_cast<clang::CXXMemberCallExpr>(condition);
        auto* method = call != nullptr ? call->getMethodDecl() : nullptr;
        if (method == nullptr || !is_result(call->getImplicitObjectArgument()))
            return std::nullopt;
        const bool asks = llvm::isa<clang::CXXConversionDecl>(method) ||
                          method->getNameAsString() == "has_value" ||
                          method->getNameAsString() == "value_or";
        return asks ? std::optional(false) : std::nullopt;
    }
    std::optional<bool> value_of(const clang::BinaryOperator& binary) const {
        if (binary.getOpcode() == clang::BO_LAnd) {
            const auto left = value_of(binary.getLHS());
            const auto right = value_of(binary.getRHS());
            if ((left && !*left) || (right && !*right)) return false;
            return left && right ? std::optional(true) : std::nullopt;
        }
        if (!binary.isEqualityOp()) return std::nullopt;
        if (!is_index(binary.getLHS())) return std::nullopt;
        const auto number = binary.getRHS()->getIntegerConstantExpr(in_.ast());
        if (!number) return std::nullopt;
        if (*number == branch_.index) return binary.getOpcode() == clang::BO_NE;
        if (branch_.count != 2) return std::nullopt;
        return binary.getOpcode() == clang::BO_EQ;
    }
    /// `won.index()`
    bool is_index(const clang::Expr* asked) const {
        auto* call =
            dyn_cast_or_null<clang::CXXMemberCallExpr>(without_wrappers(asked));
        return call != nullptr && is_result(call->getImplicitObjectArgument()) &&
               call->getMethodDecl() != nullptr &&
               call->getMethodDecl()->getNameAsString() == "index";
    }
    /// Whether a `switch` goes there when the operation was stopped.
    bool is_possible(const clang::SwitchStmt& choice, const clang::CFGBlock& to,
                     std::size_t cases) const {
        if (!is_index(choice.getCond())) return true;
        auto* label = dyn_cast_or_null<clang::CaseStmt>(to.getLabel());
        if (label == nullptr)
            return llvm::isa_and_nonnull<clang::DefaultStmt>(to.getLabel()) ||
                   cases <= branch_.count;
        const auto number = label->getLHS()->getIntegerConstantExpr(in_.ast());
        return !number || *number != branch_.index;
    }
    bool is_result(const clang::Expr* object) const {
        object = without_wrappers(object);
        auto* named = dyn_cast_or_null<clang::DeclRefExpr>(object);
        return object == &await_ ||
               (named != nullptr && result_ != nullptr && named->getDecl() == result_);
    }
    /// It is made anew.
    bool ends_at(const clang::Stmt& statement) const {
        auto* declares = dyn_cast<clang::DeclStmt>(&statement);
        if (declares != nullptr)
            return llvm::is_contained(declares->decls(), of_.from.variable());
        auto* assigned = dyn_cast<clang::CXXOperatorCallExpr>(&statement);
        return assigned != nullptr && assigned->getOperator() == clang::OO_Equal &&
               place::of(assigned->getArg(0)) == of_.from;
    }
    /// The same operation, or another of its kind, on what was lost from.
    bool is_use(const clang::Stmt& statement) const {
        if (&statement == of_.by) return true;
        auto* call = dyn_cast<clang::CallExpr>(&statement);
        auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
        if (callee == nullptr) return false;
        const llvm::StringRef lost = first_word(of_.by->getDirectCallee());
        const llvm::StringRef word = first_word(callee);
        auto* object = object_of(*call);
        const bool is_pipe = llvm::isa<clang::CXXOperatorCallExpr>(of_.by);
        if (is_pipe && object != nullptr && word == "next")
            return place::of(object) == of_.from;
        const bool takes_more =
            of_.into != nullptr && word == first_word(of_.inner->getDirectCallee());
        if (takes_more && object != nullptr && place::of(object) == of_.from)
            return true;
        if (lost.empty() || word != lost) return false;
        if (object != nullptr && place::of(object) == of_.from) return true;
        return llvm::any_of(call->arguments(), [&](const clang::Expr* each) {
            return place::of(each) == of_.from;
        });
    }

    const loss& of_;
    const clang::CoroutineSuspendExpr& await_;
    branch_of branch_;
    const body& in_;
    const clang::VarDecl* result_ = nullptr;
    llvm::BitVector seen_;
    const clang::Stmt* found_ = nullptr;
};

}  // namespace

llvm::SmallVector<loss, 2> losses_in(const clang::Stmt& whole, unsigned depth) {
    llvm::SmallVector<loss, 2> found;
    add_losses(whole, depth, found);
    return found;
}

const clang::Stmt* used_again(const loss& of, const clang::CoroutineSuspendExpr& await,
                              branch_of branch, const body& in) {
    return follower(of, await, branch, in).find();
}

}  // namespace coil_check
