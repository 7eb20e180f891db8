// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/copy.hpp>
#include <coil/testing/test.hpp>

using namespace coil;

COIL_TEST("copy: carries everything through narrow pipes, in order") {
    byte_pipe from(7);
    byte_pipe to(5);
    std::string sent;
    for (int i = 0; i < 5000; ++i) sent += std::to_string(i);
    buffer seen;
    auto writes = [&]() -> task<> {
        co_await write_all(from, sent);
        from.close_writing();
    };
    auto carries = [&]() -> task<> {
        CHECK(co_await copy(from, to) == sent.size());
        to.close_writing();
    };
    auto reads = [&]() -> task<> {
        while (co_await read_some(to, seen) != 0) {}
    };
    co_await join(writes(), carries(), reads());
    CHECK(seen.text() == sent);
}
