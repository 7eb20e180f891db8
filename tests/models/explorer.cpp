// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>

#include "checker_state.hpp"
#include <ucontext.h>

#include <cstring>

namespace coil::models {

const char* planted_bug = nullptr;
state all;

namespace {

bool can_go_on(const thread& t) {
    if (t.has_ended) return false;
    if (t.is_paused) return all.changes != t.paused_at;
    return !t.waits_for || t.waits_for();
}

}  // namespace

/// A context's own switch asks the system for its signals; this one does not.
void switch_to_scheduler(thread& self) {
    if (_setjmp(self.goes_on) == 0) _longjmp(all.scheduler, 1);
}

/// The execution is over: its threads are left where they are.
void fail(const std::string& why) {
    if (all.failure.empty()) all.failure = why;
    if (all.running == maker) return;
    switch_to_scheduler(all.threads[all.running]);
}

/// Depth first: the choices of the execution before, the last of them one further.
unsigned choose(unsigned of) {
    if (of <= 1) return 0;
    if (all.next_choice == all.choices.size()) all.choices.push_back({0, of});
    choice& c = all.choices[all.next_choice++];
    c.of = of;
    return c.taken;
}

std::string text_of(const step& s) {
    const char* const name = std::strrchr(s.where.file, '/');
    constexpr std::uintptr_t shown = 100000;  // of the address, to tell words apart
    return "thread " + std::to_string(s.thread) + "  " + s.what + " " +
           word_for(s.order) + "  " + std::to_string(s.value) + "  at " +
           std::to_string(reinterpret_cast<std::uintptr_t>(s.at) % shown) + "  " +
           (name == nullptr ? s.where.file : name + 1) + ":" +
           std::to_string(s.where.line);
}

/// Back to the scheduler, which decides who goes on.
void give_way() {
    if (all.running == maker) return;
    if (++all.steps > steps_most) fail("it takes too many steps: a livelock?");
    switch_to_scheduler(all.threads[all.running]);
}

void expect(bool holds, const char* what) {
    if (!holds) fail(what);
}

void give_up(const char* why) {
    fail(why);
    _longjmp(all.makers_end, 1);  // it is not a thread that failed
}

void wait_until(std::function<bool()> holds) {
    if (all.running == maker) return;
    all.threads[all.running].waits_for = std::move(holds);
    give_way();
    all.threads[all.running].waits_for = nullptr;
}

void pause() {
    if (all.running == maker) return;
    thread& self = all.threads[all.running];
    self.paused_at = all.changes;
    self.is_paused = true;
    give_way();
    self.is_paused = false;
}

void weaken(const weakened& order) {
    all.weak = order;
}

void plant(const char* bug) {
    planted_bug = bug;
}

void go_deeper(int switches) {
    all.switches_more = switches;
}

namespace {

void run_thread() {
    thread& self = all.threads[all.running];
    self.body();
    self.has_ended = true;
    switch_to_scheduler(self);
}

void begin(std::size_t which) {
    auto& stack = all.stacks[which];
    if (!stack) stack = std::make_unique<char[]>(stack_bytes);
    ucontext_t first;
    getcontext(&first);
    first.uc_stack.ss_sp = stack.get();
    first.uc_stack.ss_size = stack_bytes;
    first.uc_link = nullptr;
    makecontext(&first, &run_thread, 0);
    all.threads[which].has_begun = true;
    setcontext(&first);
}

/// Who goes on: the one that ran, or, as often as that is allowed, another.
std::size_t next_thread(std::size_t last) {
    std::vector<std::size_t> able;
    const bool last_goes_on = last != nobody && can_go_on(all.threads[last]);
    if (last_goes_on) able.push_back(last);
    if (!last_goes_on || all.switches_left > 0) {
        for (std::size_t t = 0; t < all.threads.size(); ++t) {
            if (t != last && can_go_on(all.threads[t])) able.push_back(t);
        }
    }
    if (able.empty()) return nobody;
    const std::size_t next = able[choose(static_cast<unsigned>(able.size()))];
    if (last_goes_on && next != last) --all.switches_left;
    return next;
}

void resume(std::size_t which) {
    all.running = which;
    thread& next = all.threads[which];
    exchange_locals(next.locals);
    if (_setjmp(all.scheduler) == 0) {
        if (!next.has_begun) begin(which);
        _longjmp(next.goes_on, 1);
    }
    exchange_locals(all.threads[all.running].locals);
    all.running = maker;
}

void run_all(const program& p) {
    all.threads.clear();
    all.threads.resize(p.threads.size());
    for (std::size_t i = 0; i < p.threads.size(); ++i) {
        all.threads[i].body = p.threads[i];
        all.threads[i].now = all.makers_now;
    }
    std::size_t last = nobody;
    while (all.failure.empty()) {
        last = next_thread(last);
        if (last == nobody) break;
        resume(last);
    }
    const auto ended = [](const thread& t) { return t.has_ended; };
    const bool have_ended = std::all_of(all.threads.begin(), all.threads.end(), ended);
    if (!have_ended && all.failure.empty())
        all.failure = "a deadlock: threads wait for what nobody will do";
    for (const thread& t : all.threads) join(all.makers_now, t.now);
}

void execute(const model& m) {
    all.next_choice = 0;
    all.switches_left = m.switches + all.switches_more;
    all.running = maker;
    all.makers_now = {};
    all.changes = all.steps = 0;
    all.failure.clear();
    all.trace.clear();
    all.memory_taken = 0;
    all.is_given_back.reset();
    if (_setjmp(all.makers_end) == 0) {
        // Where it failed, nothing of it is ended: who knows what state it is in.
        auto* const p = new program(m.make());
        run_all(*p);
        if (all.failure.empty()) p->after();
        if (all.failure.empty()) delete p;
    }
    all.threads.clear();
    all.words.clear();
    all.plains.clear();
}

/// The next execution in order; false after the last.
bool advance() {
    all.choices.resize(all.next_choice);
    while (!all.choices.empty()) {
        choice& last = all.choices.back();
        if (++last.taken < last.of) return true;
        all.choices.pop_back();
    }
    return false;
}

}  // namespace

verdict explore(const model& m, std::size_t most) {
    verdict v;
    all.choices.clear();
    all.sites.clear();
    do {
        v.was_cut = v.executions == most;
        if (v.was_cut) break;
        execute(m);
        ++v.executions;
        if (!all.failure.empty()) {
            v.failure = all.failure;
            for (const step& each : all.trace) v.trace.push_back(text_of(each));
            break;
        }
    } while (advance());
    for (const auto& [where, order] : all.sites) {
        const auto& [file, line, column] = where;
        v.reached.emplace(std::tuple(std::string(file), line, column), order);
    }
    return v;
}

}  // namespace coil::models
