// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/request_parser.hpp>
#include <coil/http/response_writer.hpp>
#include <coil/http/server.hpp>

#include <optional>
#include <span>

namespace coil::http::detail {

/// One connection of a server: reads requests, calls the handler, writes responses.
///
/// Lifetime: refers to its server, peer and handler.
/// Memory: while it waits for a request it holds neither buffer nor output.
class connection final : public body_source {
public:
    connection(server& owner, net::tcp_stream& peer, const handler_ref& handler);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    /// Until the peer closes, an error closes it, or the server drains.
    task<> run();

private:
    enum class next_step : unsigned char { go_on, close, linger };

    enum class head_state : unsigned char { whole, not_yet, bad };
    [[nodiscard]] head_state parse_head();
    [[nodiscard]] bool is_idle() const noexcept;
    task<bool> read_rest_of_head(std::optional<instant>& began);
    task<> end(next_step why);
    task<bool> fill(std::chrono::nanoseconds limit);
    bool take_what_is_here();
    working_memory& memory();
    std::string& output() { return memory().output; }
    [[nodiscard]] bool has_output() const noexcept;
    [[nodiscard]] const request_head& head() const noexcept {
        return memory_->parser.head();
    }
    std::span<std::byte> room() {
        return std::as_writable_bytes(std::span(memory().input));
    }
    task<next_step> answer();
    response call_at_once(request& asked);
    task<> call_handler(request& asked, response& made);
    task<> keep_answer(request& asked, response& made);
    task<> watch_peer(bool has_earlier_output);
    task<> watch_reader(body_framing framing);
    [[nodiscard]] exchange begin_response();
    task<bool> stream(response& made);
    task<next_step> finish_exchange();
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
        memory_->parser.set_body_bytes_max(bytes);
    }
    [[nodiscard]] std::chrono::nanoseconds body_time_left() const noexcept;
    void release_memory() noexcept;

    server& server_;
    net::tcp_stream& peer_;
    const handler_ref& handler_;
    memory_store::memory memory_;  // none while it is idle
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
