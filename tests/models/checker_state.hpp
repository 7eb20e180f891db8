// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "checker.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <csetjmp>
#include <memory>
#include <unordered_map>

/// What the checker's two halves share: the words and what they may hold (checker.cpp),
/// and the threads and whose turn it is (explorer.cpp).
namespace coil::models {

// The last one is who made the program, and looks when all have ended.
constexpr std::size_t threads_most = 4;
constexpr std::size_t maker = threads_most - 1;
constexpr std::size_t nobody = threads_most;
constexpr std::size_t steps_most = 2000;
constexpr std::size_t stack_bytes = 128 * 1024;
constexpr std::size_t memory_bytes = 256 * 1024;
constexpr std::size_t memory_step = 16;

/// How much of each thread has happened before some point.
using clock = std::array<int, threads_most>;
inline void join(clock& into, const clock& other) {
    for (std::size_t t = 0; t < threads_most; ++t)
        into[t] = std::max(into[t], other[t]);
}

inline bool acquires(memory_order o) {
    return o == memory_order::acquire || o == memory_order::acq_rel ||
           o == memory_order::seq_cst;
}
inline bool releases(memory_order o) {
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
    std::jmp_buf goes_on;
    bool has_begun = false;
    thread_locals locals;
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
    int switches_more = 0;
    weakened weak;
    std::map<std::tuple<const char*, int, int>, memory_order> sites;
    // Of one execution.
    std::vector<thread> threads;
    std::size_t running = maker;
    clock makers_now = {};
    std::jmp_buf scheduler;
    std::jmp_buf makers_end;
    std::unordered_map<const void*, word> words;
    std::unordered_map<const void*, plain_word> plains;
    std::size_t changes = 0;
    std::size_t steps = 0;
    std::size_t memory_taken = 0;
    std::bitset<memory_bytes / memory_step> is_given_back;
    std::string failure;
    std::vector<step> trace;
    // Kept from one to the next.
    std::array<std::unique_ptr<char[]>, threads_most> stacks;
    std::unique_ptr<char[]> memory;
};
extern state all;

clock& now();
/// The execution is over: its threads are left where they are.
void fail(const std::string& why);
/// One of so many ways to go on.
unsigned choose(unsigned of);
/// Back to the scheduler, which decides who goes on.
void give_way();
void switch_to_scheduler(thread& self);
std::string text_of(const step& s);

}  // namespace coil::models
