// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/http/detail/connection.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace coil::http::detail {

namespace {
constexpr auto linger_timeout = std::chrono::seconds(2);

std::span<const std::byte> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
}
}  // namespace

connection::connection(server& owner, net::tcp_stream& peer, const handler_ref& handler)
    : server_(owner),
      peer_(peer),
      handler_(handler) {}

connection::~connection() {
    // Stopped or failed in the middle: a plain end could pass for the response's own.
    if (is_cut_ && peer_.is_open()) peer_.abort();
    if (memory_) server_.shared_.give_back(std::move(memory_));
}

task<> connection::run() {
    std::optional<instant> began;  // of a head that is not whole yet
    for (;;) {
        const head_state state = parse_head();
        if (state == head_state::bad)
            co_return co_await refuse(memory_->parser.error());
        if (state == head_state::whole) {
            began.reset();
            const next_step next = co_await answer();
            if (COIL_PLANTED(pipelined_are_dropped)) memory_->unread = {};
            if (next != next_step::go_on) co_return co_await end(next);
            continue;
        }
        if (!unsent().empty()) {
            note_sent(peer_.try_write(unsent()));
            const bool was_sent = unsent().empty() || co_await flush();
            if (!was_sent) co_return;
        }
        if (is_idle()) {
            release_memory();
            if (server_.draining_.is_set() && !COIL_PLANTED(idle_stays)) co_return;
            const bool has_more = co_await wait_idle(server_.limits_.keep_alive_timeout,
                                                     peer_, server_.shared_.idle());
            if (!has_more) co_return;
            if (take_what_is_here()) continue;
            if (has_peer_ended_ || has_vanished_) co_return;
        }
        const bool has_more = co_await read_rest_of_head(began);
        if (!has_more) co_return;
    }
}

connection::head_state connection::parse_head() {
    if (!memory_) return head_state::not_yet;
    const parse_result parsed = memory_->parser.parse(memory_->unread);
    memory_->unread.remove_prefix(parsed.consumed);
    switch (parsed.event) {
        case parse_event::head_done: return head_state::whole;
        case parse_event::failed: return head_state::bad;
        default: return head_state::not_yet;
    }
}

bool connection::is_idle() const noexcept {
    return !memory_ || memory_->parser.is_idle();
}

// A head takes its time; false: the connection is to end.
task<bool> connection::read_rest_of_head(std::optional<instant>& began) {
    if (!began) began = now();
    const auto left = server_.limits_.header_timeout - (now() - *began);
    const bool has_more = co_await fill(left);
    if (has_more) co_return true;
    if (!is_idle() && !has_peer_ended_ && !has_vanished_) {
        co_await refuse({status::request_timeout, "the head took too long"});
    }
    co_return false;
}

task<> connection::end(next_step why) {
    if (has_vanished_) server_.shared_.count(&server_stats::vanished);
    if (is_cut_ && !COIL_PLANTED(answers_follow_a_cut))
        co_return;  // nothing may follow
    const bool was_sent = co_await flush();
    if (why == next_step::linger && was_sent) co_await linger();
}

working_memory& connection::memory() {
    if (!memory_) memory_ = server_.shared_.take_memory();
    return *memory_;
}

// As fill(), but without waiting; false also where only waiting would tell more.
bool connection::take_what_is_here() {
    try {
        const std::optional<std::size_t> count = peer_.try_read(room());
        has_peer_ended_ = count == std::size_t{0};
        memory_->unread = std::string_view(memory_->input.data(), count.value_or(0));
    } catch (const std::system_error&) {
        has_vanished_ = true;
    }
    return !memory_->unread.empty();
}

// Reads more; false: the peer closed, or time ran out.
task<bool> connection::fill(std::chrono::nanoseconds limit) {
    try {
        const auto count = co_await with_timeout(limit, peer_.read(room()));
        has_peer_ended_ = count == std::size_t{0};
        memory_->unread = std::string_view(memory_->input.data(), count.value_or(0));
    } catch (const std::system_error&) {
        has_vanished_ = true;
    }
    co_return !memory_->unread.empty();
}

// While nothing of a request is here.
void connection::release_memory() noexcept {
    if (memory_ && memory_->parser.is_blank())
        server_.shared_.give_back(std::move(memory_));
}

