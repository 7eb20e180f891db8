// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/Stmt.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/Support/raw_ostream.h>

#include <cstring>
#include <utility>

namespace coil_check {

namespace {

bool is_silent_at(const clang::Stmt& statement, const std::string& rule) {
    if (auto* attributed = llvm::dyn_cast<clang::AttributedStmt>(&statement)) {
        return llvm::any_of(attributed->getAttrs(), [&](const clang::Attr* each) {
            return silences(llvm::dyn_cast<clang::SuppressAttr>(each), rule);
        });
    }
    if (auto* declares = llvm::dyn_cast<clang::DeclStmt>(&statement)) {
        return llvm::any_of(declares->decls(), [&](const clang::Decl* each) {
            return is_silent(each, rule);
        });
    }
    return false;
}

void say_as_the_compiler(clang::DiagnosticsEngine& to, const rule& by, level how,
                         const finding& found) {
    const unsigned headline =
        how == level::error
            ? to.getCustomDiagID(clang::DiagnosticsEngine::Error, "%0 [coil-%1]")
            : to.getCustomDiagID(clang::DiagnosticsEngine::Warning, "%0 [coil-%1]");
    const unsigned note = to.getCustomDiagID(clang::DiagnosticsEngine::Note, "%0");
    {
        // Said when it goes out of scope, so before the notes.
        const auto said = to.Report(found.at, headline);
        said << found.text << by.name;
        for (const auto& fix : found.fixes) said << fix;
    }
    for (const auto& each : found.notes) to.Report(each.at, note) << each.text;
    if (!found.mend.empty()) to.Report(note) << found.mend;
}

/// Of a template, with what and where it was used.
void add_instance(const body& in, finding& to) {
    const auto& function = in.function();
    const auto used_at = function.getPointOfInstantiation();
    if (!function.isTemplateInstantiation() || used_at.isInvalid()) return;
    std::string name;
    llvm::raw_string_ostream text(name);
    function.getNameForDiagnostic(text, clang::PrintingPolicy(in.ast().getLangOpts()),
                                  true);
    const auto place = in.ast().getSourceManager().getPresumedLoc(used_at);
    if (place.isInvalid()) return;
    to.notes.push_back({{},
                        "in '" + name + "', as used at " + place.getFilename() + ":" +
                            std::to_string(place.getLine())});
}

}  // namespace

void report::add(finding found) {
    const level how = of_.chosen.of(by_);
    if (how == level::off || is_silenced(found) || !is_new(found)) return;
    if (within_ != nullptr) add_instance(*within_, found);
    if (of_.say)
        of_.say(by_, how, found);
    else
        say_as_the_compiler(of_.ast.getDiagnostics(), by_, how, found);
}

bool is_silent_around(const clang::Stmt* statement, const body& in,
                      const std::string& rule) {
    if (is_silent(&in.function(), rule)) return true;
    for (auto* each = statement; each != nullptr; each = in.parent(each))
        if (is_silent_at(*each, rule)) return true;
    auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&in.function());
    if (method == nullptr || !method->getParent()->isLambda()) return false;
    auto* outer =
        llvm::dyn_cast<clang::FunctionDecl>(method->getParent()->getDeclContext());
    if (outer == nullptr || !outer->hasBody() || outer->isDependentContext())
        return false;
    const body around(*outer, in.ast());
    auto* made = llvm::find_if(around.lambdas(), [&](const clang::LambdaExpr* each) {
        return each->getLambdaClass() == method->getParent();
    });
    return made != around.lambdas().end() && is_silent_around(*made, around, rule);
}

bool report::is_silenced(const finding& found) const {
    const std::string rule = "coil-" + by_.name.str();
    return is_silent(found.declaration, rule) ||
           (within_ != nullptr && is_silent_around(found.statement, *within_, rule));
}

bool report::is_new(const finding& found) const {
    const auto& sources = of_.ast.getSourceManager();
    const std::string key =
        found.at.printToString(sources) + "\n" + by_.name.str() + "\n" + found.text;
    return of_.said.insert(key).second;
}

std::string text_of(clang::QualType type, const clang::ASTContext& ast) {
    clang::PrintingPolicy policy(ast.getLangOpts());
    policy.SuppressTagKeyword = true;
    policy.SuppressDefaultTemplateArgs = true;
    policy.Bool = true;
    std::string text = type.getAsString(policy);
    // What a library's function gives is written in the library's own words.
    std::string plain = type.getCanonicalType().getAsString(policy);
    for (const auto& [long_name, short_name] :
         {std::pair("std::basic_string<char>", "std::string"),
          std::pair("std::basic_string_view<char>", "std::string_view")})
        for (auto at = plain.find(long_name); at != std::string::npos;
             at = plain.find(long_name))
            plain.replace(at, std::strlen(long_name), short_name);
    return plain.size() < text.size() ? plain : text;
}

std::string quoted(clang::QualType type, const clang::ASTContext& ast,
                   llvm::StringRef otherwise) {
    const std::string whole = type.getCanonicalType().getAsString();
    const bool is_hidden = llvm::StringRef(whole).contains("coil::detail::");
    return is_hidden ? otherwise.str() : "'" + text_of(type, ast) + "'";
}

}  // namespace coil_check
