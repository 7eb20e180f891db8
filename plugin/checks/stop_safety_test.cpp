// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is lost when an operation is stopped.
#include <coil/core/core.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/copy.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/into.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <array>
#include <optional>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

struct connection {
    coil::task<std::size_t> read(std::span<std::byte> into);
    coil::task<std::size_t> write(std::span<const std::byte> bytes);
    bool is_open() const;
    void close();
};
connection connect();
coil::task<> handle(std::span<const std::byte> bytes);
using frame = std::array<std::byte, 64>;

// A race in a loop.

coil::task<> loses_half_a_frame(connection& from, coil::event& ended) {
    frame into;
    for (;;) {
        // expected-warning@+2 {{'read_exactly' loses what it has had of 'from'}}
        const auto won =
            co_await coil::race(coil::read_exactly(from, into), coil::sleep(1s));
        if (ended.is_set()) co_return;
        (void)won.index();
    }
}
coil::task<> leaves_when_it_lost(connection& from, coil::event& ended) {
    frame into;
    for (;;) {
        const auto won =
            co_await coil::race(coil::read_exactly(from, into), ended.wait());
        if (won.index() == 1) co_return;
        co_await handle(into);
    }
}
coil::task<> leaves_unless_it_won(connection& from, coil::event& ended) {
    frame into;
    while (true) {
        const auto won =
            co_await coil::race(coil::read_exactly(from, into), ended.wait());
        if (won.index() != 0) break;
        co_await handle(into);
    }
}
coil::task<> leaves_by_a_switch(connection& from, coil::event& ended) {
    frame into;
    for (;;) {
        const auto won =
            co_await coil::race(coil::read_exactly(from, into), ended.wait());
        switch (won.index()) {
            case 0: break;
            case 1: co_return;
        }
    }
}
coil::task<> goes_on_where_it_lost(connection& from, coil::event& due) {
    frame into;
    for (;;) {
        // expected-warning@+2 {{'read_exactly' loses what it has had}}
        const auto won =
            co_await coil::race(coil::read_exactly(from, into), due.wait());
        if (won.index() == 1) continue;
        co_await handle(into);
    }
}
coil::task<> reads_what_there_is(connection& from) {
    coil::buffer kept(4096);
    for (;;) {
        co_await coil::race(coil::read_some(from, kept), coil::sleep(1s));
        co_await coil::race(coil::read_until(from, kept, "\n"), coil::sleep(1s));
    }
}
coil::task<> asks_a_new_one_each_time() {
    frame into;
    for (;;) {
        connection from = connect();
        co_await coil::race(coil::read_exactly(from, into), coil::sleep(1s));
    }
}
coil::task<> connects_again() {
    frame into;
    connection from = connect();
    for (;;) {
        co_await coil::race(coil::read_exactly(from, into), coil::sleep(1s));
        from = connect();
    }
}
coil::task<> asks_for_one(connection& from) {
    frame into;
    co_await coil::race(coil::read_exactly(from, into), coil::sleep(1s));
    from.close();
}
coil::task<> is_shielded(connection& from) {
    frame into;
    for (;;)
        co_await coil::race(coil::shield(coil::read_exactly(from, into)),
                            coil::sleep(1s));
}

// A time-out.

coil::task<> tries_again(connection& from) {
    frame into;
    // expected-warning@+1 {{'read_exactly' loses what it has had}}
    while (!co_await coil::with_timeout(1s, coil::read_exactly(from, into))) {}
}
coil::task<> gives_up(connection& from) {
    frame into;
    for (;;) {
        const auto got =
            co_await coil::with_timeout(1s, coil::read_exactly(from, into));
        if (!got) co_return;
        co_await handle(into);
    }
}
coil::task<> gives_up_by_name(connection& from) {
    frame into;
    for (;;) {
        const auto got =
            co_await coil::with_timeout(1s, coil::read_exactly(from, into));
        if (!got.has_value() || !*got) break;
        co_await coil::read_exactly(from, into);
    }
}
coil::task<> gives_up_at_once(connection& from) {
    frame into;
    while (co_await coil::with_timeout(1s, coil::read_exactly(from, into)))
        co_await handle(into);
}
coil::task<> reads_on(connection& from) {
    frame into;
    // expected-warning@+1 {{loses what it has had of 'from'}}
    co_await coil::with_timeout(1s, coil::read_exactly(from, into));
    co_await coil::read_exactly(from, into);
}
coil::task<> answers_after_it(connection& from) {
    frame into;
    const auto got = co_await coil::with_timeout(1s, coil::read_exactly(from, into));
    if (!got) co_await coil::write_all(from, "too late\r\n");
    from.close();
}
coil::task<> writes_on(connection& to, std::string_view text) {
    // expected-warning@+1 {{'write_all' loses what it has had}}
    if (!co_await coil::with_timeout(1s, coil::write_all(to, text)))
        co_await coil::write_all(to, "bye\r\n");
}
coil::task<> writes_no_more(connection& to, std::string_view text) {
    if (!co_await coil::with_timeout(1s, coil::write_all(to, text))) co_return;
    co_await coil::write_all(to, "bye\r\n");
}
coil::task<> copies_on(connection& from, connection& to) {
    for (;;) {
        // expected-warning@+1 {{'copy' loses what it has had}}
        co_await coil::with_timeout(1s, coil::copy(from, to));
    }
}

