// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a server is given answers requests.
#include <coil/http/server.hpp>

coil::task<> serve_numbers() {
    co_await coil::http::serve({.port = 0}, [](coil::http::request&) { return 42; });
}
// expected-error@coil/http/handler.hpp:* {{a handler is called as handler(request&), also through const, and gives an http::response, at once or when it is awaited}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{because}}
