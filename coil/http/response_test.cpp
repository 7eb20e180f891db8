// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/response.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace coil::http;

TEST_CASE("response: a response in one expression") {
    //! [a response in one expression]
    const response made = response::json("{\"id\": 7}")
                              .with_status(status::created)
                              .with_field("Location", "/orders/7");
    CHECK(made.status == status::created);
    CHECK(made.content_type.text == "application/json");
    CHECK(made.fields.find("location") == "/orders/7");
    CHECK(made.body == "{\"id\": 7}");
    //! [a response in one expression]
}

TEST_CASE("response: a status alone says its phrase") {
    CHECK(response::not_found().status == status::not_found);
    CHECK(response::not_found().body == "Not Found\n");
}

TEST_CASE("response: a status that has no body gets none") {
    CHECK(response::of(status::no_content).body.empty());
    CHECK(response::of(status::no_content).content_type.text.empty());
}

TEST_CASE("response: a redirect cannot split the response") {
    CHECK(response::redirect("/next").fields.find("Location") == "/next");
    CHECK_THROWS_AS((void)response::redirect("/a\r\nSet-Cookie: x=y"),
                    std::invalid_argument);
}
