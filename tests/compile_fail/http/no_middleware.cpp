// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A middleware takes the handler that is next.
#include <coil/http/server.hpp>

using coil::http::request;
using coil::http::response;

coil::task<> serve_guarded() {
    auto guard = [](request&) -> response { return {}; };  // and next?
    auto answer = [](request&) -> response { return {}; };
    co_await coil::http::serve({.port = 0}, coil::http::layers(guard, answer));
}
// expected-error@coil/http/handler.hpp:* {{a middleware is called as middleware(request&, next)}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{because}}
