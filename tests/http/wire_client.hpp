// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/frame.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/http/server.hpp>
#include <coil/runtime/run.hpp>
#include <coil/time/timeout.hpp>

#include <doctest/doctest.h>

#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace coil::http {

/// A response as a client saw it.
struct answer {
    unsigned status = 0;    // 0: none came
    std::string head = {};  // all lines, and the empty one
    std::string body = {};  // its coding taken off
    bool is_whole = false;  // false: the connection ended before the response did

    [[nodiscard]] bool has(std::string_view line) const {
        return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
    }
    [[nodiscard]] bool closes() const { return has("Connection: close"); }
};

/// A client that sends what it is told, byte for byte, and never complains.
class wire_client {
public:
    explicit wire_client(net::tcp_stream to) noexcept : stream_(std::move(to)) {}

    /// False if the server would not take all.
    task<bool> send(std::string bytes) {
        std::span<const std::byte> left = std::as_bytes(std::span(bytes));
        try {
            while (!left.empty()) left = left.subspan(co_await stream_.write(left));
        } catch (const std::system_error&) {
            co_return false;
        }
        co_return true;
    }

    /// The next response; `has_body` is false for one to HEAD.
    task<answer> receive(bool has_body = true) {
        answer got;
        while (got_.find("\r\n\r\n") == std::string::npos) {
            if (!co_await read_more()) co_return got;
        }
        got.head = take(got_.find("\r\n\r\n") + 4);
        got.status = static_cast<unsigned>(std::stoul(got.head.substr(9, 3)));
        got.is_whole = true;
        const bool is_bodiless =
            got.status < 200 || got.status == 204 || got.status == 304;
        if (!has_body || is_bodiless) co_return got;
        if (got.has("Transfer-Encoding: chunked")) {
            got.is_whole = co_await receive_chunks(got.body);
        } else if (const auto at = got.head.find("Content-Length: ");
                   at != std::string::npos) {
            got.is_whole = co_await receive_exactly(
                std::stoul(got.head.substr(at + 16)), got.body);
        } else {
            got.body = co_await rest();
        }
        co_return got;
    }

    /// Everything until the server closes.
    task<std::string> rest() {
        while (co_await read_more()) {}
        co_return std::exchange(got_, {});
    }

    /// Reads some more; false at the end, see `was_reset`.
    task<bool> read_more() {
        std::array<std::byte, 4096> room;
        try {
            const std::size_t count = co_await stream_.read(room);
            got_.append(reinterpret_cast<const char*>(room.data()), count);
            co_return count > 0;
        } catch (const std::system_error&) {
            was_reset_ = true;
            co_return false;
        }
    }

    [[nodiscard]] const std::string& unread() const noexcept { return got_; }
    [[nodiscard]] bool was_reset() const noexcept { return was_reset_; }
    [[nodiscard]] net::tcp_stream& stream() noexcept { return stream_; }
    void vanish() noexcept { stream_.abort(); }

private:
    std::string take(std::size_t size) {
        std::string taken = got_.substr(0, size);
        got_.erase(0, size);
        return taken;
    }
    task<bool> receive_exactly(std::size_t size, std::string& into) {
        while (got_.size() < size) {
            if (co_await read_more()) continue;
            into += take(got_.size());
            co_return false;
        }
        into += take(size);
        co_return true;
    }
    task<bool> receive_chunks(std::string& into) {
        for (;;) {
            while (got_.find("\r\n") == std::string::npos) {
                if (!co_await read_more()) co_return false;
            }
            const std::string line = take(got_.find("\r\n") + 2);
            std::size_t size = 0;
            std::from_chars(line.data(), line.data() + line.size(), size, 16);
            std::string chunk;
            if (!co_await receive_exactly(size + 2, chunk)) co_return false;
            into += chunk.substr(0, size);
            if (size == 0) co_return true;
        }
    }

    net::tcp_stream stream_;
    std::string got_;
    bool was_reset_ = false;
};

inline task<wire_client> connect_to(const server& at) {
    co_return wire_client(co_await net::connect(at.local_endpoint()));
}

/// Sends all of `bytes` to a new connection and gives what the server said until it
/// closed, read while it is sent.
inline task<std::string> told(const server& at, std::string bytes) {
    wire_client client = co_await connect_to(at);
    auto [was_sent, all] = co_await join(client.send(std::move(bytes)), client.rest());
    co_return std::move(all);
}

/// "GET /x" as a request; `fields` are whole lines.
inline std::string asking(std::string_view what, std::string_view fields = {}) {
    return std::string(what)
        .append(" HTTP/1.1\r\nHost: test\r\n")
        .append(fields)
        .append("\r\n");
}
inline constexpr std::string_view and_close = "Connection: close\r\n";

inline std::string posting(std::string_view body, std::string_view fields = {}) {
    return asking("POST /", "Content-Length: " + std::to_string(body.size()) + "\r\n" +
                                std::string(fields))
        .append(body);
}

/// Gives way until `condition` holds.
template <class Condition>
task<> until(const Condition& condition) {
    while (!condition()) co_await yield_now();
}

template <class Handler, class Client>
task<server_stats> serve_while(limits granted, const Handler& handler,
                               const Client& client) {
    server whole(co_await net::listen({}), granted);
    auto first = co_await race(with_timeout(std::chrono::seconds(30), client(whole)),
                               whole.serve(handler));
    REQUIRE(first.index() == 0);
    const bool was_in_time = first.template get<0>();
    CHECK(was_in_time);
    co_return whole.stats();
}

/// Serves until `client(server)` has ended, then stops the server; nothing is left.
template <class Handler, class Client>
server_stats serve_to(limits granted, const Handler& handler, const Client& client) {
    const std::size_t frames_before = count_frames().alive;
    const server_stats last = run(serve_while(granted, handler, client));
    CHECK(last.open == 0);
    CHECK(last.in_flight == 0);
    CHECK(count_frames().alive == frames_before);
    return last;
}
template <class Handler, class Client>
server_stats serve_to(const Handler& handler, const Client& client) {
    return serve_to(limits(), handler, client);
}

inline std::size_t count_of(std::string_view needle, std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(needle); at != std::string_view::npos;
         at = text.find(needle, at + needle.size())) {
        ++count;
    }
    return count;
}

}  // namespace coil::http
