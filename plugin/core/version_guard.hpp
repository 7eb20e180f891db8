// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/Basic/Version.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace coil_check {

/// A plugin shares the compiler's classes, whose layout another version changes: it
/// would crash there, or worse. One of these as a static variable, above all else of
/// the plugin's own file, ends the compiler with a word before it touches them.
struct version_guard {
    explicit version_guard(const char* plugin, const char* host) {
        const std::string version = clang::getClangFullVersion();
        const std::string wanted =
            "version " + std::to_string(CLANG_VERSION_MAJOR) + ".";
        if (version.find(wanted) != std::string::npos) return;
        std::fprintf(stderr,
                     "error: %s is for clang %d, and this is '%s': use %s-%d, or build "
                     "coil-check for this one\n",
                     plugin, CLANG_VERSION_MAJOR, version.c_str(), host,
                     CLANG_VERSION_MAJOR);
        std::_Exit(1);
    }
};

}  // namespace coil_check
