// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the comparison itself is worth, and how much was compared.
#include <coil/testing/leaves.hpp>

#include "traced.hpp"

#include <map>
#include <set>

using namespace alike;

namespace {

void says_one(sync_log& log) {
    log("one");
}
task<> says_one(async_log& log) {
    co_await log.pause();
    log("one");
}
task<> says_two(async_log& log) {
    co_await log.pause();
    log("two");
}
task<> says_more(async_log& log) {
    co_await log.pause();
    log("one");
    log("more");
}
task<> never_waits(async_log& log) {
    log("one");
    co_return;
}
task<> never_ends(async_log& log) {
    log("one");
    co_await log.pause();
    co_await coil::testing::never();
}
task<> depends_on_its_pauses(async_log& log) {
    const coil::instant before = coil::now();
    co_await log.pause();
    log(coil::now() == before ? "one" : "late");
}

void says_nothing(sync_log&) {}
task<> says_nothing(async_log& log) {
    co_await log.pause();
}

void lets_escape(sync_log& log) {
    fail(log, "an error");
}
task<> lets_escape(async_log& log) {
    co_await fail(log, "an error");
}

std::optional<std::string> compared(sync_half* sync, async_half* async) {
    return pair("test: of the comparison", sync, async).difference();
}

}  // namespace

TEST_CASE("alike: the same log is no difference") {
    CHECK_FALSE(compared(&says_one, &says_one));
    CHECK_FALSE(compared(&lets_escape, &lets_escape));
}

TEST_CASE("alike: another word, one more, or another end is a difference") {
    CHECK(compared(&says_one, &says_two));
    CHECK(compared(&says_one, &says_more));
    CHECK(compared(&says_one, &lets_escape));
    CHECK(compared(&says_one, &never_ends));
    CHECK(compared(&says_one, &depends_on_its_pauses));
}

TEST_CASE("alike: a pair that says nothing, or never waits, compares nothing") {
    CHECK(compared(&says_nothing, &says_nothing) == "nothing is logged");
    CHECK(compared(&says_one, &never_waits) == "the async half never waits");
}

TEST_CASE("alike: at least 64 programs are written twice") {
    std::map<std::string_view, int> topics;
    std::set<std::string_view> names;
    for (const pair* each : all_pairs()) {
        ++topics[each->topic()];
        names.insert(each->name());
    }
    std::string summary;
    for (const auto& [topic, count] : topics) {
        summary += (summary.empty() ? "" : ", ") + std::string(topic) + ' ' +
                   std::to_string(count);
    }
    MESSAGE(all_pairs().size(), " programs written sync and async: ", summary);
    CHECK(names.size() == all_pairs().size());
    CHECK(names.size() >= 64);
}
