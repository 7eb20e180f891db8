// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/race.hpp>
#include <coil/http/detail/connection.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <span>

namespace coil::http::detail {

namespace {
constexpr std::size_t output_kept_max = 16 * 1024;
constexpr auto linger_timeout = std::chrono::seconds(1);
constexpr std::size_t linger_bytes_max = 256 * 1024;

std::span<const std::byte> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
}
}  // namespace

connection::connection(server& owner, net::tcp_stream peer, handler_ref handler)
    : server_(owner),
      peer_(std::move(peer)),
      handler_(handler),
      parser_(owner.limits_) {}

task<> connection::run() {
    while (co_await wait_for_request()) {
        const next_step next = co_await answer();
        if (next == next_step::go_on) continue;
        const bool was_sent = co_await flush();
        if (next == next_step::linger && was_sent) co_await linger();
        break;
    }
}

// Reads until a head is whole; false: the connection is to end.
task<bool> connection::wait_for_request() {
    for (;;) {
        const parse_result parsed = parser_.parse(unread_);
        unread_.remove_prefix(parsed.consumed);
        if (parsed.event == parse_event::head_done) co_return true;
        if (parsed.event == parse_event::failed) {
            co_await refuse(parser_.error());
            co_return false;
        }
        const bool was_sent = co_await flush();
        if (!was_sent) co_return false;
        const bool is_idle = parser_.is_idle();
        const bool has_more = co_await fill(is_idle ? server_.limits_.keep_alive_timeout
                                                    : server_.limits_.header_timeout);
        if (has_more) continue;
        if (!is_idle && !has_vanished_) {
            co_await refuse({status::request_timeout, "the head took too long"});
        }
        co_return false;
    }
}

// Reads more; false: the peer closed, time ran out, or the server drains.
task<bool> connection::fill(std::chrono::nanoseconds limit) {
    if (parser_.is_idle()) {
        release_buffer();
        const auto first = co_await race(with_timeout(limit, peer_.wait_readable()),
                                         server_.draining_.wait());
        if (first.index() == 1) co_return false;
    }
    if (!buffer_) buffer_ = server_.buffers_.take();
    std::span<char> room(buffer_.get(), buffer_store::size);
    const auto count =
        co_await with_timeout(limit, peer_.read(std::as_writable_bytes(room)));
    has_vanished_ = count == std::size_t{0};
    unread_ = std::string_view(buffer_.get(), count.value_or(0));
    co_return count.value_or(0) > 0;
}

void connection::release_buffer() noexcept {
    parser_.release_memory();
    if (buffer_) server_.buffers_.give_back(std::move(buffer_));
    if (out_.capacity() > output_kept_max) std::string().swap(out_);
}

task<connection::next_step> connection::answer() {
    has_body_ended_ = !parser_.head().has_body();
    has_sent_continue_ = false;
    body_received_ = 0;
    body_began_ = now();
    if (has_body_ended_) (void)parser_.parse({});  // message_done; the head stays valid
    server_stats& stats = server_.stats_;
    ++served_;
    if (stats.in_flight >= server_.limits_.requests_in_flight_max) {
        ++stats.shed;
        const auto seconds = std::to_string(server_.limits_.retry_after.count());
        co_return co_await respond(response::of(status::service_unavailable)
                                       .with_field("Retry-After", seconds));
    }
    request asked(parser_.head(), *this, server_);
    response made = co_await call_handler(asked);
    if (has_vanished_) co_return next_step::close;
    co_return co_await respond(std::move(made));
}

namespace {
struct in_flight {
    explicit in_flight(server_stats& of) noexcept : stats(of) {
        if (++stats.in_flight > stats.in_flight_peak)
            stats.in_flight_peak = stats.in_flight;
    }
    in_flight(const in_flight&) = delete;
    in_flight& operator=(const in_flight&) = delete;
    ~in_flight() { --stats.in_flight; }
    server_stats& stats;
};
}  // namespace

task<response> connection::call_handler(request& asked) {
    const in_flight counted(server_.stats_);
    try {
        auto first = co_await race(
            with_timeout(server_.limits_.handler_timeout, handler_(asked)),
            watch_peer());
        if (first.index() == 1) {
            has_vanished_ = true;
            ++server_.stats_.vanished;
            co_return response{};
        }
        auto& made = first.get<0>();
        if (made.has_value()) co_return std::move(*made);
        co_return response::of(status::service_unavailable);
    } catch (const status_error& error) {
        const std::string_view text = error.what();
        co_return text.empty()
            ? response::of(error.code())
            : response::text(std::string(text)).with_status(error.code());
    } catch (...) {  // what went wrong is the service's own affair
        co_return response::of(status::internal_server_error);
    }
}

