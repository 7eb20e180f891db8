// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the hand-written servers share.
#pragma once

#include "listen.hpp"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace bench {

inline constexpr std::string_view hello =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n"
    "Hello, World!";

inline int checked(int result, const char* what) {
    if (result >= 0) return result;
    std::perror(what);
    std::exit(1);
}

/// Listens on a port of the system's choice, and says which; sockets are of `kind`.
inline int listen_on_loopback(int kind) {
    const int listener = checked(socket(AF_INET, kind, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    checked(bind(listener, generic, size), "bind");
    checked(listen(listener, 1024), "listen");
    checked(getsockname(listener, generic, &size), "getsockname");
    announce(ntohs(address.sin_port));
    return listener;
}

inline void send_at_once(int peer) {
    const int on = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// The answers to these bytes, as one piece. A load sends requests whole, so each ends
/// with its empty line; more than 16 at once it never sends.
inline std::string_view answers_to(std::string_view bytes) {
    constexpr std::string_view end = "\r\n\r\n";
    static const std::string all = [] {
        std::string text;
        for (int i = 0; i < 16; ++i) text += hello;
        return text;
    }();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = bytes.find(end, at)) != bytes.npos; at += end.size())
        ++count;
    return std::string_view(all).substr(
        0, std::min<std::size_t>(count, 16) * hello.size());
}

/// Runs a `Server` as the arguments say.
template <class Server>
int serve(int count, char** arguments) {
    const std::string_view protocol = count == 2 ? arguments[1] : "";
    if (protocol != "echo" && protocol != "http") {
        std::fprintf(stderr, "usage: %s echo|http\n", arguments[0]);
        return 2;
    }
    Server(protocol == "http").run();
}

}  // namespace bench
