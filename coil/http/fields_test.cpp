// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/fields.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <string_view>

using coil::http::fields;
using coil::http::is_same_name;
using namespace std::string_view_literals;

TEST_CASE("fields: fields of a response") {
    //! [fields of a response]
    fields sent;
    sent.add("Set-Cookie", "a=1");
    sent.add("Set-Cookie", "b=2");
    sent.set("ETag", "\"7\"");
    CHECK(sent.find("etag") == "\"7\"");
    CHECK(sent.as_lines() == "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nETag: \"7\"\r\n");
    //! [fields of a response]
}

TEST_CASE("fields: set replaces every field of that name") {
    fields sent;
    sent.add("A", "1");
    sent.add("B", "2");
    sent.add("a", "3");
    sent.set("A", "4");
    CHECK(sent.as_lines() == "B: 2\r\nA: 4\r\n");
}

TEST_CASE("fields: set may be given a view of the fields themselves") {
    fields sent;
    sent.add("A", "1");
    sent.add("B", "a value that is longer than a small string");
    sent.set("A", *sent.find("B"));
    CHECK(sent.find("A") == "a value that is longer than a small string");
}

TEST_CASE("fields: a removed field is gone") {
    fields sent;
    sent.add("A", "1");
    sent.remove("a");
    sent.remove("b");
    CHECK(sent.is_empty());
    CHECK(sent.find("A") == std::nullopt);
}

TEST_CASE("fields: an empty value is a value") {
    fields sent;
    sent.add("A", "");
    CHECK(sent.find("A") == "");
}

TEST_CASE("fields: a value cannot smuggle in a line") {
    fields sent;
    for (const std::string_view value :
         {"a\r\nB: c"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv, "long enough for words\n"sv}) {
        CHECK_THROWS_AS(sent.add("A", value), std::invalid_argument);
        CHECK_THROWS_AS(sent.set("A", value), std::invalid_argument);
    }
    CHECK(sent.is_empty());
}

TEST_CASE("fields: a name is a token") {
    fields sent;
    for (const std::string_view name :
         {""sv, "A B"sv, "A:"sv, "A\r\n"sv, "\xC3\xA4"sv}) {
        CHECK_THROWS_AS(sent.add(name, "x"), std::invalid_argument);
    }
    CHECK(sent.is_empty());
}

TEST_CASE("fields: names are the same in any case") {
    CHECK(is_same_name("Content-Length", "cONTENT-lENGTH"));
    CHECK_FALSE(is_same_name("Content-Length", "Content-Lengt"));
    CHECK_FALSE(is_same_name("a@b", "a`b"));
}

TEST_CASE("fields: a value may be one of the same fields") {
    fields sent;
    sent.add("A", std::string(100, 'x'));
    for (int i = 0; i < 20; ++i) sent.add("B", *sent.find("A"));
    CHECK(sent.find("B") == std::string(100, 'x'));
    CHECK(sent.as_lines().size() == 21 * (100 + 5));
}
