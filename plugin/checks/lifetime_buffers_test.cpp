// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Views into a buffer, a string or a vector that something else puts bytes into.
#include <coil/core/core.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/read.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

coil::task<> work();
std::string make_text();
void use(const auto&...) {}
using peer = coil::byte_pipe;

coil::task<> view_of_what_was_read(peer& from, coil::buffer& in) {
    const std::size_t size = co_await coil::read_until(from, in, "\n");
    const std::string_view head = in.text().substr(0, size);
    in.consume(size);
    use(head);
    co_await coil::read_some(from, in);
    use(head);  // expected-error {{'head' is used here, and refers into 'in', which}}
}
coil::task<> span_of_its_own(peer& from) {
    coil::buffer in;
    co_await coil::read_some(from, in);
    const auto bytes = std::as_const(in).unread();
    auto all = in.unread();
    co_await work();
    use(bytes, all);
    const std::size_t size = co_await coil::read_until(from, in, "\n");
    use(size,
        all);  // expected-error {{'all' is used here, and refers into 'in', which}}
}
coil::task<> prepared(coil::buffer& in) {
    auto head = in.text();
    auto room = in.prepare(10);
    use(head);  // expected-error {{refers into 'in', which 'prepare' may have changed}}
    in.commit(room.size());
    use(room);
    in.append("text");
    co_await work();
}
coil::task<> in_turns(peer& from, coil::buffer& in) {
    for (;;) {
        auto room = in.prepare(10);
        const std::size_t count = co_await from.read(room);
        if (count == 0) break;
        in.commit(count);
    }
    for (;;) {
        const std::string_view head = in.text();
        if (head.size() > 10) break;
        co_await coil::read_some(from, in);
    }
}
coil::task<> taken_again(peer& from, coil::buffer& in) {
    std::string_view head = in.text();
    const std::string copy(head);
    co_await coil::read_some(from, in);
    head = in.text();
    use(head, copy);
}
coil::task<> captured(peer& from) {
    coil::buffer in;
    co_await coil::with_group([&](coil::group&) -> coil::task<> {
        const auto head = in.text();
        co_await coil::read_some(from, in);
        use(head);  // expected-error {{refers into 'in', which 'read_some' may have}}
    });
}
coil::task<> of_another(peer& from, coil::buffer& in, coil::buffer& other) {
    const std::string_view head = in.text();
    co_await coil::read_some(from, other);
    use(head);
}

struct connection {
    peer from;
    coil::buffer in;
    coil::task<> fill() { co_await coil::read_some(from, in); }
    coil::task<> read() {
        const auto head = in.text();
        co_await coil::read_some(from, in);
        use(head);  // expected-error {{and refers into}}
    }
    coil::task<> read_by_another() {
        const auto head = in.text();
        co_await look();
        use(head);
        co_await fill();
        use(head);  // expected-error {{refers into 'in', which 'fill' may have}}
    }
    coil::task<> look() {
        co_await work();
        use(in.size());
    }
};

// Given to a function that can be seen.

coil::task<> fill(peer& from, coil::buffer& into) {
    while (into.size() < 10) co_await coil::read_some(from, into);
}
coil::task<std::size_t> look_at(const coil::buffer& at);
coil::task<std::size_t> measure(coil::buffer& of) {
    co_return of.size();
}
coil::task<> hidden(coil::buffer& into);
coil::task<> given_to_a_function(peer& from, coil::buffer& in) {
    const auto head = in.text();
    co_await look_at(in);
    co_await measure(in);
    co_await hidden(in);  // nobody knows
    use(head);
    co_await fill(from, in);
    use(head);  // expected-error {{refers into 'in', which 'fill' may have changed}}
}
coil::task<> made_and_not_yet_awaited(peer& from, coil::buffer& in) {
    auto head = in.text();
    auto next = fill(from, in);
    use(head);
    co_await std::move(next);
}

coil::task<> add_to(std::string& text) {
    co_await work();
    text += "text";
}
void add_at_once(std::vector<int>& all) {
    all.push_back(1);
}
coil::task<> grown_by_a_function() {
    std::string text = make_text();
    const std::string_view view = text;
    co_await add_to(text);
    use(view);  // expected-error {{refers into 'text', which 'add_to' may}}
    std::vector<int> all(3);
    const std::span<int> some = all;
    auto at = all.begin();
    add_at_once(all);
    co_await work();
    use(some);  // expected-error {{refers into 'all', which 'add_at_once' may have}}
    use(at);
}
coil::task<> grown_with_room() {
    std::vector<int> all(3);
    all.reserve(10);
    auto& first = all.front();
    add_at_once(all);
    co_await work();
    use(first);
}
coil::task<> grown_for_a_caller(std::string& text) {  // who may have reserved room
    const std::string_view view = text;
    co_await add_to(text);
    use(view);
}
coil::task<> cleared_for_a_caller(std::vector<std::string>& all) {
    auto& first = all.front();
    all.clear();
    co_await work();
    use(first);  // expected-error {{refers into 'all', which 'clear' may have changed}}
}
coil::task<> replaced(coil::buffer& in, std::vector<std::string>& all) {
    const auto head = in.text();
    auto& first = all.front();
    in = coil::buffer(10);
    co_await work();
    all = {};
    use(head);   // expected-error {{refers into 'in', which was assigned to}}
    use(first);  // expected-error {{refers into 'all', which was assigned to}}
}
coil::task<> grown_by_a_closure(peer& from, coil::buffer& in) {
    const auto read = [&from](coil::buffer& into) -> coil::task<> {
        co_await coil::read_some(from, into);
    };
    const auto head = in.text();
    co_await read(in);
    use(head);  // expected-error {{refers into 'in', which this call may have changed}}
}