// By a variable, and inside of other combinators.

coil::task<> by_a_variable(connection& from) {
    frame into;
    for (;;) {
        auto reading = coil::read_exactly(from, into);
        // expected-warning@-1 {{'read_exactly' loses what it has had}}
        co_await coil::race(std::move(reading), coil::sleep(1s));
    }
}
coil::task<> inside_of_a_join(connection& a, connection& b) {
    frame one;
    frame two;
    for (;;) {
        co_await coil::with_timeout(
            1s, coil::join(coil::read_exactly(a, one),  // expected-warning {{of 'a'}}
                           coil::read_exactly(b, two)));
    }
}

// A function of one's own.

coil::task<int> read_number(connection& from) {
    frame into;
    co_await coil::read_exactly(from, into);
    co_return 1;
}
coil::task<int> read_elsewhere(connection&) {
    co_return 1;
}
coil::task<int> declared_only(connection& from);

coil::task<> by_a_function(connection& from) {
    for (;;) {
        // expected-warning@+1 {{'read_number' loses what it has had}}
        co_await coil::race(read_number(from), coil::sleep(1s));
        co_await coil::race(read_elsewhere(from), coil::sleep(1s));
        co_await coil::race(declared_only(from), coil::sleep(1s));
    }
}

class session {
public:
    coil::task<> serve() {
        for (;;) {
            // expected-warning@+1 {{'read_exactly' loses what it has had}}
            co_await coil::race(coil::read_exactly(from_, into_), coil::sleep(1s));
        }
    }
    coil::task<> serve_by_a_member() {
        for (;;) {
            // expected-warning@+1 {{'next_frame' loses what it has had}}
            co_await coil::race(next_frame(), coil::sleep(1s));
        }
    }
    coil::task<> serve_once() { co_await coil::race(next_frame(), coil::sleep(1s)); }

private:
    coil::task<> next_frame() { co_await coil::read_exactly(from_, into_); }
    connection from_;
    frame into_;
};

coil::task<> marked_by_the_user(connection& from COIL_LOSES_WHEN_STOPPED);
coil::task<> by_a_mark(connection& from) {
    for (;;) {
        // expected-warning@+1 {{'marked_by_the_user' loses what it has had}}
        co_await coil::race(marked_by_the_user(from), coil::sleep(1s));
    }
}

// Streams.

coil::task<> collects_again(coil::channel<int>& from) {
    for (;;) {
        // expected-warning@+1 {{'collect' loses what it has had}}
        co_await coil::with_timeout(1s, from | coil::collect<std::vector>());
    }
}
coil::task<> collects_once(coil::channel<int>& from) {
    const auto all =
        co_await coil::with_timeout(1s, from | coil::collect<std::vector>());
}
coil::task<> takes_one_each(coil::channel<int>& from) {
    for (;;) co_await coil::race(from.next(), coil::sleep(1s));
}
coil::task<> sends_and_takes(coil::channel<int>& from, coil::channel<int>& to) {
    // expected-warning@+1 {{'into' loses what it has had}}
    co_await coil::race(from | coil::into(to), coil::sleep(1s));
    (void)co_await from.next();
}

coil::task<> silenced(connection& from) {
    frame into;
    for (;;) [[gsl::suppress("coil-stop-safety")]]
        co_await coil::race(coil::read_exactly(from, into), coil::sleep(1s));
}
