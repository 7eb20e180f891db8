// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/cookies.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace coil::http;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

// What a client sends is in tests/http/vectors/cookies.txt.

TEST_CASE("cookie: a cookie and back") {
    //! [a cookie and back]
    fields sent;
    add_cookie(sent, {.name = "session", .value = "7f3a", .max_age = 1h});
    CHECK(sent.find("Set-Cookie") ==
          "session=7f3a; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax");

    const std::vector<field_view> received{{"Cookie", "lang=de; session=7f3a"}};
    CHECK(find_cookie(field_list(received), "session") == "7f3a");
    //! [a cookie and back]
}

TEST_CASE("cookie: every attribute is written as asked") {
    fields sent;
    add_cookie(sent, {.name = "a",
                      .value = "\"b\"",
                      .path = "/shop",
                      .domain = "example.org",
                      .max_age = 0s,
                      .same_site = same_site::none,
                      .is_http_only = false});
    add_cookie(sent, {.name = "c",
                      .value = "",
                      .path = "",
                      .same_site = same_site::strict,
                      .is_secure = false});
    CHECK(sent.as_lines() ==
          "Set-Cookie: a=\"b\"; Path=/shop; Domain=example.org; Max-Age=0; Secure; "
          "SameSite=None\r\n"
          "Set-Cookie: c=; HttpOnly; SameSite=Strict\r\n");
}

TEST_CASE("cookie: no part of it can pass for another one") {
    fields sent;
    for (const std::string_view bad :
         {"a;b"sv, "a b"sv, "a\r\nb"sv, "a\0b"sv, "\xC3"sv}) {
        CHECK_THROWS_AS(add_cookie(sent, {.name = bad, .value = "v"}),
                        std::invalid_argument);
        CHECK_THROWS_AS(add_cookie(sent, {.name = "n", .value = bad}),
                        std::invalid_argument);
        CHECK_THROWS_AS(add_cookie(sent, {.name = "n", .value = "v", .path = bad}),
                        std::invalid_argument);
        CHECK_THROWS_AS(add_cookie(sent, {.name = "n", .value = "v", .domain = bad}),
                        std::invalid_argument);
    }
    for (const std::string_view bad : {"\""sv, "a\"b"sv, "a,b"sv, "a\\b"sv}) {
        CHECK_THROWS_AS(add_cookie(sent, {.name = "n", .value = bad}),
                        std::invalid_argument);
    }
    CHECK_THROWS_AS(add_cookie(sent, {.name = "", .value = "v"}),
                    std::invalid_argument);
    CHECK_THROWS_AS(add_cookie(sent, {.name = "a=b", .value = "v"}),
                    std::invalid_argument);
    CHECK(sent.is_empty());
}
