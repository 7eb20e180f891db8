// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "listen.hpp"
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t buffer_size = 4096;

// --- echo, with callbacks ---

class echo_session : public std::enable_shared_from_this<echo_session> {
public:
    explicit echo_session(tcp::socket peer) : peer_(std::move(peer)) {}

    void read() {
        peer_.async_read_some(
            asio::buffer(bytes_),
            [self = shared_from_this()](error_code error, std::size_t count) {
                if (!error) self->write(count);
            });
    }

private:
    void write(std::size_t count) {
        asio::async_write(peer_, asio::buffer(bytes_, count),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) self->read();
                          });
    }

    tcp::socket peer_;
    std::array<char, buffer_size> bytes_;
};

void accept_with_callbacks(tcp::acceptor& listener) {
    listener.async_accept([&listener](error_code error, tcp::socket peer) {
        if (error) return;
        peer.set_option(tcp::no_delay(true));
        std::make_shared<echo_session>(std::move(peer))->read();
        accept_with_callbacks(listener);
    });
}

// --- with coroutines ---

awaitable<void> echo(tcp::socket peer) {
    std::array<char, buffer_size> bytes;
    for (;;) {
        const std::size_t count =
            co_await peer.async_read_some(asio::buffer(bytes), use_awaitable);
        co_await asio::async_write(peer, asio::buffer(bytes, count), use_awaitable);
    }
}

awaitable<void> say_hello(tcp::socket peer) {
    beast::flat_buffer buffer;
    for (;;) {
        http::request<http::empty_body> request;
        co_await http::async_read(peer, buffer, request, use_awaitable);
        http::response<http::string_body> response(http::status::ok, request.version());
        response.set(http::field::content_type, "text/plain");
        response.keep_alive(request.keep_alive());
        response.body() = "Hello, World!";
        response.prepare_payload();
        co_await http::async_write(peer, response, use_awaitable);
    }
}

awaitable<void> accept(tcp::acceptor& listener, awaitable<void> (*serve)(tcp::socket)) {
    for (;;) {
        tcp::socket peer = co_await listener.async_accept(use_awaitable);
        peer.set_option(tcp::no_delay(true));
        // A session ends with the error that its peer has gone.
        asio::co_spawn(listener.get_executor(), serve(std::move(peer)), asio::detached);
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view kind = count >= 2 ? arguments[1] : "";
    const bool has_two_threads =
        count >= 3 && std::string_view(arguments[2]) == "two-threads";
    asio::io_context loop(has_two_threads ? 2 : 1);
    tcp::acceptor listener(loop, {asio::ip::address_v4::loopback(), 0});
    if (kind == "echo-callbacks") {
        accept_with_callbacks(listener);
    } else if (kind == "echo") {
        asio::co_spawn(loop, accept(listener, echo), asio::detached);
    } else if (kind == "http") {
        asio::co_spawn(loop, accept(listener, say_hello), asio::detached);
    } else {
        std::fprintf(stderr, "usage: %s echo|echo-callbacks|http [two-threads]\n",
                     arguments[0]);
        return 2;
    }
    bench::announce(listener.local_endpoint().port());
    // A session needs no strand: it waits for one thing at a time.
    std::jthread other;
    if (has_two_threads) other = std::jthread([&loop] { loop.run(); });
    loop.run();
}
