// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/backtrace.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/strand.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <sstream>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::task;

namespace {

task<> answer() {
    co_await coil::sleep(10ms);
}
task<> serve() {
    co_await coil::join(answer(), never());
}

/// The first word or two of each line, without places.
words outline(const std::string& text) {
    words lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const auto parameters = line.find('(');
        if (parameters != std::string::npos) {
            const auto name = line.find_last_of(" :", parameters);
            line = "in " + line.substr(name + 1, parameters - name - 1);
        }
        line.erase(0, line.find_first_not_of(' '));
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

COIL_TEST("backtrace: where a strand waits") {
    //! [where a strand waits]
    std::string text;
    auto look = [&text]() -> task<> {
        co_await coil::yield_now();
        text = backtrace(*coil::strand::current());
    };
    co_await coil::join(coil::race(serve(), coil::sleep(1ms)), look());
    CHECK(says(text, "waits for sleep\n"));
    CHECK(says(text, "waits for never\n"));
    CHECK(says(text, "in join\n"));
    CHECK(says(text, "backtrace_test.cpp:"));
    //! [where a strand waits]
}

COIL_TEST("backtrace: names the chain from the leaf to the strand") {
    std::string text;
    auto inner = [&]() -> task<> { text = co_await coil::backtrace_here(); };
    auto middle = [&]() -> task<> { co_await coil::join(inner(), coil::yield_now()); };
    co_await coil::shield(middle());
    const words lines = outline(text);
    REQUIRE(lines.size() == 6);
    CHECK(lines[1] == "in join");
    CHECK(lines[3] == "in shield");
    CHECK(lines[5] == "in strand");
}

COIL_TEST("backtrace: shows the strands that a group waits for") {
    std::string text;
    coil::strand& mine = *coil::strand::current();
    auto look = [&]() -> task<> {
        co_await coil::yield_now();
        text = backtrace(mine);
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(coil::sleep(5ms));
        g.spawn(look());
    });
    CHECK(says(text, "waits for with_group"));
    CHECK(says(text, "waits for sleep"));
}

namespace {
coil::local_task<> deadlocked() {
    co_await serve();
}
}  // namespace

TEST_CASE("backtrace: a deadlock names who waits for what, in user's words") {
    const std::string text = last_words_of(&deadlocked);
    CHECK(says(text, "nothing can happen any more"));
    CHECK(says(text, "waits for never"));
    CHECK(says(text, "in join"));
    CHECK(says(text, "serve"));
    CHECK_FALSE(says(text, "detail::"));
}
