// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every model holds in every execution, and every order that the source asks for is
// needed: with any of them one step weaker, some model fails.
#include "all_models.hpp"
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

using namespace coil::models;
using coil::memory_order;

namespace {

std::vector<model> all_models() {
    std::vector<model> all;
    for (const auto& some :
         {inbox_models(), queue_models(), lock_models(), strand_models(),
          event_models(), permit_models(), channel_models(), news_models(),
          group_models(), kept_models(), forked_models(), socket_models()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

std::vector<memory_order> weaker_than(memory_order order) {
    switch (order) {
        case memory_order::acq_rel:
            return {memory_order::acquire, memory_order::release};
        case memory_order::acquire:
        case memory_order::release: return {memory_order::relaxed};
        default: return {};
    }
}

using place = std::tuple<std::string, int, int>;
/// The models that come to a place, the quickest first.
using models_of_place = std::map<place, std::multimap<std::size_t, const model*>>;

models_of_place models_by_place(const std::vector<model>& all,
                                std::map<place, memory_order>& orders) {
    models_of_place found;
    for (const model& m : all) {
        const verdict v = explore(m);
        orders.insert(v.reached.begin(), v.reached.end());
        for (const auto& [where, order] : v.reached)
            found[where].emplace(v.executions, &m);
    }
    return found;
}

/// Explores in a process of its own: what a bug breaks may end it.
bool fails(const model& m) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE})
            (void)std::signal(number, SIG_DFL);
        _exit(explore(m).failure.empty() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status != 0;
}

bool is_found(const std::multimap<std::size_t, const model*>& all) {
    for (const auto& [executions, m] : all) {
        if (fails(*m)) return true;
    }
    return false;
}

/// An order that no model can show to be needed, and why.
struct spared {
    std::string file;
    memory_order order;
    std::string line;
};
const std::vector<spared> not_shown = {
    // Weaker, a thief could read from a place what is put there after it has moved the
    // head: a load that reads what is stored later, which the checker does not give.
    {"coil/runtime/detail/work_queue.hpp", memory_order::acquire,
     "const std::uint32_t head = head_.load(memory_order_acquire);"},
    // Weaker, giving the lock back would not be ordered before the end of its memory:
    // the checker sees what touches memory after that, and here nothing does.
    {"coil/base/spin_lock.hpp", memory_order::acquire,
     "return is_held_.load(memory_order_acquire);"},
};

std::string line_of(const std::string& file, int number) {
    std::ifstream in(file);
    std::string line;
    for (int i = 0; i < number; ++i) std::getline(in, line);
    const auto first = line.find_first_not_of(' ');
    return first == std::string::npos ? "" : line.substr(first);
}

bool is_spared(const std::string& file, int line, memory_order order) {
    for (const spared& each : not_shown) {
        if (file.ends_with(each.file) && each.order == order &&
            line_of(file, line) == each.line)
            return true;
    }
    return false;
}

bool finds_a_weaker_order(const model& m) {
    for (const auto& [where, order] : explore(m).reached) {
        const auto& [file, line, column] = where;
        for (const memory_order weaker : weaker_than(order)) {
            weaken({file, line, column, weaker});
            const bool is_found = fails(m);
            weaken({});
            if (is_found) return true;
        }
    }
    return false;
}

void print_end(const std::vector<std::string>& trace) {
    constexpr std::size_t most = 100;
    const std::size_t from = trace.size() > most ? trace.size() - most : 0;
    for (std::size_t i = from; i < trace.size(); ++i)
        std::printf("%s\n", trace[i].c_str());
}

/// Deeper, some models have more executions than anybody waits for. All of them are
/// complete at the depth that they ask for.
constexpr std::size_t deeper_most = 1'000'000;

/// Returns whether it was cut.
bool expect_it_holds(const model& m, bool is_deeper, std::size_t& executions) {
    const auto began = std::chrono::steady_clock::now();
    const verdict v = is_deeper ? explore(m, deeper_most) : explore(m);
    executions += v.executions;
    CHECK_MESSAGE(v.failure.empty(), m.name << ": " << v.failure);
    if (!v.failure.empty()) print_end(v.trace);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (is_deeper) {
        std::printf("  %9zu%s %7.1f s  %s\n", v.executions, v.was_cut ? "+" : " ",
                    took.count(), m.name.c_str());
        (void)std::fflush(stdout);
    }
    return v.was_cut;
}

bool is_a_models_own(const std::string& file) {
    return file.find("coil/") == std::string::npos;
}

}  // namespace

TEST_CASE("models: each holds in every execution") {
    const char* const more = std::getenv("COIL_MODEL_SWITCHES_MORE");
    if (more != nullptr) go_deeper(std::atoi(more));
    std::size_t executions = 0;
    std::size_t cut = 0;
    for (const model& m : all_models())
        cut += expect_it_holds(m, more != nullptr, executions) ? 1 : 0;
    go_deeper(0);
    std::printf("%zu models, %zu executions", all_models().size(), executions);
    if (cut != 0) std::printf(", %zu models cut after %zu", cut, deeper_most);
    std::printf("\n");
}

TEST_CASE("models: each order is needed, or it is said why no model shows it") {
    const std::vector<model> all = all_models();
    std::map<place, memory_order> orders;
    const models_of_place models = models_by_place(all, orders);
    int tried = 0;
    int found = 0;
    for (const auto& [where, order] : orders) {
        const auto& [file, line, column] = where;
        for (const memory_order weaker : weaker_than(order)) {
            if (is_a_models_own(file) || is_spared(file, line, order)) continue;
            ++tried;
            weaken({file, line, column, weaker});
            const bool is_needed = is_found(models.at(where));
            weaken({});
            found += is_needed ? 1 : 0;
            CHECK_MESSAGE(is_needed, file << ":" << line << " may be "
                                          << std::string(word_for(weaker)));
        }
    }
    CHECK(tried > 0);
    std::printf("%d weaker orders, %d found\n", tried, found);
}

TEST_CASE("models: each finds the bugs that it is there for") {
    int planted = 0;
    std::set<std::string> different;
    for (const model& m : all_models()) {
        for (const char* const bug : m.finds) {
            plant(bug);
            CHECK_MESSAGE(fails(m), m.name << ": does not find " << std::string(bug));
            plant(nullptr);
            ++planted;
            different.insert(bug);
        }
    }
    CHECK(planted > 0);
    std::printf("%zu planted bugs, found by models %d times\n", different.size(),
                planted);
}

TEST_CASE("models: one that is there for no bug finds a weaker order") {
    for (const model& m : all_models()) {
        if (m.finds.empty()) CHECK_MESSAGE(finds_a_weaker_order(m), m.name);
    }
}
