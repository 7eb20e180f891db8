// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil {

/// What a thread of a runtime is for.
enum class thread_kind : unsigned char {
    worker,    ///< Runs strands.
    blocking,  ///< Makes calls that block; see `blocking`.
};

/// Is told what the threads of a runtime do, by each thread itself: to set up what a
/// library wants per thread, or to count. Derive from it, and give its address to the
/// runtime's options; it outlives the runtime.
///
/// \snippet coil/runtime/multi_thread_options_test.cpp  told of threads
///
/// Threads: those of the runtime, several at once. The thread of a
/// `current_thread_runtime` is its caller's, and not told of.
class thread_hooks {
public:
    thread_hooks(const thread_hooks&) = delete;
    thread_hooks& operator=(const thread_hooks&) = delete;

    /// The first that a thread does.
    virtual void starts(thread_kind) noexcept {}
    /// The last that a thread does.
    virtual void ends(thread_kind) noexcept {}
    /// A worker has nothing to do, and waits.
    virtual void sleeps() noexcept {}
    /// It has waited.
    virtual void wakes() noexcept {}

protected:
    thread_hooks() = default;
    ~thread_hooks() = default;
};

}  // namespace coil
