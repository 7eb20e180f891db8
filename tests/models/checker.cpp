// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checker_state.hpp"

namespace coil::models {

clock& now() {
    return all.running == maker ? all.makers_now : all.threads[all.running].now;
}

namespace {

void note(const char* what, const void* at, memory_order order, std::uint64_t value,
          site where) {
    all.trace.push_back({all.running, what, at, order, value, where});
}

memory_order in_force(memory_order order, site at) {
    all.sites.emplace(std::tuple(at.file, at.line, at.column), order);
    const bool is_weakened = all.weak.line != 0 && all.weak.line == at.line &&
                             all.weak.column == at.column && all.weak.file == at.file;
    return is_weakened ? all.weak.to : order;
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

/// A word says where something is: that must be there.
void check_written(std::uint64_t value) {
    if (!all.memory) return;
    const std::uint64_t at = value - reinterpret_cast<std::uintptr_t>(&all.memory[0]);
    if (at < memory_bytes && all.is_given_back.test(at / memory_step))
        fail("a word is made to hold the address of what has ended");
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
    check_written(value);
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
    check_written(after);
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

void handed_over::give() {
    gives_.resize(threads_most);
    const clock& mine = now();
    for (std::size_t t = 0; t < threads_most; ++t)
        gives_[t] = std::max(gives_[t], mine[t]);
    ++all.changes;
}

void handed_over::take() const {
    clock& mine = now();
    for (std::size_t t = 0; t < gives_.size(); ++t)
        mine[t] = std::max(mine[t], gives_[t]);
}

void* take_memory(std::size_t size) {
    if (!all.memory) all.memory = std::make_unique<char[]>(memory_bytes);
    const std::size_t at = all.memory_taken;
    all.memory_taken += (size + memory_step - 1) / memory_step * memory_step;
    if (all.memory_taken > memory_bytes) give_up("it takes too much memory");
    return &all.memory[at];
}

void give_memory_back(void* memory, std::size_t size) {
    const auto at =
        static_cast<std::size_t>(static_cast<char*>(memory) - &all.memory[0]);
    for (std::size_t i = at; i < at + size; i += memory_step)
        all.is_given_back.set(i / memory_step);
}

bool is_all_given_back() {
    return all.is_given_back.count() == all.memory_taken / memory_step;
}

}  // namespace coil::models
