// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A closed loop of clients on loopback: each sends a request, waits for all of its
// answer, and sends the next one. Bounded in count and in time.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <string>
#include <vector>

namespace {

using steady = std::chrono::steady_clock;

int checked(int result, const char* what) {
    if (result >= 0) return result;
    std::perror(what);
    std::exit(1);
}

[[noreturn]] void give_up(const char* why) {
    std::fprintf(stderr, "load: %s\n", why);
    std::exit(1);
}

int connect_to(std::uint16_t port) {
    const int peer = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof address),
            "connect");
    const int on = 1;
    checked(setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "setsockopt");
    return peer;
}

/// What is asked at a time, in how many requests, and how many bytes the answer has.
struct exchange {
    std::string request;
    std::size_t answer_size;
    std::size_t requests = 1;
};

char lower(char of) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(of)));
}

/// An HTTP answer's size, learnt from a first one; it must be the same each time.
std::size_t learn_answer_size(std::uint16_t port, const std::string& request) {
    const int peer = connect_to(port);
    checked(static_cast<int>(send(peer, request.data(), request.size(), 0)), "send");
    std::string answer;
    std::array<char, 4096> bytes;
    for (;;) {
        const std::size_t head = answer.find("\r\n\r\n");
        const std::size_t length = answer.find("\r\ncontent-length: ");
        if (head != std::string::npos && length != std::string::npos) {
            if (!answer.starts_with("http/1.1 200 ")) give_up("the answer is not 200");
            close(peer);
            return head + 4 + std::strtoul(answer.c_str() + length + 18, nullptr, 10);
        }
        const ssize_t got = recv(peer, bytes.data(), bytes.size(), 0);
        if (got <= 0) give_up("no answer to the first request");
        // Names of headers may be in any case.
        std::transform(bytes.begin(), bytes.begin() + got, std::back_inserter(answer),
                       lower);
    }
}

exchange exchange_for(const std::string& protocol, std::uint16_t port) {
    if (protocol == "echo") return {std::string(64, 'x'), 64};
    const std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    const std::size_t size = learn_answer_size(port, request);
    if (protocol == "http") return {request, size};
    constexpr std::size_t together = 16;
    std::string all;
    for (std::size_t i = 0; i < together; ++i) all += request;
    return {all, size * together, together};
}

class clients {
public:
    clients(std::uint16_t port, std::size_t count, exchange what)
        : exchange_(std::move(what)) {
        for (std::size_t i = 0; i < count; ++i) {
            all_.push_back({connect_to(port), 0, {}});
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, all_.back().peer, &event),
                    "epoll");
        }
    }

    /// Sends `requests` over all connections and waits for their answers.
    void run(std::size_t requests) {
        const std::size_t count = (requests - 1) / exchange_.requests + 1;
        latencies_.clear();
        latencies_.reserve(count);
        std::size_t to_send = count;
        for (client& each : all_) {
            if (to_send > 0) --to_send, send_request(each);
        }
        std::array<epoll_event, 256> events;
        while (latencies_.size() < count) {
            const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
            for (int i = 0; i < ready; ++i) {
                client& from = all_[events[static_cast<std::size_t>(i)].data.u64];
                if (receive(from) && to_send > 0) --to_send, send_request(from);
            }
        }
    }

    [[nodiscard]] double latency(double quantile) {
        const auto rank = static_cast<std::size_t>(
            quantile * static_cast<double>(latencies_.size() - 1));
        std::ranges::nth_element(
            latencies_, latencies_.begin() + static_cast<std::ptrdiff_t>(rank));
        return std::chrono::duration<double, std::micro>(latencies_[rank]).count();
    }

private:
    struct client {
        int peer;
        std::size_t received;
        steady::time_point sent_at;
    };

    void send_request(client& from) {
        from.sent_at = steady::now();
        from.received = 0;
        const std::string& request = exchange_.request;
        const ssize_t sent =
            send(from.peer, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(request.size()))
            give_up("a send was cut short");
    }

    bool receive(client& by) {
        std::array<char, 4096> bytes;
        const ssize_t got = recv(by.peer, bytes.data(), bytes.size(), 0);
        if (got <= 0) give_up("the server closed a connection");
        by.received += static_cast<std::size_t>(got);
        if (by.received > exchange_.answer_size) give_up("an answer is too long");
        if (by.received < exchange_.answer_size) return false;
        latencies_.push_back(steady::now() - by.sent_at);
        return true;
    }

    exchange exchange_;
    int epoll_ = checked(epoll_create1(0), "epoll_create1");
    std::vector<client> all_;
    std::vector<steady::duration> latencies_;
};

}  // namespace

// Two phases, so that the driver can read the server's CPU time between them: a warm-up
// that ends with "ready"; after a line on stdin the measured one, which ends with
// "<seconds> <its own CPU seconds> <p50 in microseconds> <p99> <p99.9>".
int main(int count, char** arguments) {
    if (count != 5) {
        std::fprintf(stderr,
                     "usage: %s echo|http|pipelined PORT CONNECTIONS REQUESTS\n",
                     arguments[0]);
        return 2;
    }
    constexpr unsigned seconds_to_live = 60;
    alarm(seconds_to_live);
    const auto port = static_cast<std::uint16_t>(std::atoi(arguments[2]));
    const auto connections = std::strtoul(arguments[3], nullptr, 10);
    const auto requests = std::strtoul(arguments[4], nullptr, 10);
    clients all(port, connections, exchange_for(arguments[1], port));
    all.run(requests / 10 + 1);
    std::puts("ready");
    std::fflush(stdout);
    if (std::getchar() == EOF) return 1;
    const auto begin = steady::now();
    const std::clock_t cpu_begin = std::clock();
    all.run(requests);
    const std::clock_t cpu_end = std::clock();
    const std::chrono::duration<double> took = steady::now() - begin;
    std::printf("%.6f %.6f %.1f %.1f %.1f\n", took.count(),
                static_cast<double>(cpu_end - cpu_begin) / CLOCKS_PER_SEC,
                all.latency(0.5), all.latency(0.99), all.latency(0.999));
}
