// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Items that a stream lends until it is asked for the next one.
#include <coil/core/core.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Gives its lines out of one buffer.
class lines {
public:
    COIL_LENDS coil::task<const std::string*> next();
    COIL_LENDS coil::task<std::optional<std::string_view>> next_view();
    coil::task<std::optional<std::string>> next_copy();
    [[nodiscard]] int count() const;
};
lines open();
coil::task<> work();
void use(const auto&...) {}

coil::task<> keeps_an_item() {
    lines in = open();
    const auto* first = co_await in.next();
    const auto* second = co_await in.next();  // expected-note {{changed here}}
    use(second);
    use(*first);  // expected-error {{'first' is used here, and refers into 'in'}}
    // expected-note@*:* {{copy what is to stay, or use it before}}
}
coil::task<> uses_it_before() {
    lines in = open();
    const auto* first = co_await in.next();
    use(*first);
    co_await work();
    use(*first, in.count());
    const auto* second = co_await in.next();
    use(*second);
}
coil::task<> keeps_a_copy() {
    lines in = open();
    const std::string first = *co_await in.next();
    const auto* second = co_await in.next();
    use(first, *second);
}
coil::task<> keeps_a_reference() {
    lines in = open();
    const std::string& first = *co_await in.next();
    auto second = co_await in.next();  // expected-note {{changed here}}
    use(first, second);                // expected-error {{'first' is used here}}
    // expected-note@*:* {{copy what is to stay}}
}
coil::task<> keeps_a_view() {
    lines in = open();
    auto first = co_await in.next_view();
    (void)co_await in.next();  // expected-note {{changed here}}
    use(*first);               // expected-error {{'first' is used here}}
    // expected-note@*:* {{copy what is to stay}}
}
coil::task<> keeps_what_is_its_own() {
    lines in = open();
    auto first = co_await in.next_copy();
    auto second = co_await in.next_copy();
    use(*first, *second);
}
coil::task<> reads_them_all() {
    lines in = open();
    while (const auto* line = co_await in.next()) {
        co_await work();
        use(*line);
    }
}
coil::task<> remembers_the_one_before(lines in) {
    const std::string* before = nullptr;
    while (const auto* line = co_await in.next()) {  // expected-note {{changed here}}
        if (before != nullptr)
            use(*before, *line);  // expected-error {{'before' is used here}}
        before = line;
    }
    // expected-note@*:* {{copy what is to stay}}
}
coil::task<> reads_two_streams() {
    lines one = open();
    lines other = open();
    const auto* first = co_await one.next();
    const auto* second = co_await other.next();
    use(*first, *second);
}
coil::task<> reads_again_into_the_same() {
    lines in = open();
    const auto* line = co_await in.next();
    use(*line);
    line = co_await in.next();
    use(*line);
}
