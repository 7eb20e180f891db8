// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: cost=warning
// plugin: frame-budget=2000
#include <coil/core/core.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

struct large {
    std::byte bytes[4096];
};
struct half {
    std::byte bytes[1000];
};
coil::task<> other();
coil::task<int> other_value();
void fill(large& what);
int sum(const large& what);
coil::task<> by_reference(const large& what);
large make_large();

// The frame.

coil::task<> local_across() {  // expected-warning {{'local_across' takes a frame of}}
    large buffer{};
    fill(buffer);
    co_await other();
    fill(buffer);
}
coil::task<> local_before() {
    {
        large buffer{};
        fill(buffer);
    }
    co_await other();
}
coil::task<> local_after() {
    co_await other();
    large buffer{};
    fill(buffer);
}
coil::task<> local_by_pointer() {
    const auto buffer = std::make_unique<large>();
    co_await other();
    fill(*buffer);
}
coil::task<> local_in_a_vector() {
    std::vector<std::byte> buffer(4096);
    co_await other();
    buffer.clear();
}
// expected-warning@+1 {{'local_in_a_loop' takes a frame of about}}
coil::task<> local_in_a_loop() {
    std::array<int, 1024> counts{};
    while (co_await other_value() > 0) counts[0] += 1;
}
coil::task<> static_local() {
    static large buffer;
    co_await other();
    fill(buffer);
}
coil::task<> small_local() {
    std::string text;
    co_await other();
    text += "x";
}
coil::task<> two_that_fit() {
    {
        half a{};
        co_await other();
        a.bytes[0] = std::byte(1);
    }
    {
        half b{};
        co_await other();
        b.bytes[0] = std::byte(1);
    }
}
// expected-warning@+1 {{'two_at_once' takes a frame of about 2048}}
coil::task<> two_at_once() {
    half a{};  // expected-note {{'a' takes 1000 bytes of it}}
    half b{};  // expected-note {{'b' takes 1000 bytes of it}}
    co_await other();
    a.bytes[0] = b.bytes[0] = std::byte(1);
}
// expected-warning@+1 {{'temporary_across' takes a frame of about}}
coil::task<> temporary_across() {
    co_await by_reference(make_large());
}
coil::task<> named_elsewhere(const large& known) {
    co_await by_reference(known);
}
int no_coroutine() {
    large buffer{};
    fill(buffer);
    return sum(buffer);
}
coil::task<> lambda_across() {
    // expected-warning@+1 {{a call of this lambda takes a frame of about}}
    const auto f = []() -> coil::task<> {
        large buffer{};
        fill(buffer);
        co_await other();
        fill(buffer);
    };
    co_await f();
}
template <std::size_t size>
coil::task<> instance() {  // expected-warning {{'instance' takes a frame of about}}
    std::array<std::byte, size> buffer{};
    co_await other();
    buffer[0] = std::byte(1);
}
coil::task<> instances() {
    co_await instance<16>();
    co_await instance<8192>();
}

// What is copied into it.

coil::task<> takes_a_copy(
    half copied) {  // expected-warning {{'copied' has 1000 bytes}}
    co_await other();
}
coil::task<> takes_a_reference(const half& lent) {
    co_await other();
}
coil::task<> takes_a_pointer(std::unique_ptr<half> owned) {
    co_await other();
}
coil::task<> takes_a_container(std::vector<std::byte> owned, std::string text) {
    co_await other();
}
// expected-warning@+1 {{'takes_too_much' takes a frame of about}}
coil::task<> takes_too_much(large copied) {
    co_await other();
}
coil::task<> only_returns(half copied) {
    (void)copied;
    return other();
}

// What it cannot align.

struct alignas(64) line {
    int value;
};
coil::task<> aligned_across() {
    line kept{};  // expected-warning {{'kept' wants to be aligned to 64 bytes}}
    co_await other();
    kept.value = 1;
}
coil::task<> aligned_by_itself() {
    alignas(32) int kept = 1;  // expected-warning {{to be aligned to 32 bytes}}
    co_await other();
    kept = 2;
}
coil::task<> aligned_before() {
    {
        line kept{};
        kept.value = 1;
    }
    co_await other();
}
coil::task<> aligned_by_pointer() {
    const auto kept = std::make_unique<line>();
    co_await other();
    kept->value = 1;
}
coil::task<> aligned_parameter(
    line given) {  // expected-warning {{'given' wants to be}}
    co_await other();
}
coil::task<> aligned_reference(const line& given) {
    co_await other();
}
coil::task<> aligned_as_usual() {
    alignas(16) int kept = 1;
    co_await other();
    kept = 2;
}

// Silence.

[[gsl::suppress("coil-cost")]] coil::task<> silenced() {
    large buffer{};
    co_await other();
    fill(buffer);
}
coil::task<> silenced_variable() {
    [[gsl::suppress("coil-cost")]] line kept{};
    co_await other();
    kept.value = 1;
}
