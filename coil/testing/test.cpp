// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/testing/test.hpp>

namespace coil::testing {

void run_test(local_task<> body) {
    const std::size_t alive_before = count_frames().alive - 1;  // the body's own
    {
        virtual_runtime runtime;
        outcome<> ended = runtime.run(std::move(body));
        INFO(runtime.deadlock());
        CHECK_MESSAGE(runtime.deadlock().empty(), "the test cannot go on");
        if (ended.has_error()) detail::rethrow(ended.error());
        CHECK_FALSE(ended.is_stopped());
    }
    CHECK_MESSAGE(count_frames().alive == alive_before, "coroutine frames leaked");
}

}  // namespace coil::testing
