// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server awaits its handler in a task, which may move between threads.
#include <coil/http/server.hpp>

using coil::http::request;
using coil::http::response;

coil::task<> serve_here() {
    co_await coil::http::serve({.port = 0}, [](request&) -> coil::local_task<response> {
        co_return response();
    });
}
// expected-error@coil/http/handler.hpp:* {{the handler, too, has to give a coil::task, no local_task}}
// expected-note@*:* 0+ {{in instantiation of}}
