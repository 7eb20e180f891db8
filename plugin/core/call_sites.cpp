// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/call_sites.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

namespace {

/// Notes each function that is named, with the function or lambda that names it.
class drawer : public clang::RecursiveASTVisitor<drawer> {
    using visitor = clang::RecursiveASTVisitor<drawer>;

public:
    template <class Note>
    drawer(const clang::SourceManager& sources, Note note)
        : sources_(sources),
          note_(note) {}

    // What follows is called by clang, which also spells it.
    bool shouldVisitTemplateInstantiations() const { return true; }
    bool TraverseDecl(clang::Decl* declared) {
        if (declared == nullptr || is_skipped(*declared)) return true;
        auto* function = llvm::dyn_cast<clang::FunctionDecl>(declared);
        auto* outer = in_;
        if (function != nullptr) in_ = function;
        const bool goes_on = visitor::TraverseDecl(declared);
        in_ = outer;
        return goes_on;
    }
    bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
        auto* outer = in_;
        in_ = lambda->getCallOperator();
        const bool goes_on = visitor::TraverseStmt(lambda->getBody());
        in_ = outer;
        for (auto* each : lambda->capture_inits())
            if (each != nullptr) visitor::TraverseStmt(each);
        return goes_on;
    }
    bool VisitDeclRefExpr(clang::DeclRefExpr* named) {
        if (auto* function = llvm::dyn_cast<clang::FunctionDecl>(named->getDecl()))
            note(*function);
        return true;
    }
    bool VisitMemberExpr(clang::MemberExpr* named) {
        if (auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(named->getMemberDecl()))
            note(*method);
        return true;
    }

private:
    bool is_skipped(const clang::Decl& declared) const {
        return llvm::isa<clang::DeclContext>(declared) &&
               !llvm::isa<clang::TranslationUnitDecl>(declared) &&
               declared.getLocation().isValid() &&
               sources_.isInSystemHeader(declared.getLocation());
    }
    void note(const clang::FunctionDecl& named) {
        if (in_ != nullptr) note_(*named.getCanonicalDecl(), *in_);
    }

    const clang::SourceManager& sources_;
    std::function<void(const clang::FunctionDecl&, const clang::FunctionDecl&)> note_;
    const clang::FunctionDecl* in_ = nullptr;
};

}  // namespace

llvm::ArrayRef<const clang::FunctionDecl*> call_sites::callers_of(
    const clang::FunctionDecl& function, clang::ASTContext& ast) {
    if (!is_drawn_) draw(ast);
    const auto found = callers_.find(function.getCanonicalDecl());
    if (found == callers_.end()) return {};
    return found->second;
}

void call_sites::draw(clang::ASTContext& ast) {
    is_drawn_ = true;
    drawer each(ast.getSourceManager(), [this](const auto& named, const auto& by) {
        auto& all = callers_[&named];
        if (!llvm::is_contained(all, &by)) all.push_back(&by);
    });
    each.TraverseDecl(ast.getTranslationUnitDecl());
}

}  // namespace coil_check
