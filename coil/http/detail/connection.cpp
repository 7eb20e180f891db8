// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/race.hpp>
#include <coil/http/detail/connection.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace coil::http::detail {

namespace {
constexpr std::size_t output_kept_max = 16 * 1024;
constexpr auto linger_timeout = std::chrono::seconds(2);

std::span<const std::byte> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
}
}  // namespace

connection::connection(server& owner, net::tcp_stream peer, handler_ref handler)
    : server_(owner),
      peer_(std::move(peer)),
      handler_(handler),
      parser_(owner.limits_) {}

connection::~connection() {
    // Stopped or failed in the middle: a plain end could pass for the response's own.
    if (is_cut_ && peer_.is_open()) peer_.abort();
    if (buffer_) server_.buffers_.give_back(std::move(buffer_));
}

task<> connection::run() {
    while (co_await wait_for_request()) {
        const next_step next = co_await answer();
        if (COIL_PLANTED(pipelined_are_dropped)) unread_ = {};
        if (next == next_step::go_on) continue;
        if (has_vanished_) ++server_.stats_.vanished;
        if (is_cut_ && !COIL_PLANTED(answers_follow_a_cut))
            break;  // nothing may follow
        const bool was_sent = co_await flush();
        if (next == next_step::linger && was_sent) co_await linger();
        break;
    }
}

// Reads until a head is whole; false: the connection is to end.
task<bool> connection::wait_for_request() {
    std::optional<instant> began;
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
        if (parser_.is_idle()) {
            release_buffer();
            auto first = co_await race(
                with_timeout(server_.limits_.keep_alive_timeout, peer_.wait_readable()),
                server_.draining_.wait());
            const bool is_told = first.index() == 1 && !COIL_PLANTED(idle_stays);
            if (is_told || (first.index() == 0 && !first.get<0>())) co_return false;
        }
        if (!began) began = now();
        const auto left = server_.limits_.header_timeout - (now() - *began);
        const bool has_more = co_await fill(left);
        if (has_more) continue;
        if (!parser_.is_idle() && !has_peer_ended_ && !has_vanished_) {
            co_await refuse({status::request_timeout, "the head took too long"});
        }
        co_return false;
    }
}

// Reads more; false: the peer closed, or time ran out.
task<bool> connection::fill(std::chrono::nanoseconds limit) {
    if (!buffer_) buffer_ = server_.buffers_.take();
    std::span<char> room(buffer_.get(), buffer_store::size);
    try {
        const auto count =
            co_await with_timeout(limit, peer_.read(std::as_writable_bytes(room)));
        has_peer_ended_ = count == std::size_t{0};
        unread_ = std::string_view(buffer_.get(), count.value_or(0));
    } catch (const std::system_error&) {
        has_vanished_ = true;
    }
    co_return !unread_.empty();
}

void connection::release_buffer() noexcept {
    parser_.release_memory();
    if (buffer_) server_.buffers_.give_back(std::move(buffer_));
    if (out_.capacity() > server_.spare_output_.capacity() &&
        out_.capacity() <= output_kept_max) {
        out_.swap(server_.spare_output_);
    }
    std::string().swap(out_);
}

