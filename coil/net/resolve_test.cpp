// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/resolve.hpp>
#include <coil/runtime/run.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace coil;

TEST_CASE("resolve: an address in figures needs no thread") {
    current_thread_runtime runtime;
    const auto found = runtime.run(net::resolve("127.0.0.1", 80)).take();
    CHECK(found == std::vector{net::endpoint::parse("127.0.0.1", 80).value()});
    CHECK(runtime.blocking().threads == 0);
}

TEST_CASE("resolve: localhost is this machine, whatever the hosts file says") {
    for (const char* name : {"localhost", "LocalHost.", "shop.localhost"}) {
        CAPTURE(name);
        const auto found = run(net::resolve(name, 80));
        CHECK(found == std::vector{net::endpoint::parse("127.0.0.1", 80).value(),
                                   net::endpoint::parse("::1", 80).value()});
    }
}

TEST_CASE("resolve: what is no name is an error that says so") {
    CHECK_THROWS_AS(run(net::resolve("not a name", 80)), std::system_error);
    CHECK_THROWS_AS(run(net::resolve("not a localhost name", 80)), std::system_error);
    CHECK_THROWS_AS(run(net::resolve("notlocalhost!", 80)), std::system_error);
}

TEST_CASE("resolve: a name with a NUL is no other name") {
    using namespace std::string_literals;
    for (const std::string& name :
         {"127.0.0.1\0.example"s, "localhost\0x"s, "\0"s, "x\0.localhost"s, "::1\0"s}) {
        CHECK_THROWS_AS(run(net::resolve(name, 80)), std::system_error);
        CHECK_FALSE(net::endpoint::parse(name, 80));
    }
}
