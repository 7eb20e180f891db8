// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// `coil-check -p build`: for what another compiler builds. Reads each file as Clang 19
// would, with the command that the build has for it.
#include <plugin/core/consumer.hpp>
#include <plugin/tool/arguments.hpp>
#include <plugin/tool/dependencies.hpp>

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Tooling/JSONCompilationDatabase.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/InitLLVM.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/ThreadPool.h>
#include <llvm/Support/WithColor.h>

#include <atomic>
#include <mutex>

namespace coil_check {

namespace {

namespace cl = llvm::cl;
namespace tooling = clang::tooling;

cl::OptionCategory ours("coil-check");
cl::opt<std::string> build_folder(
    "p",
    cl::desc("Where compile_commands.json is; without it, the command is what "
             "follows --"),
    cl::value_desc("folder"), cl::cat(ours));
cl::list<std::string> files(cl::Positional, cl::desc("[<file>...]"), cl::cat(ours));
cl::list<std::string> rules(
    "rule",
    cl::desc("What a rule's findings are: <rule>=error, =warning or =off; all=... "
             "for all rules"),
    cl::value_desc("rule=level"), cl::cat(ours));
cl::list<std::string> futures("future",
                              cl::desc("A task type that is not coil's: QCoro::Task"),
                              cl::value_desc("type"), cl::cat(ours));
cl::opt<std::string> frame_budget("frame-budget",
                                  cl::desc("What the rule cost allows a frame"),
                                  cl::value_desc("bytes"), cl::cat(ours));
cl::opt<bool> system_headers("system-headers", cl::desc("Check system headers, too"),
                             cl::cat(ours));
cl::opt<unsigned> jobs("j", cl::desc("Files at once; 0 for all processors"),
                       cl::init(1), cl::cat(ours));
cl::opt<bool> counts("count", cl::desc("Says how many coroutines it looked at"),
                     cl::cat(ours));
cl::opt<std::string> output(
    "output", cl::desc("Only with the build's commands for files below such a folder"),
    cl::value_desc("folder"), cl::cat(ours));
cl::opt<std::string> depfile(
    "depfile", cl::desc("Writes what the file included, as a rule for make or ninja"),
    cl::value_desc("output.d"), cl::cat(ours));

/// The build's commands, without those that `--output` leaves out.
class chosen_commands : public tooling::CompilationDatabase {
    using commands = std::vector<tooling::CompileCommand>;

public:
    explicit chosen_commands(const tooling::CompilationDatabase& all) : all_(all) {}

    commands getCompileCommands(llvm::StringRef path) const override {
        return those_of(all_.getCompileCommands(path));
    }
    std::vector<std::string> getAllFiles() const override { return all_.getAllFiles(); }
    commands getAllCompileCommands() const override {
        return those_of(all_.getAllCompileCommands());
    }

private:
    static commands those_of(commands all) {
        llvm::erase_if(all, [](const tooling::CompileCommand& each) {
            return !llvm::StringRef(output_of(each)).contains(output);
        });
        return all;
    }
    /// CMake only writes it into the command itself.
    static std::string output_of(const tooling::CompileCommand& command) {
        const auto& line = command.CommandLine;
        const auto option = llvm::find(line, "-o");
        return line.end() - option < 2 ? command.Output : *std::next(option);
    }

    const tooling::CompilationDatabase& all_;
};

std::atomic<unsigned> coroutines;

class counting_consumer : public consumer {
    using consumer::consumer;
    void looked_at(unsigned there) override { coroutines += there; }
};

class action : public clang::ASTFrontendAction {
public:
    explicit action(options chosen) : chosen_(std::move(chosen)) {}

protected:
    bool BeginInvocation(clang::CompilerInstance& compiler) override {
        if (!depfile.empty())
            compiler.addDependencyCollector(std::make_shared<dependencies>(depfile));
        return true;
    }
    std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
        clang::CompilerInstance& compiler, llvm::StringRef /*file*/) override {
        return std::make_unique<counting_consumer>(compiler, chosen_);
    }

private:
    options chosen_;
};

class action_for_each : public tooling::FrontendActionFactory {
public:
    explicit action_for_each(const options& chosen) : chosen_(chosen) {}
    std::unique_ptr<clang::FrontendAction> create() override {
        return std::make_unique<action>(chosen_);
    }
    bool runInvocation(std::shared_ptr<clang::CompilerInvocation> invocation,
                       clang::FileManager* manager,
                       std::shared_ptr<clang::PCHContainerOperations> modules,
                       clang::DiagnosticConsumer* said) override {
        // Not the count of errors, which would go past `said`.
        invocation->getDiagnosticOpts().ShowCarets = 0;
        return FrontendActionFactory::runInvocation(std::move(invocation), manager,
                                                    std::move(modules), said);
    }

private:
    const options& chosen_;
};

/// All files that are asked for; what is found in one is printed at once.
class run {
public:
    run(const tooling::CompilationDatabase& commands, const options& chosen)
        : commands_(commands),
          chosen_(chosen) {}

