// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/sync/remote_event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <thread>

using namespace std::chrono_literals;

TEST_CASE("remote_event: every set of another thread is seen") {
    coil::testing::virtual_runtime runtime;
    runtime.expect_messages(true);
    //! [a thread wakes a strand]
    coil::remote_event changed(runtime);
    std::atomic<int> progress = 0;
    std::jthread worker([&] {
        for (int i = 0; i < 10'000; ++i) {
            progress.fetch_add(1);
            changed.set();
        }
    });
    auto watch = [&]() -> coil::task<> {
        while (progress.load() < 10'000) co_await changed.wait();
    };
    const coil::outcome<> ended = runtime.run(watch());
    //! [a thread wakes a strand]
    worker.join();
    CHECK(ended.has_value());
}

TEST_CASE("remote_event: a set before the wait is kept") {
    coil::testing::virtual_runtime runtime;
    coil::remote_event changed(runtime);
    changed.set();
    auto twice = [&]() -> coil::task<bool> {
        co_await changed.wait();
        co_return co_await coil::with_timeout(1s, changed.wait());
    };
    coil::outcome<bool> ended = runtime.run(twice());
    CHECK(ended.value() == false);
}

TEST_CASE("remote_event: may die with a message on its way") {
    coil::testing::virtual_runtime runtime;
    {
        coil::remote_event changed(runtime);
        changed.set();
    }
    CHECK_FALSE(runtime.remote().drain());
}