task<connection::next_step> connection::answer() {
    has_body_ended_ = !parser_.head().has_body();
    has_sent_continue_ = false;
    is_answering_ = false;
    body_received_ = 0;
    body_waited_ = {};
    if (has_body_ended_) (void)parser_.parse({});  // message_done; the head stays valid
    server_stats& stats = server_.stats_;
    ++served_;
    if (stats.in_flight >= server_.limits_.requests_in_flight_max) {
        ++stats.shed;
        const auto seconds = std::to_string(server_.limits_.retry_after.count());
        co_return co_await respond(response::of(status::service_unavailable)
                                       .with_field("Retry-After", seconds));
    }
    if (parser_.head().expects_continue) {  // so that the handler's side may write
        const bool was_sent = co_await flush();
        if (!was_sent) co_return next_step::close;
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
            watch_peer(!out_.empty()));
        if (first.index() == 1) {
            has_vanished_ = true;
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
//
// A peer that has ended its side has closed, or it only says no more and still reads.
// So it is sent the next byte that it will get anyway: whoever has closed answers it
// with a reset.
task<> connection::watch_peer(bool has_output) {
    constexpr std::string_view first_of_any_response = "H";
    try {
        while (has_output && !unsent().empty()) {
            note_sent(co_await peer_.write(unsent()));
        }
    } catch (const std::system_error&) {  // it has gone
        co_return;
    }
    co_await peer_.wait_closed();
    const bool waits_for_us = parser_.head().expects_continue && !has_sent_continue_;
    if (!has_body_ended_ && waits_for_us) co_return;  // the body can never come
    if (out_.empty()) sent_ = peer_.try_write(as_bytes(first_of_any_response));
    co_await peer_.wait_gone();
}

task<connection::next_step> connection::respond(response made) {
    if (!is_final(made.status)) made = response::of(status::internal_server_error);
    if (!made.stream) take_arrived_body();  // a stream may still want it
    is_answering_ = true;
    if (out_.empty()) out_.swap(server_.spare_output_);
    exchange how = answer_to(parser_.head(), server_.date_.text());
    how.keep_alive = how.keep_alive && can_go_on();
    ++server_.stats_.requests;
    const bool keep_alive = made.stream ? co_await stream(std::move(made), how)
                                        : append_response(out_, made, how).keep_alive;
    if (is_cut_ || has_vanished_) co_return next_step::close;
    if (!keep_alive) co_return next_step::linger;
    take_arrived_body();
    if (!has_body_ended_ || out_.size() > output_kept_max) {
        const bool was_sent = co_await flush();
        if (!was_sent) co_return next_step::close;
    }
    if (has_body_ended_) co_return next_step::go_on;
    const auto found =
        co_await with_timeout(server_.limits_.handler_timeout, finish_body());
    co_return found.value_or(false) ? next_step::go_on : next_step::linger;
}

// Whether the next request will be found.
bool connection::can_go_on() const noexcept {
    const bool will_body_end =
        has_body_ended_ || !parser_.head().expects_continue || has_sent_continue_;
    if (COIL_PLANTED(bad_bodies_are_survived)) return true;
    return will_body_end && !is_body_bad_ && !server_.draining_.is_set() &&
           served_ < server_.limits_.requests_per_connection_max;
}

// Sends the pieces; true: the connection may stay.
task<bool> connection::stream(response made, const exchange& how) {
    const written head = append_streaming_head(out_, made, how);
    const bool was_sent = co_await flush();
    if (!was_sent || head.framing == body_framing::none) co_return head.keep_alive;
    is_cut_ = true;  // until it is whole: also if it is stopped
    bool is_whole = false;
    try {
        auto first = co_await race(send_pieces(*made.stream, head.framing),
                                   watch_reader(head.framing));
        has_vanished_ = has_vanished_ || first.index() == 1;
        is_whole = first.index() == 0 && first.get<0>();
    } catch (...) {  // the service's own affair; the client sees that it was cut
        is_whole = false;
    }
    if (!is_whole && !COIL_PLANTED(cut_streams_look_whole)) co_return false;
    is_cut_ = false;
    if (head.framing == body_framing::chunked) append_last_chunk(out_);
    co_return head.keep_alive;
}

// Ends when nobody will read the pieces. As in watch_peer(): the byte sent ahead is a
// digit of the next chunk's size that changes nothing. Without chunks there is none,
// and the next piece will tell.
task<> connection::watch_reader(body_framing framing) {
    constexpr std::string_view leading_zero = "0";
    co_await peer_.wait_closed();
    if (out_.empty() && framing == body_framing::chunked) {
        (void)peer_.try_write(as_bytes(leading_zero));
    }
    co_await peer_.wait_gone();
}

task<bool> connection::send_pieces(generator<std::string>& pieces,
                                   body_framing framing) {
    while (auto piece = co_await pieces.next()) {
        if (framing == body_framing::chunked) {
            append_chunk(out_, *piece);
        } else {
            out_ += *piece;
        }
        const bool was_sent = co_await flush();
        if (!was_sent) co_return false;
    }
    co_return true;
}

task<> connection::refuse(const parse_error& error) {
    ++server_.stats_.malformed;
    ++server_.stats_.requests;
    append_response(out_, response::of(error.status),
                    {.keep_alive = false, .date = server_.date_.text()});
    const bool was_sent = co_await flush();
    if (was_sent) co_await linger();
}

// ---- the body

// What the handler takes its time for does not count.
std::chrono::nanoseconds connection::body_time_left() const noexcept {
    const limits& limits = server_.limits_;
    constexpr std::uint64_t longest = 1U << 30U;  // half of what a duration holds or so
    const auto rate = std::max<std::uint64_t>(limits.body_bytes_per_second_min, 1);
    const std::chrono::seconds earned(std::min(body_received_ / rate, longest));
    const auto left = limits.body_rate_grace - body_waited_;
    return left > clock::duration::max() - earned ? clock::duration::max()
                                                  : left + earned;
}

// One step through what has arrived of the body.
parse_result connection::parse_body() {
    const parse_result parsed = parser_.parse(unread_);
    unread_.remove_prefix(parsed.consumed);
    body_received_ += parsed.body.size();
    if (parsed.event == parse_event::message_done) has_body_ended_ = true;
    if (parsed.event == parse_event::failed && !is_body_bad_) {
        is_body_bad_ = true;
        ++server_.stats_.malformed;
    }
    return parsed;
}

// Passes over what the handler left of it, as far as it is here.
void connection::take_arrived_body() {
    while (!has_body_ended_ && !is_body_bad_) {
        if (parse_body().event == parse_event::need_more) return;
    }
}

namespace {
/// Counts the time until it ends, however that comes about: a handler may stop waiting.
struct paced {
    explicit paced(std::chrono::nanoseconds& added_to) noexcept : total(added_to) {}
    paced(const paced&) = delete;
    paced& operator=(const paced&) = delete;
    ~paced() { total += now() - began; }
    std::chrono::nanoseconds& total;
    instant began = now();
};
}  // namespace

task<std::optional<std::string_view>> connection::next_piece() {
    while (!has_body_ended_) {
        const parse_result parsed = parse_body();
        if (parsed.event == parse_event::body_data) co_return parsed.body;
        if (parsed.event == parse_event::failed) {
            throw status_error(parser_.error().status);
        }
        if (parsed.event == parse_event::message_done) break;
        bool has_more = true;
        if (parser_.head().expects_continue && !is_answering_) {
            const bool has_asked = std::exchange(has_sent_continue_, true);
            if (!has_asked && !COIL_PLANTED(never_continues)) append_continue(out_);
            has_more = co_await flush();
        }
        if (has_more) {
            const paced in_this_block(body_waited_);
            has_more = co_await fill(body_time_left());
        }
        if (!has_more) {
            is_body_bad_ = true;
            throw status_error(has_peer_ended_ ? status::bad_request
                                               : status::request_timeout);
        }
    }
    co_return std::nullopt;
}

// Reads past what the handler left of the body, so that the next request is found.
task<bool> connection::finish_body() {
    try {
        while (co_await next_piece()) {}
    } catch (const status_error&) {
        co_return false;
    }
    co_return true;
}

// ---- output

std::span<const std::byte> connection::unsent() const noexcept {
    return as_bytes(out_).subspan(std::min(sent_, out_.size()));
}

void connection::note_sent(std::size_t count) noexcept {
    sent_ += count;
    if (sent_ < out_.size()) return;
    out_.clear();
    sent_ = 0;
}

// False: the peer has gone, or takes nothing. What was sent is noted at once, so that
// nothing is sent twice, wherever this is stopped.
task<bool> connection::flush() {
    try {
        while (!unsent().empty()) {
            const auto count = co_await with_timeout(server_.limits_.write_timeout,
                                                     peer_.write(unsent()));
            if (!count.has_value()) {
                is_cut_ = true;
                co_return false;
            }
            note_sent(*count);
        }
    } catch (const std::system_error&) {
        has_vanished_ = true;
        co_return false;
    }
    co_return true;
}

// Closing with bytes unread resets the connection, and the peer may lose our answer:
// so say that no more will come, and read for a moment what it still sends.
task<> connection::linger() {
    peer_.shutdown();
    if (!buffer_) buffer_ = server_.buffers_.take();
    (void)co_await with_timeout(linger_timeout, read_to_end());
}

task<> connection::read_to_end() {
    std::span<char> room(buffer_.get(), buffer_store::size);
    try {
        while (co_await peer_.read(std::as_writable_bytes(room)) > 0) {}
    } catch (const std::system_error&) {
        co_return;
    }
}

}  // namespace coil::http::detail
