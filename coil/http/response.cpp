// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/response.hpp>

#include <utility>

namespace coil::http {

response response::text(std::string body) {
    return bytes(std::move(body), "text/plain; charset=utf-8");
}

response response::html(std::string body) {
    return bytes(std::move(body), "text/html; charset=utf-8");
}

response response::json(std::string body) {
    return bytes(std::move(body), "application/json");
}

response response::bytes(std::string body, media_type type) {
    response made;
    made.content_type = type;
    made.body = std::move(body);
    return made;
}

response response::streaming(generator<std::string> pieces, media_type type) {
    response made;
    made.content_type = type;
    made.stream.emplace(std::move(pieces));
    return made;
}

response response::of(http::status status) {
    if (is_bodiless(status) || status == http::status::reset_content)
        return response{}.with_status(status);
    std::string phrase(reason_phrase(status));
    phrase += '\n';
    return text(std::move(phrase)).with_status(status);
}

response response::not_found() {
    return of(http::status::not_found);
}

response response::redirect(std::string_view location, http::status status) {
    return of(status).with_field("Location", location);
}

response response::with_status(http::status code) && {
    status = code;
    return std::move(*this);
}

response response::with_field(std::string_view name, std::string_view value) && {
    fields.add(name, value);
    return std::move(*this);
}

}  // namespace coil::http
