// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What reads in parts and counts for itself; streams that a stop ends.
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <array>
#include <optional>
#include <span>

using namespace std::chrono_literals;

struct connection {
    coil::task<std::size_t> read(std::span<std::byte> into);
    coil::task<std::size_t> write(std::span<const std::byte> bytes);
};
void use(std::span<const std::byte> bytes);
bool is_late();
using frame = std::array<std::byte, 64>;

// A loop of one's own over what gives a part.

coil::task<> fill(connection& from, std::span<std::byte> into) {
    std::size_t n = 0;
    while (n < into.size()) n += co_await from.read(into.subspan(n));
}
coil::task<bool> fill_or_end(connection& from, std::span<std::byte> into) {
    for (std::size_t n = 0; n < into.size();) {
        const std::size_t got = co_await from.read(into.subspan(n));
        if (got == 0) co_return false;
        n += got;
    }
    co_return true;
}
coil::task<> fill_from(connection& from, std::span<std::byte> into, std::size_t& n) {
    while (n < into.size()) n += co_await from.read(into.subspan(n));
}
coil::task<std::size_t> count_all(connection& from) {
    frame part;
    std::size_t n = 0;
    while (const std::size_t got = co_await from.read(part)) {
        use(std::span(part).first(got));
        n += got;
    }
    co_return n;
}
coil::task<std::size_t> fill_once(connection& from, std::span<std::byte> into) {
    std::size_t n = 0;
    n += co_await from.read(into.subspan(n));
    co_return n;
}

coil::task<> tries_again(connection& from) {
    frame into;
    // expected-warning@+1 {{'fill' loses what it has had of 'from'}}
    while (!co_await coil::with_timeout(1s, fill(from, into))) {}
}
coil::task<> tries_again_by_a_variable(connection& from) {
    frame into;
    while (is_late()) {
        // expected-warning@+1 {{'fill_or_end' loses what it has had of}}
        const auto won = co_await coil::race(fill_or_end(from, into), coil::sleep(1s));
        if (won.index() == 0) use(into);
    }
}
coil::task<> gives_up(connection& from) {
    frame into;
    while (co_await coil::with_timeout(1s, fill(from, into))) use(into);
}
coil::task<> keeps_the_count(connection& from) {
    frame into;
    std::size_t n = 0;
    while (!co_await coil::with_timeout(1s, fill_from(from, into, n))) {}
}
coil::task<> has_used_what_it_read(connection& from) {
    while (is_late()) (void)co_await coil::with_timeout(1s, count_all(from));
}
coil::task<> reads_once(connection& from) {
    frame into;
    while (is_late()) (void)co_await coil::with_timeout(1s, fill_once(from, into));
}

// A generator has ended when it was stopped inside of next(): it is unwound.

coil::task<> reads_a_generator(coil::generator<int>& from) {
    while (is_late()) {
        // expected-warning@+1 {{'next' ends 'from' when it is stopped, and that is}}
        (void)co_await coil::with_timeout(1s, from.next());
    }
}
coil::task<> reads_a_generator_by_a_race(coil::generator<int>& from) {
    for (;;) {
        // expected-warning@+1 {{'next' ends 'from' when it is stopped}}
        const auto won = co_await coil::race(from.next(), coil::sleep(1s));
        if (won.index() == 1) continue;
    }
}
coil::task<std::optional<int>> one_of(coil::generator<int>& from) {
    co_return co_await from.next();
}
coil::task<> reads_it_in_a_function(coil::generator<int>& from) {
    // expected-warning@+1 {{'one_of' ends 'from' when it is stopped}}
    while (is_late()) (void)co_await coil::with_timeout(1s, one_of(from));
}
coil::task<> asks_once_more(coil::generator<int>& from) {
    const auto item = co_await coil::with_timeout(1s, from.next());
    if (!item) use({});
    (void)co_await from.next();
}
coil::task<> leaves_with_the_generator(coil::generator<int>& from) {
    while (const auto item = co_await coil::with_timeout(1s, from.next())) {}
}
coil::task<> reads_a_channel(coil::channel<int>& from) {
    while (is_late()) (void)co_await coil::with_timeout(1s, from.next());
}
coil::task<> shields_it(coil::generator<int>& from) {
    while (is_late()) (void)co_await coil::with_timeout(1s, coil::shield(from.next()));
}
coil::task<> reads_without_a_stop(coil::generator<int>& from) {
    while (const auto item = co_await from.next()) {}
}
