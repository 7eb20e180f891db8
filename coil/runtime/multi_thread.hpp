// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/core/spawned.hpp>

#include <memory>

namespace coil {

/// What a `multi_thread_runtime` may be told.
struct multi_thread_options {
    /// Threads that run strands; 0 means one per processor.
    unsigned workers = 0;
    /// Threads for blocking calls; 0 means four per processor.
    std::size_t blocking_threads_max = 0;
};

/// A runtime for many threads: each has its own queue of strands and its own timers,
/// and steals from the others when it has nothing to do.
///
/// \snippet coil/runtime/multi_thread_test.cpp  sum on all processors
///
/// A strand stays serial: its turns may be on different threads, one after the other,
/// each seeing what the ones before did. What strands share among each other is made
/// for that, as `event`, `channel` and `mutex` are, or guarded by you. It has no
/// sockets yet.
///
/// Threads: `run` from any that is not running a strand; several may at once.
class multi_thread_runtime {
public:
    /// Starts the threads.
    /// Throws: `std::system_error` when the system is out of descriptors or threads.
    explicit multi_thread_runtime(multi_thread_options options = {});
    multi_thread_runtime(const multi_thread_runtime&) = delete;
    multi_thread_runtime& operator=(const multi_thread_runtime&) = delete;
    /// Joins the threads. Requires: nothing runs.
    ~multi_thread_runtime();

    [[nodiscard]] unsigned workers() const noexcept;

    /// Runs `work` to its end, and all that it started; this thread waits.
    ///
    /// Requires: not called inside a running strand; the program ends with a text. Its
    /// value needs no async drop, which would not be run; that does not compile.
    template <awaitable A>
    outcome<await_result_t<A>> run(A&& work) {
        static_assert(
            !is_local_v<A>,
            "work of a multi_thread_runtime moves between threads, and this is "
            "local: write coil::task, or run it on a current_thread_runtime");
        detail::refuse_async_drop<await_result_t<A>>();
        root<A> whole(*this, std::forward<A>(work));
        start(whole);
        wait(whole.has_ended);
        return std::move(whole.result());
    }

private:
    template <class A>
    struct root : strand_of<A, root<A>> {
        root(multi_thread_runtime& runtime, A&& work)
            : strand_of<A, root>(runtime.first(), std::forward<A>(work)),
              of(runtime) {}
        void ended() noexcept { of.end(has_ended); }
        multi_thread_runtime& of;
        bool has_ended = false;
    };
    [[nodiscard]] executor& first() noexcept;
    void start(strand& whole) noexcept;
    void wait(const bool& has_ended) noexcept;
    void end(bool& has_ended) noexcept;

    struct machinery;  // threads and locks, which are slow to compile
    std::unique_ptr<machinery> machinery_;
};

}  // namespace coil
