// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checker.hpp"

#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <unordered_map>

namespace coil::models {

namespace {

// The last one is who made the program, and looks when all have ended.
constexpr std::size_t threads_most = 4;
constexpr std::size_t maker = threads_most - 1;
constexpr std::size_t nobody = threads_most;
constexpr std::size_t steps_most = 2000;
constexpr std::size_t stack_bytes = 64 * 1024;

/// How much of each thread has happened before some point.
using clock = std::array<int, threads_most>;
void join(clock& into, const clock& other) {
    for (std::size_t t = 0; t < threads_most; ++t)
        into[t] = std::max(into[t], other[t]);
}

bool acquires(memory_order o) {
    return o == memory_order::acquire || o == memory_order::acq_rel ||
           o == memory_order::seq_cst;
}
bool releases(memory_order o) {
    return o == memory_order::release || o == memory_order::acq_rel ||
           o == memory_order::seq_cst;
}
/// One value that an atomic word had, in the order of all its changes.
struct stored {
    std::uint64_t value;
    clock gives;  // to who acquires it
    bool is_seq_cst;
};
/// That a thread, at a time of its own, read or wrote the value at `index`.
struct seen {
    int time;
    std::size_t index;
};
struct word {
    std::vector<stored> values;
    std::array<std::vector<seen>, threads_most> accesses;
};
struct plain_word {
    std::size_t writer = maker;
    int written = 0;
    clock reads = {};
};

struct thread {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    std::function<void()> body;
    std::function<bool()> waits_for;  // empty: it can go on
    std::size_t paused_at = 0;        // changes there were when it paused
    bool is_paused = false;
    bool has_ended = false;
    clock now = {};
};

/// For the trace.
struct step {
    std::size_t thread;
    const char* what;
    const void* at;
    memory_order order;
    std::uint64_t value;
    site where;
};

struct choice {
    unsigned taken;
    unsigned of;
};

/// The checker's state; one execution after the other.
struct state {
    // Of the exploration.
    std::vector<choice> choices;
    std::size_t next_choice = 0;
    int switches_left = 0;
    weakened weak;
    std::map<std::tuple<const char*, int, int>, memory_order> sites;
    // Of one execution.
    std::vector<thread> threads;
    std::size_t running = maker;
    clock makers_now = {};
    ucontext_t scheduler;
    std::unordered_map<const void*, word> words;
    std::unordered_map<const void*, plain_word> plains;
    std::size_t changes = 0;
    std::size_t steps = 0;
    std::string failure;
    std::vector<step> trace;
};
state all;

clock& now() {
    return all.running == maker ? all.makers_now : all.threads[all.running].now;
}

/// The execution is over: its threads are left where they are.
void fail(const std::string& why) {
    if (all.failure.empty()) all.failure = why;
    if (all.running == maker) return;
    thread& self = all.threads[all.running];
    swapcontext(&self.context, &all.scheduler);
}

/// Depth first: the choices of the execution before, the last of them one further.
unsigned choose(unsigned of) {
    if (of <= 1) return 0;
    if (all.next_choice == all.choices.size()) all.choices.push_back({0, of});
    choice& c = all.choices[all.next_choice++];
    c.of = of;
    return c.taken;
}

void note(const char* what, const void* at, memory_order order, std::uint64_t value,
          site where) {
    all.trace.push_back({all.running, what, at, order, value, where});
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

memory_order in_force(memory_order order, site at) {
    all.sites.emplace(std::tuple(at.file, at.line, at.column), order);
    const bool is_weakened = all.weak.line == at.line && all.weak.column == at.column &&
                             all.weak.file == at.file;
    return is_weakened ? all.weak.to : order;
}

bool can_go_on(const thread& t) {
    if (t.has_ended) return false;
    if (t.is_paused) return all.changes != t.paused_at;
    return !t.waits_for || t.waits_for();
}

/// Back to the scheduler, which decides who goes on.
void give_way() {
    if (all.running == maker) return;
    if (++all.steps > steps_most) fail("it takes too many steps: a livelock?");
    thread& self = all.threads[all.running];
    swapcontext(&self.context, &all.scheduler);
}

word& word_at(const void* at) {
    const auto found = all.words.find(at);
    if (found == all.words.end()) {
        fail("an atomic word is used after its end");
        static word none{{stored{}}, {}};
        return none;
    }
    return found->second;
}

/// The oldest value that `w` may still have for this thread: none before one that it,
/// or what happens before now, has read or written.
std::size_t oldest_for_us(const word& w) {
    std::size_t oldest = 0;
    const clock& before = now();
    for (std::size_t t = 0; t < threads_most; ++t) {
        const auto& list = w.accesses[t];
        for (auto it = list.rbegin(); it != list.rend(); ++it) {
            if (it->time > before[t]) continue;
            oldest = std::max(oldest, it->index);
            break;
        }
    }
    return oldest;
}

void accessed(word& w, std::size_t index) {
    const int time = ++now()[all.running];
    w.accesses[all.running].push_back({time, index});
}

}  // namespace

const char* word_for(memory_order o) {
    switch (o) {
        case memory_order::relaxed: return "relaxed";
        case memory_order::acquire: return "acquire";
        case memory_order::release: return "release";
        case memory_order::acq_rel: return "acq_rel";
        case memory_order::seq_cst: return "seq_cst";
    }
    return "?";
}

void begin(const void* at, std::uint64_t value) {
    word w;
    w.values.push_back({value, now(), false});
    all.words[at] = std::move(w);
    accessed(all.words[at], 0);
}

void end(const void* at) {
    all.words.erase(at);
}

std::uint64_t load(const void* at, memory_order order, site where) {
    give_way();
    order = in_force(order, where);
    word& w = word_at(at);
    std::size_t oldest = oldest_for_us(w);
    const std::size_t latest = w.values.size() - 1;
    if (order == memory_order::seq_cst) {
        for (std::size_t i = latest; i > oldest; --i) {
            if (w.values[i].is_seq_cst) oldest = i;
        }
    }
    const unsigned back = choose(static_cast<unsigned>(latest - oldest + 1));
    const std::size_t index = latest - back;
    accessed(w, index);
    if (acquires(order)) join(now(), w.values[index].gives);
    note(back == 0 ? "reads" : "reads, stale,", at, order, w.values[index].value,
         where);
    return w.values[index].value;
}

void store(const void* at, std::uint64_t value, memory_order order, site where) {
    give_way();
    order = in_force(order, where);
    word& w = word_at(at);
    w.values.push_back({value, {}, order == memory_order::seq_cst});
    accessed(w, w.values.size() - 1);
    if (releases(order)) w.values.back().gives = now();
    ++all.changes;
    note("writes", at, order, value, where);
}

std::uint64_t modify(const void* at, change how, memory_order order, site where) {
    give_way();
    order = in_force(order, where);
    word& w = word_at(at);
    const stored before = w.values.back();
    if (how.only_if_equal && before.value != how.expected) {
        accessed(w, w.values.size() - 1);
        note("finds", at, memory_order::relaxed, before.value, where);
        return before.value;
    }
    if (acquires(order)) join(now(), before.gives);
    const std::uint64_t after = how.to(before.value, how.by);
    // It goes on with the release sequence of what it read.
    w.values.push_back({after, before.gives, order == memory_order::seq_cst});
    accessed(w, w.values.size() - 1);
    if (releases(order)) join(w.values.back().gives, now());
    if (after != before.value) ++all.changes;
    note("changes to", at, order, after, where);
    return before.value;
}

void plain::begin() const {
    all.plains[this] = {all.running, ++now()[all.running], {}};
}

plain::~plain() {
    all.plains.erase(this);
}

int plain::read() const {
    const auto found = all.plains.find(this);
    if (found == all.plains.end()) {
        fail("plain data is read after its end");
        return 0;
    }
    plain_word& w = found->second;
    if (w.written > now()[w.writer]) fail("a race: plain data is read while written");
    w.reads[all.running] = ++now()[all.running];
    return value_;
}

void plain::write(int value) {
    plain_word& w = all.plains[this];
    if (w.written > now()[w.writer])
        fail("a race: plain data is written twice at once");
    for (std::size_t t = 0; t < threads_most; ++t) {
        if (w.reads[t] > now()[t]) fail("a race: plain data is written while read");
    }
    w = {all.running, ++now()[all.running], {}};
    value_ = value;
}

void mutex::lock() {
    wait_until([this] { return !is_held_; });
    is_held_ = true;
    // Its own order cannot be weakened: no site of the source.
    modify(&word_, {[](std::uint64_t v, std::uint64_t) { return v; }, 0},
           memory_order::acquire, {"", 0, 0});
}

void mutex::unlock() {
    modify(&word_, {[](std::uint64_t v, std::uint64_t) { return v; }, 0},
           memory_order::release, {"", 0, 0});
    is_held_ = false;
    ++all.changes;
}

void expect(bool holds, const char* what) {
    if (!holds) fail(what);
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

namespace {

void run_thread() {
    thread& self = all.threads[all.running];
    self.body();
    self.has_ended = true;
    swapcontext(&self.context, &all.scheduler);
}

void prepare(thread& t) {
    t.stack = std::make_unique<char[]>(stack_bytes);
    getcontext(&t.context);
    t.context.uc_stack.ss_sp = t.stack.get();
    t.context.uc_stack.ss_size = stack_bytes;
    t.context.uc_link = nullptr;
    makecontext(&t.context, &run_thread, 0);
    t.now = all.makers_now;
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
    swapcontext(&all.scheduler, &all.threads[which].context);
    all.running = maker;
}

void run_all(const program& p) {
    all.threads.clear();
    all.threads.resize(p.threads.size());
    for (std::size_t i = 0; i < p.threads.size(); ++i) {
        all.threads[i].body = p.threads[i];
        prepare(all.threads[i]);
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
    all.switches_left = m.switches;
    all.running = maker;
    all.makers_now = {};
    all.changes = all.steps = 0;
    all.failure.clear();
    all.trace.clear();
    {
        const program p = m.make();
        run_all(p);
        if (all.failure.empty()) p.after();
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

verdict explore(const model& m) {
    verdict v;
    all.choices.clear();
    all.sites.clear();
    do {
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
