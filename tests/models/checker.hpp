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
};

struct verdict {
    std::string failure;  ///< Empty: no execution failed.
    std::vector<std::string> trace;
    std::size_t executions = 0;
    /// Where in the source it came, and with what order: file, line and column.
    std::map<std::tuple<std::string, int, int>, memory_order> reached;
};

/// Runs every execution of `m`, up to the first that fails.
verdict explore(const model& m);

/// Inside a model: what must hold.
void expect(bool holds, const char* what);
/// Inside a model: waits until `holds()`, looked at in no particular thread.
void wait_until(std::function<bool()> holds);
/// Inside a model: spins; goes on when another thread has written something.
void pause();

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

}  // namespace coil::models
