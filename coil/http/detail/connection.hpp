// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/request_parser.hpp>
#include <coil/http/response_writer.hpp>
#include <coil/http/server.hpp>

#include <span>

namespace coil::http::detail {

/// One connection of a server: reads requests, calls the handler, writes responses.
///
/// Memory: while it waits for a request it holds neither buffer nor output.
class connection final : public body_source {
public:
    connection(server& owner, net::tcp_stream peer, handler_ref handler);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    /// Until the peer closes, an error closes it, or the server drains.
    task<> run();

private:
    enum class next_step : unsigned char { go_on, close, linger };

    task<bool> wait_for_request();
    task<bool> fill(std::chrono::nanoseconds limit);
    task<next_step> answer();
    task<response> call_handler(request& asked);
    task<> watch_peer(bool has_output);
    task<> watch_reader(body_framing framing);
    task<next_step> respond(response made);
    task<bool> stream(response made, const exchange& how);
    task<bool> send_pieces(generator<std::string>& pieces, body_framing framing);
    task<> refuse(const parse_error& error);
    task<bool> finish_body();
    task<bool> flush();
    [[nodiscard]] std::span<const std::byte> unsent() const noexcept;
    void note_sent(std::size_t count) noexcept;
    task<> linger();
    task<> read_to_end();
    [[nodiscard]] bool can_go_on() const noexcept;
    parse_result parse_body();
    void take_arrived_body();

    task<std::optional<std::string_view>> next_piece() override;
    void set_body_max(std::uint64_t bytes) noexcept override {
        parser_.set_body_bytes_max(bytes);
    }
    [[nodiscard]] std::chrono::nanoseconds body_time_left() const noexcept;
    void release_buffer() noexcept;

    server& server_;
    net::tcp_stream peer_;
    handler_ref handler_;
    request_parser parser_;
    buffer_store::buffer buffer_;
    std::string_view unread_;  // of `buffer_`
    std::string out_;          // to be sent
    std::size_t sent_ = 0;     // of it; may be ahead of it, see watch_peer()
    std::size_t served_ = 0;
    std::chrono::nanoseconds body_waited_ = {};
    std::uint64_t body_received_ = 0;
    bool has_body_ended_ = true;
    bool is_body_bad_ = false;  // malformed or too slow: nothing can follow it
    bool has_sent_continue_ = false;
    bool is_answering_ = false;    // the response has begun: no 100 Continue any more
    bool has_peer_ended_ = false;  // it says no more, but may still read
    bool has_vanished_ = false;
    bool is_cut_ = false;  // in the middle of a response, and will remain so
};

}  // namespace coil::http::detail
