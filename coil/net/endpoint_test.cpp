// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/endpoint.hpp>

#include <doctest/doctest.h>

using coil::net::endpoint;

TEST_CASE("endpoint: addresses in figures are understood and shown again") {
    CHECK(to_string(endpoint::parse("127.0.0.1", 80).value()) == "127.0.0.1:80");
    CHECK(to_string(endpoint::parse("::1", 8080).value()) == "[::1]:8080");
    CHECK(to_string(endpoint()) == "0.0.0.0:0");
}

TEST_CASE("endpoint: a name is no address in figures") {
    CHECK_FALSE(endpoint::parse("localhost", 80));
    CHECK_FALSE(endpoint::parse("1.2.3", 80));
    CHECK_FALSE(endpoint::parse("", 80));
}

TEST_CASE("endpoint: two are equal if address and port are") {
    CHECK(endpoint::parse("10.0.0.1", 1) == endpoint::parse("10.0.0.1", 1));
    CHECK(endpoint::parse("10.0.0.1", 1) != endpoint::parse("10.0.0.1", 2));
    CHECK(endpoint::parse("::", 1) != endpoint::parse("0.0.0.0", 1));
}

TEST_CASE("endpoint: a zone is understood by number and by name, and shown") {
    const endpoint by_number = endpoint::parse("fe80::1%7", 80).value();
    CHECK(by_number.zone() == 7);
    CHECK(to_string(by_number) == "[fe80::1%7]:80");
    CHECK(endpoint::parse("fe80::1%lo", 80).value().zone() == 1);
    for (const char* wrong :
         {"fe80::1%", "fe80::1%0", "fe80::1%4294967296", "fe80::1%no-such-network",
          "127.0.0.1%lo", "%lo", "fe80::1%1%1", "fe80::1%-1"}) {
        CAPTURE(wrong);
        CHECK_FALSE(endpoint::parse(wrong, 80));
    }
}
