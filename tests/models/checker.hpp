// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/atomic.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

/// A small model checker: it runs a program of two or three threads in every order of
/// their atomic operations, and lets every load read every value that C++20's memory
/// model allows, but for what a later store in the same order would have to give away
/// (load buffering, and stores that take their place before earlier ones).
///
/// After B. Norris and B. Demsky, "CDSChecker: Checking Concurrent Data Structures
/// Written with C/C++ Atomics", OOPSLA 2013, and D. Vyukov's Relacy.
namespace coil::models {

/// What a model is made of. `threads` run at once; `after` when all have ended.
struct program {
    std::vector<std::function<void()>> threads;
    std::function<void()> after = [] {};
};

/// A model: makes a program with fresh data for each execution.
struct model {
    std::string name;
    std::function<program()> make;
    /// How often a thread may lose its turn though it could go on; bounds the orders.
    int switches = 3;
    /// Bugs that it has to find, where they are planted: see coil/base/planted.hpp.
    std::vector<const char*> finds = {};
};

struct verdict {
    std::string failure;  ///< Empty: no execution failed.
    std::vector<std::string> trace;
    std::size_t executions = 0;
    bool was_cut = false;  ///< There are more executions.
    /// Where in the source it came, and with what order: file, line and column.
    std::map<std::tuple<std::string, int, int>, memory_order> reached;
};

/// Runs every execution of `m`, up to the first that fails, and at most so many.
verdict explore(const model& m, std::size_t most = static_cast<std::size_t>(-1));

/// Inside a model: what must hold.
void expect(bool holds, const char* what);
/// Inside a model: waits until `holds()`, looked at in no particular thread.
void wait_until(std::function<bool()> holds);
/// Inside a model: spins; goes on when another thread has written something.
void pause();
/// Inside a model: it fails here, and goes no further.
[[noreturn]] void give_up(const char* why);

/// What a thread of a program has of its own, and a thread of a model has to have, too.
struct thread_locals {
    void* strand = nullptr;
    const void* unwinding = nullptr;
};
/// Puts in force what `next` holds, which holds what was before.
void exchange_locals(thread_locals& next) noexcept;

/// What one thread gives, another takes, as by a queue that takes locks: the checker
/// does not look at more orders for it.
class handed_over {
public:
    void give();
    void take() const;

private:
    std::vector<int> gives_;
};

/// Memory of one execution, at the same places in each. Nobody gets it again when it
/// was given back, and who then says its address to others fails.
void* take_memory(std::size_t size);
void give_memory_back(void* memory, std::size_t size);
/// Whether all that this execution took was given back.
bool is_all_given_back();

/// Plain data: a write that does not happen before, or after, each other access is a
/// race, and fails the execution.
class plain {
public:
    plain(int initial = 0) : value_(initial) { begin(); }
    plain(const plain&) = delete;
    plain& operator=(const plain&) = delete;
    ~plain();
    [[nodiscard]] int read() const;
    void write(int value);

private:
    void begin() const;
    int value_;
};

/// A mutex for code that takes one.
class mutex {
public:
    void lock();
    void unlock();

private:
    bool is_held_ = false;
    atomic<int> word_{0};
};

/// One order made weaker than the source says.
struct weakened {
    std::string file;
    int line = 0;
    int column = 0;
    memory_order to = memory_order::relaxed;
};
/// "acquire", for reports.
const char* word_for(memory_order order);
/// Applies to all that is explored from now on; empty: nothing is weakened.
void weaken(const weakened& order);
/// Plants a bug in all that is explored from now on; null: none.
void plant(const char* bug);
/// So many switches more than the models ask for.
void go_deeper(int switches);

}  // namespace coil::models
