// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What accept may answer instead of a connection, told to a listener by its driver.
#include <coil/core/as_outcome.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/current_thread.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

namespace {

/// Says these errors, one after another, when a connection could be taken.
class refusing_driver final : public epoll_driver {
public:
    explicit refusing_driver(std::vector<int> errors) noexcept
        : errors_(std::move(errors)) {}

    [[nodiscard]] bool try_now(io_operation& asked) noexcept override {
        if (asked.asked != io_operation::kind::accept || said_ == errors_.size()) {
            return epoll_driver::try_now(asked);
        }
        asked.result = -errors_[said_++];
        return true;
    }

private:
    std::vector<int> errors_;
    std::size_t said_ = 0;
};

/// How it ends to wait for one connection while the driver says these errors.
outcome<> taken_after(std::vector<int> errors, clock::duration* passed = nullptr) {
    const auto takes = [&]() -> task<> {
        auto listener = co_await net::listen({});
        const auto peer = co_await net::connect(listener.local_endpoint());
        const instant began = now();
        const auto taken = co_await listener.next();
        CHECK(taken.has_value());
        if (passed != nullptr) *passed = now() - began;
    };
    current_thread_runtime runtime(std::make_unique<refusing_driver>(errors));
    return runtime.run(as_outcome(takes())).take();
}

}  // namespace

TEST_CASE("tcp_listener: what befell one connection does not end the others") {
    const std::vector<int> all{ECONNABORTED, EPERM,        EPROTO,      ENETDOWN,
                               EHOSTDOWN,    EHOSTUNREACH, ENETUNREACH, EOPNOTSUPP};
    CHECK(taken_after(all).has_value());
}

TEST_CASE("tcp_listener: what is short is waited for, with growing pauses") {
    for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
        CAPTURE(error);
        clock::duration passed(0);
        CHECK(taken_after({error, error, error}, &passed).has_value());
        CHECK(passed >= 35ms);  // 5 + 10 + 20
    }
}

TEST_CASE("tcp_listener: what is wrong with itself is an error of next") {
    CHECK(taken_after({EBADF}).has_error());
}
