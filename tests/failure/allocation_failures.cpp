// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Usage: allocation_failures [TEST]. Runs every test of core, time, sync and stream
// with its first request for memory failing, then its second, and so on until none is
// left. What a test checks does not matter here, nor that it ends with std::bad_alloc:
// it has to end, in order, with no frame left over.
#define DOCTEST_CONFIG_IMPLEMENT
#include <coil/core/frame.hpp>

#include "failing_frames.hpp"
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<std::string> test_names;

/// Asked for the list of tests, it keeps their names.
struct name_keeper : doctest::IReporter {
    explicit name_keeper(const doctest::ContextOptions&) {}
    void report_query(const doctest::QueryData& found) override {
        for (unsigned i = 0; i < found.num_data; ++i)
            test_names.emplace_back(found.data[i]->m_name);
    }
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};
DOCTEST_REGISTER_REPORTER("names", 0, name_keeper);

void find_tests() {
    const char* const arguments[] = {"", "--list-test-cases", "--reporters=names"};
    doctest::Context all(3, arguments);
    all.run();
}

void run_test(const std::string& name) {
    std::string escaped;
    for (const char c : name)
        escaped += c == ',' ? std::string("\\,") : std::string(1, c);
    doctest::Context one;
    one.setOption("test-case", escaped.c_str());
    one.setOption("no-intro", true);
    one.setOption("no-version", true);
    one.run();
}

enum class end : unsigned char {
    nothing_failed,
    in_order,
    drop_failed,
    never_ends,
    badly,
};

constexpr int exit_nothing_failed = 10;
constexpr int exit_in_order = 11;
constexpr int exit_frames_left = 12;
constexpr unsigned seconds_max = 60;

[[noreturn]] void run_in_child(const std::string& name, long fail_at,
                               const char* output) {
    const int file = ::open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0 || ::dup2(file, STDERR_FILENO) < 0)
        std::_Exit(1);
    ::alarm(seconds_max);
    run_test(name);  // once as it is, so that it is known what drops need
    const std::size_t before = coil::count_frames().alive;
    failing_frames::fail_at(fail_at);
    run_test(name);
    std::fflush(stdout);
    if (coil::count_frames().alive != before) std::_Exit(exit_frames_left);
    std::_Exit(failing_frames::has_failed() ? exit_in_order : exit_nothing_failed);
}

std::string read_file(const char* name) {
    std::ifstream file(name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

end run_failing(const std::string& name, long fail_at, const char* output) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) run_in_child(name, fail_at, output);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == exit_in_order) return end::in_order;
    if (WIFEXITED(status) && WEXITSTATUS(status) == exit_nothing_failed)
        return end::nothing_failed;
    const std::string said = read_file(output);
    const auto says = [&](const char* words) {
        return said.find(words) != std::string::npos;
    };
    // A drop that needs more than its own frame, and does not get it, may not go on.
    if (says("an exception escaped from async_drop()")) return end::drop_failed;
    // What was to end a leaf that answered "later" has failed.
    if (says("deadlock that a stop does not end")) return end::never_ends;
    std::printf("%s\n  with request %ld failing: status %d\n%s\n", name.c_str(),
                fail_at, status,
                said.substr(said.size() > 2000 ? said.size() - 2000 : 0).c_str());
    return end::badly;
}

struct totals {
    long tests = 0;
    long failures = 0;
    long drops_failed = 0;
    long never_end = 0;
    long bad = 0;
};

/// Tests that ask the frame source themselves, or whose other library's coroutine hangs
/// if nothing runs it; and those that make two generators with drops in one expression:
/// without memory for the second one, C++ destroys the first, and nobody can wait.
bool keeps_memory(const std::string& name) {
    return name.starts_with("frame: ") || name.starts_with("as_foreign: ") ||
           name == "law 6: no memory for the drop: the body does not begin" ||
           name == "zip: drops what it owns, after it stopped those that wait" ||
           name == "chain: drops what it owns, also what it did not come to";
}

/// Tests that take long by themselves are failed at their first requests only.
void check(const std::string& name, totals& sum, const char* output) {
    constexpr auto patience = std::chrono::seconds(1);
    const auto begun = std::chrono::steady_clock::now();
    ++sum.tests;
    for (long fail_at = 1;; ++fail_at) {
        const end how = run_failing(name, fail_at, output);
        if (how == end::nothing_failed) return;
        ++sum.failures;
        sum.drops_failed += how == end::drop_failed ? 1 : 0;
        sum.never_end += how == end::never_ends ? 1 : 0;
        sum.bad += how == end::badly ? 1 : 0;
        if (how == end::badly) return;
        if (std::chrono::steady_clock::now() - begun > patience) return;
    }
}

}  // namespace

int main(int count, char** arguments) {
    find_tests();
    const std::string output =
        std::string(arguments[0]) + "-" + std::to_string(::getpid()) + ".out";
    totals sum;
    for (const std::string& name : test_names) {
        if (count > 1 && name.find(arguments[1]) == std::string::npos) continue;
        if (keeps_memory(name)) continue;
        check(name, sum, output.c_str());
    }
    ::unlink(output.c_str());
    std::printf(
        "%ld tests, %ld failed requests; by them %ld drops failed, which ends the "
        "program, "
        "%ld waits could not end, %ld went wrong\n",
        sum.tests, sum.failures, sum.drops_failed, sum.never_end, sum.bad);
    return sum.bad == 0 && sum.failures > 0 ? 0 : 1;
}
