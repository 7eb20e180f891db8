// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The least that Linux asks of a server on epoll: one buffer for all connections, no
// parsing but for the end of a request's head, and no care for slow readers.
#include "floor.hpp"
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using bench::checked;

class server {
public:
    explicit server(bool speaks_http) : speaks_http_(speaks_http) {}

    /// Gives every other connection to the helper, if there is one.
    [[noreturn]] void run(server* helper = nullptr) {
        helper_ = helper;
        listener_ = bench::listen_on_loopback(SOCK_STREAM | SOCK_NONBLOCK);
        watch(listener_);
        serve();
    }

    [[noreturn]] void serve() {
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
            bench::send_at_once(peer);
            is_helpers_turn_ = helper_ != nullptr && !is_helpers_turn_;
            (is_helpers_turn_ ? *helper_ : *this).watch(peer);
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
        const std::string_view answers = bench::answers_to(bytes);
        if (!answers.empty()) write(peer, answers);
    }

    static void write(int peer, std::string_view bytes) {
        const ssize_t sent = send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(bytes.size())) close(peer);
    }

    bool speaks_http_;
    server* helper_ = nullptr;
    bool is_helpers_turn_ = false;
    int listener_ = -1;
    int epoll_ = checked(epoll_create1(0), "epoll_create1");
    std::vector<char> buffer_ = std::vector<char>(65536);
};

}  // namespace

int main(int count, char** arguments) {
    if (count == 3 && std::string_view(arguments[2]) == "two-threads") {
        const bool speaks_http = std::string_view(arguments[1]) == "http";
        server helper(speaks_http);
        const std::jthread other([&helper] { helper.serve(); });
        server(speaks_http).run(&helper);
    }
    return bench::serve<server>(count, arguments);
}
