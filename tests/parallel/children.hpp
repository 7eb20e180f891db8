// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/testing/probes.hpp>
#include <coil/time/sleep.hpp>

#include <stdexcept>
#include <string>
#include <utility>

/// Children whose results somebody wants, and their ends.
namespace coil::testing {

inline task<int> give_after(clock::duration pause, int value) {
    co_await sleep(pause);
    co_return value;
}
/// Until it is stopped, which `log` hears of.
inline task<int> hang(words& log, std::string name) {
    const trace end(log, std::move(name));
    co_await never();
    co_return 0;
}
#if COIL_EXCEPTIONS
inline task<int> fail_after(clock::duration pause) {
    co_await sleep(pause);
    throw std::runtime_error("child failed");
}
#endif

}  // namespace coil::testing
