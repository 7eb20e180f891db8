// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/status.hpp>

#include <doctest/doctest.h>

using namespace coil::http;

TEST_CASE("status: a code has its registered phrase") {
    CHECK(reason_phrase(status::ok) == "OK");
    CHECK(reason_phrase(status::uri_too_long) == "URI Too Long");
    CHECK(reason_phrase(status::header_fields_too_large) ==
          "Request Header Fields Too Large");
}

TEST_CASE("status: a code without an enumerator has no phrase") {
    CHECK(reason_phrase(static_cast<status>(599)).empty());
    CHECK(to_number(static_cast<status>(599)) == 599);
}

TEST_CASE("status: interim, 204 and 304 responses have no body") {
    CHECK(is_bodiless(status::continue_));
    CHECK(is_bodiless(status::no_content));
    CHECK(is_bodiless(status::not_modified));
    CHECK_FALSE(is_bodiless(status::reset_content));
    CHECK_FALSE(is_bodiless(status::not_found));
}
