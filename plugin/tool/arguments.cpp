// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/tool/arguments.hpp>

#include <clang/Driver/Options.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>

namespace coil_check {

namespace {

using clang::tooling::CommandLineArguments;

CommandLineArguments known(const CommandLineArguments& all) {
    namespace options = clang::driver::options;
    llvm::SmallVector<const char*, 64> texts;
    for (const auto& each : all) texts.push_back(each.c_str());
    unsigned missing_at = 0, missing = 0;
    const auto parsed = clang::driver::getDriverOptTable().ParseArgs(
        llvm::ArrayRef(texts).drop_front(), missing_at, missing,
        llvm::opt::Visibility(options::ClangOption));
    llvm::DenseSet<unsigned> unknown;
    for (auto* each : parsed.filtered(options::OPT_UNKNOWN))
        unknown.insert(each->getIndex() + 1);  // the compiler's name comes first
    CommandLineArguments kept;
    for (unsigned at = 0; at < all.size(); ++at) {
        // `-Xclang -include-pch -Xclang <file>`; the header itself is included, too.
        if (at + 3 < all.size() && all[at] == "-Xclang" &&
            all[at + 1] == "-include-pch")
            at += 3;
        else if (!unknown.contains(at))
            kept.push_back(all[at]);
    }
    return kept;
}

}  // namespace

clang::tooling::ArgumentsAdjuster only_what_clang_knows() {
    return [](const CommandLineArguments& all, llvm::StringRef) {
        CommandLineArguments kept = known(all);
        // Before a `--` that the database puts in front of the file's name.
        auto end = llvm::find(kept, "--");
        end = kept.insert(end, {"-w", "-ferror-limit=0"}) + 2;
        kept.insert(end, "-resource-dir=" COIL_CHECK_RESOURCES);
        return kept;
    };
}

}  // namespace coil_check
