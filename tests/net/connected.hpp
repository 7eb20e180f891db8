// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/join.hpp>
#include <coil/core/task.hpp>
#include <coil/net/tcp_listener.hpp>

#include <utility>

namespace coil::net {

/// Two ends of one connection over loopback.
struct connected {
    tcp_stream here;
    tcp_stream there;
};

inline task<connected> connect_to(tcp_listener& listener) {
    auto [here, there] =
        co_await join(connect(listener.local_endpoint()), listener.next());
    co_return connected{std::move(here), std::move(there.value())};
}
inline task<connected> connect_both() {
    auto listener = co_await listen({});
    co_return co_await connect_to(listener);
}

}  // namespace coil::net
