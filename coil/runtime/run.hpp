// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/runtime/current_thread.hpp>

namespace coil {

/// What `run` throws when the work was stopped before it had its value.
class stopped_error : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override {
        return "coil::run: the work was stopped before it had a value";
    }
};

/// Runs `work` to its end on this thread: the way from `main` into coroutines.
///
/// \snippet coil/runtime/run_test.cpp  main stays plain
///
/// Everything that the work started has ended when this returns; the threads of the
/// pool for blocking calls are joined.
///
/// Returns: the work's value. Work of `void` that was stopped simply returns.
/// Throws: the work's error; `stopped_error` if it was stopped and owes a value;
/// `std::system_error` when the system is out of descriptors.
/// Requires: not called inside a running strand, and no socket leaves it with the
/// value; the program ends with a text. A value that needs an async drop does not
/// compile.
template <awaitable A>
await_result_t<A> run(A&& work, run_options options = {}) {
    detail::refuse_async_drop<await_result_t<A>>();
    current_thread_runtime runtime(options);
    outcome<await_result_t<A>> ended = runtime.run(std::forward<A>(work));
    if (ended.is_stopped()) {
        if constexpr (std::is_void_v<await_result_t<A>>) {
            return;
        } else {
#if COIL_EXCEPTIONS
            throw stopped_error();
#else
            fatal(stopped_error().what());
#endif
        }
    }
    return ended.take();
}

template <class A>
    requires(!awaitable<A>)
auto run(A&&, run_options = {}) -> typename detail::refused_run<A>::type {
    (void)detail::refuse_parts<A>();
    return detail::no_value<typename detail::refused_run<A>::type>();
}

}  // namespace coil