// While the handler waits: sends what earlier requests were answered, then watches.
task<> connection::watch_peer() {
    while (!out_.empty()) {
        const std::size_t count = co_await peer_.write(as_bytes(out_));
        out_.erase(0, count);
    }
    co_await peer_.wait_closed();
}

task<connection::next_step> connection::respond(response made) {
    exchange how = answer_to(parser_.head(), server_.date_.text());
    how.keep_alive = how.keep_alive && !server_.draining_.is_set() &&
                     served_ < server_.limits_.requests_per_connection_max;
    ++server_.stats_.requests;
    if (made.stream) co_return co_await stream(std::move(made), how);
    const written sent = append_response(out_, made, how);
    const bool has_ended =
        has_body_ended_ || (sent.keep_alive && co_await finish_body());
    if (!has_ended) co_return next_step::linger;
    if (!sent.keep_alive) co_return next_step::close;
    if (out_.size() > output_kept_max) {
        const bool was_sent = co_await flush();
        if (!was_sent) co_return next_step::close;
    }
    co_return next_step::go_on;
}

task<connection::next_step> connection::stream(response made, const exchange& how) {
    const written head = append_streaming_head(out_, made, how);
    bool is_open = co_await flush();
    while (is_open && head.framing != body_framing::none) {
        auto first = co_await race(made.stream->next(), peer_.wait_closed());
        if (first.index() == 1) co_return next_step::close;
        auto& piece = first.get<0>();
        if (!piece.has_value()) break;
        if (head.framing == body_framing::chunked) {
            append_chunk(out_, *piece);
        } else {
            out_ += *piece;
        }
        is_open = co_await flush();
    }
    if (!is_open) co_return next_step::close;
    if (head.framing == body_framing::chunked) append_last_chunk(out_);
    const bool can_go_on = head.keep_alive && has_body_ended_;
    co_return can_go_on ? next_step::go_on : next_step::close;
}

task<connection::next_step> connection::refuse(const parse_error& error) {
    ++server_.stats_.malformed;
    ++server_.stats_.requests;
    append_response(out_, response::of(error.status),
                    {.keep_alive = false, .date = server_.date_.text()});
    const bool was_sent = co_await flush();
    if (was_sent) co_await linger();
    co_return next_step::close;
}

// ---- the body

std::chrono::nanoseconds connection::body_time_left() const noexcept {
    const limits& limits = server_.limits_;
    const auto earned = std::chrono::nanoseconds(std::chrono::seconds(
        body_received_ / std::max<std::uint64_t>(limits.body_bytes_per_second_min, 1)));
    return body_began_ + limits.body_rate_grace + earned - now();
}

task<std::optional<std::string_view>> connection::next_piece() {
    while (!has_body_ended_) {
        const parse_result parsed = parser_.parse(unread_);
        unread_.remove_prefix(parsed.consumed);
        switch (parsed.event) {
            case parse_event::body_data:
                body_received_ += parsed.body.size();
                co_return parsed.body;
            case parse_event::message_done:
                has_body_ended_ = true;
                co_return std::nullopt;
            case parse_event::failed:
                ++server_.stats_.malformed;
                throw status_error(parser_.error().status);
            default: break;
        }
        if (parser_.head().expects_continue && !has_sent_continue_) {
            has_sent_continue_ = true;
            append_continue(out_);
            const bool was_sent = co_await flush();
            if (!was_sent) throw status_error(status::request_timeout);
        }
        const bool has_more = co_await fill(body_time_left());
        if (!has_more) throw status_error(status::request_timeout);
    }
    co_return std::nullopt;
}

// Reads past what the handler left of the body, so that the next request is found.
task<bool> connection::finish_body() {
    const bool is_wanted = !parser_.head().expects_continue || has_sent_continue_;
    if (!is_wanted) co_return false;
    try {
        while (co_await next_piece()) {}
    } catch (const status_error&) {
        co_return false;
    }
    co_return true;
}

// ---- output

task<bool> connection::flush() {
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const auto count = co_await with_timeout(
            server_.limits_.write_timeout, peer_.write(as_bytes(out_).subspan(sent)));
        if (!count.has_value()) co_return false;
        sent += *count;
    }
    out_.clear();
    co_return true;
}

// Closing with bytes unread resets the connection, and the peer may lose our answer:
// so say that no more will come, and read for a moment what it still sends.
task<> connection::linger() {
    peer_.shutdown();
    if (!buffer_) buffer_ = server_.buffers_.take();
    std::span<char> room(buffer_.get(), buffer_store::size);
    for (std::size_t total = 0; total < linger_bytes_max;) {
        const auto count = co_await with_timeout(
            linger_timeout, peer_.read(std::as_writable_bytes(room)));
        if (count.value_or(0) == 0) break;
        total += *count;
    }
}

}  // namespace coil::http::detail
