// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/tool/dependencies.hpp>

#include <clang/Basic/Diagnostic.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/raw_ostream.h>

namespace coil_check {

namespace {

/// As in a makefile.
std::string escaped(llvm::StringRef path) {
    std::string text;
    for (const char each : path) {
        if (each == ' ' || each == '#') text += '\\';
        if (each == '$') text += '$';
        text += each;
    }
    return text;
}

}  // namespace

dependencies::dependencies(std::string path) : path_(std::move(path)) {}

void dependencies::finishedMainFile(clang::DiagnosticsEngine& to) {
    std::error_code failed;
    llvm::raw_fd_ostream into(path_, failed, llvm::sys::fs::OF_Text);
    if (failed) {
        to.Report(to.getCustomDiagID(clang::DiagnosticsEngine::Error,
                                     "coil-check: cannot write '%0': %1"))
            << path_ << failed.message();
        return;
    }
    llvm::StringRef output = path_;
    output.consume_back(".d");
    into << escaped(output) << ':';
    for (const auto& each : getDependencies()) into << " \\\n  " << escaped(each);
    into << '\n';
}

}  // namespace coil_check