    bool check_all(llvm::ArrayRef<std::string> paths) {
        llvm::DefaultThreadPool pool(llvm::hardware_concurrency(jobs));
        for (const auto& path : paths) pool.async([this, &path] { check(path); });
        pool.wait();
        return is_well_;
    }

private:
    void check(const std::string& path) {
        std::string text;
        llvm::raw_string_ostream into(text);
        auto how = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
        how->ShowColors = llvm::WithColor::defaultAutoDetectFunction()(llvm::errs());
        clang::TextDiagnosticPrinter printer(into, how.get());
        tooling::ClangTool tool(commands_, path,
                                std::make_shared<clang::PCHContainerOperations>(),
                                llvm::vfs::createPhysicalFileSystem());
        tool.setDiagnosticConsumer(&printer);
        tool.setPrintErrorMessage(false);
        tool.appendArgumentsAdjuster(tooling::getStripPluginsAdjuster());
        tool.appendArgumentsAdjuster(only_what_clang_knows());
        action_for_each each(chosen_);
        const bool has_command = !commands_.getCompileCommands(path).empty();
        const bool is_well = has_command && tool.run(&each) == 0;

        const std::lock_guard held(mutex_);
        if (!has_command)
            llvm::WithColor::error() << path << ": the build has no command for it\n";
        llvm::errs() << into.str();
        if (!is_well && has_command && printer.getNumErrors() == 0)
            llvm::WithColor::error() << path << ": it cannot be read\n";
        is_well_ = is_well_ && is_well;
    }

    const tooling::CompilationDatabase& commands_;
    const options& chosen_;
    std::mutex mutex_;
    bool is_well_ = true;
};

bool complain(const std::string& wrong) {
    if (!wrong.empty()) llvm::WithColor::error() << "coil-check: " << wrong << '\n';
    return !wrong.empty();
}

/// Whether the command line's options make sense; says so if not.
bool take_options(options& chosen) {
    bool is_wrong = false;
    for (const auto& each : rules) is_wrong |= complain(chosen.take(each));
    for (const auto& each : futures)
        is_wrong |= complain(chosen.take("future=" + each));
    if (!frame_budget.empty())
        is_wrong |= complain(chosen.take("frame-budget=" + frame_budget));
    if (system_headers) is_wrong |= complain(chosen.take("system-headers"));
    return !is_wrong;
}

int main(int count, const char** arguments) {
    const llvm::InitLLVM started(count, arguments);
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmParsers();  // for functions in assembler
    std::string wrong;
    std::unique_ptr<tooling::CompilationDatabase> commands =
        tooling::FixedCompilationDatabase::loadFromCommandLine(count, arguments, wrong);
    cl::HideUnrelatedOptions(ours);
    cl::ParseCommandLineOptions(
        count, arguments,
        "Checks C++ coroutines: what `./x explain` and plugin/checks describe.\n\n"
        "  coil-check -p build                   all files of a build\n"
        "  coil-check -p build src/a.cpp         one of them\n"
        "  coil-check a.cpp -- -std=c++20 -I.    a file without a build\n");
    options chosen;
    if (!take_options(chosen)) return 2;
    if (!build_folder.empty())
        commands =
            tooling::CompilationDatabase::autoDetectFromDirectory(build_folder, wrong);
    if (commands == nullptr) {
        complain(wrong.empty() ? "it needs -p <build folder>, or -- and the arguments"
                               : wrong);
        return 2;
    }
    std::vector<std::string> paths(files.begin(), files.end());
    if (paths.empty()) paths = commands->getAllFiles();
    const bool is_well = run(chosen_commands(*commands), chosen).check_all(paths);
    if (counts)
        llvm::outs() << paths.size() << " files, " << coroutines << " coroutines\n";
    return is_well ? 0 : 1;
}

}  // namespace

}  // namespace coil_check

int main(int count, const char** arguments) {
    return coil_check::main(count, arguments);
}