namespace {
// A request in its handler, if there is room for one more.
class in_flight {
public:
    explicit in_flight(shared_state& counts) noexcept
        : counts_(counts),
          has_room_(counts.try_begin()) {}
    in_flight(const in_flight&) = delete;
    in_flight& operator=(const in_flight&) = delete;
    ~in_flight() {
        if (has_room_) counts_.end();
    }
    [[nodiscard]] bool has_room() const noexcept { return has_room_; }

private:
    shared_state& counts_;
    bool has_room_;
};
}  // namespace

task<connection::next_step> connection::answer() {
    has_body_ended_ = !head().has_body();
    has_sent_continue_ = false;
    is_answering_ = false;
    body_received_ = 0;
    body_waited_ = {};
    if (has_body_ended_)
        (void)memory_->parser.parse({});  // message_done; the head stays valid
    ++served_;
    request asked(head(), *this, server_);  // a stream may read it to its end
    response made;
    if (head().expects_continue) {  // so that the handler's side may write
        const bool was_sent = co_await flush();
        if (!was_sent) co_return next_step::close;
    }
    if (const in_flight counted(server_.shared_); !counted.has_room()) {
        const auto seconds = std::to_string(server_.limits_.retry_after.count());
        made = response::of(status::service_unavailable)
                   .with_field("Retry-After", seconds);
    } else {
        if (handler_.answers_at_once()) {
            made = call_at_once(asked);
        } else {
            co_await call_handler(asked, made);
        }
        if (has_vanished_) co_return next_step::close;
    }
    if (!is_final(made.status)) made = response::of(status::internal_server_error);
    if (!made.stream) take_arrived_body();  // a stream may still want it
    const bool keep_alive =
        made.stream ? co_await stream(made)
                    : append_response(output(), made, begin_response()).keep_alive;
    if (is_cut_ || has_vanished_) co_return next_step::close;
    if (!keep_alive) co_return next_step::linger;
    take_arrived_body();
    if (has_body_ended_ && output().size() <= working_memory::output_kept_max)
        co_return next_step::go_on;
    co_return co_await finish_exchange();
}

namespace {
// What the error that is being handled answers.
response answer_of_error() {
    try {
        throw;
    } catch (const status_error& error) {
        const std::string_view text = error.what();
        return text.empty()
                   ? response::of(error.code())
                   : response::text(std::string(text)).with_status(error.code());
    } catch (...) {  // what went wrong is the service's own affair
        return response::of(status::internal_server_error);
    }
}
}  // namespace

// It has nothing to wait for: no time to run out, no client to be watched meanwhile.
response connection::call_at_once(request& asked) {
    try {
        return handler_.at_once(asked);
    } catch (...) {
        return answer_of_error();
    }
}

task<> connection::call_handler(request& asked, response& made) {
    auto first = co_await race(as_outcome(with_timeout(server_.limits_.handler_timeout,
                                                       keep_answer(asked, made))),
                               watch_peer(has_output()));
    if (first.index() == 1) {
        has_vanished_ = true;
        co_return;
    }
    outcome<bool>& ended = first.get<0>();
    if (ended.is_stopped()) {
        co_await yield_now();  // ends this, too, if it was not the handler's own stop
        made = response::of(status::internal_server_error);
        co_return;
    }
    try {
        const bool is_in_time = ended.take();
        if (!is_in_time) made = response::of(status::service_unavailable);
    } catch (...) {
        made = answer_of_error();
    }
}

// Straight to its place: a response is large, and moving it through a race is not free.
task<> connection::keep_answer(request& asked, response& made) {
    made = co_await handler_(asked);
}

// While the handler waits: sends what earlier requests were answered, then watches.
//
// A peer that has ended its side has closed, or it only says no more and still reads.
// So it is sent the next byte that it will get anyway: whoever has closed answers it
// with a reset.
task<> connection::watch_peer(bool has_earlier_output) {
    constexpr std::string_view first_of_any_response = "H";
    try {
        while (has_earlier_output && !unsent().empty()) {
            note_sent(co_await peer_.write(unsent()));
        }
    } catch (const std::system_error&) {  // it has gone
        co_return;
    }
    co_await peer_.wait_closed();
    const bool waits_for_us = head().expects_continue && !has_sent_continue_;
    if (!has_body_ended_ && waits_for_us) co_return;  // the body can never come
    if (!has_output()) memory_->sent = peer_.try_write(as_bytes(first_of_any_response));
    co_await peer_.wait_gone();
}

// The response begins, and with it what it is to be.
exchange connection::begin_response() {
    is_answering_ = true;
    exchange how = answer_to(head(), server_.shared_.date(memory_->date));
    how.keep_alive = how.keep_alive && can_go_on();
    server_.shared_.count(&server_stats::requests);
    return how;
}

