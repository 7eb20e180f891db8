// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What takes one thing after the other, and has them in its own variables; reads of a
// rest that has a name.
#include <coil/core/core.hpp>
#include <coil/sync/channel.hpp>
#include <coil/time/timeout.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>

using namespace std::chrono_literals;

struct connection {
    coil::task<std::size_t> read(std::span<std::byte> into);
};
using texts = coil::channel<std::string>;
void use(const auto&...) {}

coil::task<std::string> read_frame(connection& from) {
    std::array<std::byte, 1> head = {};
    co_await from.read(head);
    std::string payload(std::to_integer<std::size_t>(head[0]), ' ');
    co_await from.read(std::as_writable_bytes(std::span(payload)));
    co_return payload;
}
coil::task<> fill(connection& from, std::span<std::byte> into) {
    std::size_t have = 0;
    while (have < into.size()) {
        const auto rest = into.subspan(have);
        const std::size_t got = co_await from.read(rest);
        if (got == 0) co_return;
        have += got;
    }
}
coil::task<std::string> pair_of(texts& from) {
    auto key = co_await from.next();
    if (!key) co_return "";
    auto value = co_await from.next();
    co_return *key + "=" + value.value_or("");
}

coil::task<> frames(connection& from) {
    for (;;)  // expected-warning@+1 {{'read_frame' loses what it has had of 'from'}}
        use(co_await coil::with_timeout(1s, read_frame(from)));
}
coil::task<> parts(connection& from, std::span<std::byte> into) {
    // expected-warning@+1 {{'fill' loses what it has had of 'from'}}
    while (!co_await coil::with_timeout(1s, fill(from, into))) {}
}
coil::task<> pairs(texts& from) {
    for (;;)  // expected-warning@+1 {{'pair_of' loses what it has had of 'from'}}
        use(co_await coil::with_timeout(1s, pair_of(from)));
}

// Used no further, and what loses nothing.

coil::task<> one_frame(connection& from) {
    use(co_await coil::with_timeout(1s, read_frame(from)));
}
coil::task<> until_late(texts& from) {
    while (auto got = co_await coil::with_timeout(1s, pair_of(from))) use(*got);
}
coil::task<> each_by_itself(texts& from) {
    auto first = co_await from.next();
    use(*first);
    auto second = co_await from.next();
    use(*second);
}
coil::task<> handed_on(texts& from, std::string& so_far) {
    auto first = co_await from.next();
    so_far += *first;
    auto second = co_await from.next();
    use(*first, *second);
}
coil::task<> into_one(connection& from) {
    std::array<std::byte, 8> part = {};
    co_await from.read(part);
    co_await from.read(part);
    use(part);
}
coil::task<> of_two(texts& from, texts& other) {
    auto first = co_await from.next();
    use(*first);
    auto second = co_await other.next();
    use(*second);
}
coil::task<> one_or_the_other(texts& from, bool is_first) {
    std::optional<std::string> got;
    if (is_first) {
        auto one = co_await from.next();
        got = *one;
    } else {
        auto one = co_await from.next();
        got = *one;
    }
    use(got);
}
coil::task<> loses_nothing(texts& from, texts& other, connection& peer) {
    std::string so_far;
    for (;;) {
        co_await coil::with_timeout(1s, each_by_itself(from));
        co_await coil::with_timeout(1s, handed_on(from, so_far));
        co_await coil::with_timeout(1s, into_one(peer));
        co_await coil::with_timeout(1s, of_two(from, other));
        co_await coil::with_timeout(1s, one_or_the_other(from, true));
    }
}
