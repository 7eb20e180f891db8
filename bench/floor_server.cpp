// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The least that Linux asks of a server on epoll: one buffer for all connections, no
// parsing but for the end of a request's head, and no care for slow readers.
#include "listen.hpp"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view hello =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n"
    "Hello, World!";

int checked(int result, const char* what) {
    if (result >= 0) return result;
    std::perror(what);
    std::exit(1);
}

class server {
public:
    explicit server(bool speaks_http) : speaks_http_(speaks_http) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        checked(bind(listener_, generic, size), "bind");
        checked(listen(listener_, 1024), "listen");
        checked(getsockname(listener_, generic, &size), "getsockname");
        watch(listener_);
        bench::announce(ntohs(address.sin_port));
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const int ready = events[static_cast<std::size_t>(i)].data.fd;
                if (ready == listener_) {
                    accept_all();
                } else {
                    answer(ready);
                }
            }
        }
    }

private:
    void watch(int added) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = added;
        checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, added, &event), "epoll_ctl");
    }

    void accept_all() {
        for (;;) {
            const int peer = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
            if (peer < 0) return;
            const int on = 1;
            setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            watch(peer);
        }
    }

    void answer(int peer) {
        const ssize_t got = recv(peer, buffer_.data(), buffer_.size(), 0);
        if (got <= 0) {
            if (got == 0 || errno != EAGAIN) close(peer);
            return;
        }
        const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
        if (!speaks_http_) return write(peer, bytes);
        // The load sends a request whole, so it ends with its empty line.
        if (bytes.ends_with("\r\n\r\n")) write(peer, hello);
    }

    static void write(int peer, std::string_view bytes) {
        const ssize_t sent = send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(bytes.size())) close(peer);
    }

    bool speaks_http_;
    int listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    int epoll_ = checked(epoll_create1(0), "epoll_create1");
    std::vector<char> buffer_ = std::vector<char>(65536);
};

}  // namespace

int main(int count, char** arguments) {
    const std::string_view protocol = count == 2 ? arguments[1] : "";
    if (protocol != "echo" && protocol != "http") {
        std::fprintf(stderr, "usage: %s echo|http\n", arguments[0]);
        return 2;
    }
    server(protocol == "http").run();
}