// Makes room for the next request: sends, and reads past what is left of the body.
task<connection::next_step> connection::finish_exchange() {
    const bool was_sent = co_await flush();
    if (!was_sent) co_return next_step::close;
    if (has_body_ended_) co_return next_step::go_on;
    const auto found =
        co_await with_timeout(server_.limits_.handler_timeout, finish_body());
    co_return found.value_or(false) ? next_step::go_on : next_step::linger;
}

// Whether the next request will be found.
bool connection::can_go_on() const noexcept {
    const bool will_body_end =
        has_body_ended_ || !head().expects_continue || has_sent_continue_;
    if (COIL_PLANTED(bad_bodies_are_survived)) return true;
    return will_body_end && !is_body_bad_ && !server_.draining_.is_set() &&
           served_ < server_.limits_.requests_per_connection_max;
}

// Sends the pieces; true: the connection may stay.
task<bool> connection::stream(response& made) {
    const written head = append_streaming_head(output(), made, begin_response());
    const bool was_sent = co_await flush();
    if (!was_sent || head.framing == body_framing::none) co_return head.keep_alive;
    is_cut_ = true;  // until it is whole: also if it is stopped
    bool is_whole = false;
    auto first = co_await race(as_outcome(send_pieces(*made.stream, head.framing)),
                               watch_reader(head.framing));
    if (first.index() == 1) {
        has_vanished_ = true;
    } else {  // an error is the service's own affair; the client sees that it was cut
        outcome<bool>& ended = first.get<0>();
        if (ended.is_stopped()) co_await yield_now();  // as in call_handler()
        is_whole = ended.has_value() && ended.value();
    }
    if (!is_whole && !COIL_PLANTED(cut_streams_look_whole)) co_return false;
    is_cut_ = false;
    if (head.framing == body_framing::chunked) append_last_chunk(output());
    co_return head.keep_alive;
}

// Ends when nobody will read the pieces. As in watch_peer(): the byte sent ahead is a
// digit of the next chunk's size that changes nothing. Without chunks there is none,
// and the next piece will tell.
task<> connection::watch_reader(body_framing framing) {
    constexpr std::string_view leading_zero = "0";
    co_await peer_.wait_closed();
    if (!has_output() && framing == body_framing::chunked) {
        (void)peer_.try_write(as_bytes(leading_zero));
    }
    co_await peer_.wait_gone();
}

task<bool> connection::send_pieces(generator<std::string>& pieces,
                                   body_framing framing) {
    while (auto piece = co_await pieces.next()) {
        if (framing == body_framing::chunked) {
            append_chunk(output(), *piece);
        } else {
            output() += *piece;
        }
        const bool was_sent = co_await flush();
        if (!was_sent) co_return false;
    }
    co_return true;
}

task<> connection::refuse(const parse_error& error) {
    server_.shared_.count(&server_stats::malformed);
    server_.shared_.count(&server_stats::requests);
    append_response(output(), response::of(error.status),
                    {.keep_alive = false, .date = server_.shared_.date(memory().date)});
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
    const parse_result parsed = memory_->parser.parse(memory_->unread);
    memory_->unread.remove_prefix(parsed.consumed);
    body_received_ += parsed.body.size();
    if (parsed.event == parse_event::message_done) has_body_ended_ = true;
    if (parsed.event == parse_event::failed && !is_body_bad_) {
        is_body_bad_ = true;
        server_.shared_.count(&server_stats::malformed);
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
            throw status_error(memory_->parser.error().status);
        }
        if (parsed.event == parse_event::message_done) break;
        bool has_more = true;
        if (head().expects_continue && !is_answering_) {
            const bool has_asked = std::exchange(has_sent_continue_, true);
            if (!has_asked && !COIL_PLANTED(never_continues)) append_continue(output());
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

bool connection::has_output() const noexcept {
    return memory_ && !memory_->output.empty();
}

std::span<const std::byte> connection::unsent() const noexcept {
    if (!has_output()) return {};
    return as_bytes(memory_->output)
        .subspan(std::min(memory_->sent, memory_->output.size()));
}

void connection::note_sent(std::size_t count) noexcept {
    memory_->sent += count;
    if (memory_->sent < output().size()) return;
    output().clear();
    memory_->sent = 0;
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
    (void)co_await with_timeout(linger_timeout, read_to_end());
}

task<> connection::read_to_end() {
    try {
        while (co_await peer_.read(room()) > 0) {}
    } catch (const std::system_error&) {
        co_return;
    }
}

}  // namespace coil::http::detail
