// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/Frontend/Utils.h>

#include <string>

namespace coil_check {

/// Writes `<output>.d`: a rule that makes `<output>` depend on all that was included.
class dependencies : public clang::DependencyCollector {
public:
    explicit dependencies(std::string path);

    void finishedMainFile(clang::DiagnosticsEngine& to) override;

private:
    std::string path_;
};

}  // namespace coil_check
