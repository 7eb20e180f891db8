// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What refers to a temporary that an await gave, and is used after its statement.
#include <coil/core/core.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

// Of some the compiler says so, too.
#pragma clang diagnostic ignored "-Wdangling-gsl"

class page {
public:
    const std::vector<std::string>& links() const { return links_; }
    const std::string& title() const { return *title_; }
    std::string name() const { return "page"; }
    std::vector<std::string> links_;

private:
    std::shared_ptr<std::string> title_;
};
coil::task<std::string> read();
coil::task<page> load();
coil::task<std::vector<int>> numbers();
coil::task<std::unique_ptr<page>> make();
coil::task<std::shared_ptr<page>> shared();
coil::task<page&> known();
coil::task<std::string_view> view();
coil::task<std::optional<std::string>> maybe();
void use(const auto&...) {}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find(' '));
}
std::string_view last_word(const std::string& text) {
    return std::string_view(text).substr(text.rfind(' '));
}
std::string_view constant(std::string_view) {
    return "text";
}

coil::task<> uses_what_is_gone() {
    // expected-error@+1 {{'by_value' refers to a temporary 'std::string'}}
    std::string_view by_value = first_word(co_await read());
    use(by_value);
    // expected-error@+1 {{'by_reference' refers}}
    const auto by_reference = last_word(co_await read());
    use(by_reference);
    std::string_view at_once = co_await read();  // expected-error {{'at_once' refers}}
    use(at_once);
    const char* text = (co_await read()).c_str();  // expected-error {{'text' refers}}
    use(*text);
    const auto& links = (co_await load()).links();  // expected-error {{'links' refers}}
    use(links);
    std::span<const int> all = co_await numbers();  // expected-error {{'all' refers}}
    use(all);
    auto& first = (co_await numbers())[0];  // expected-error {{'first' refers}}
    use(first);
    auto& owned = *co_await make();  // expected-error {{'owned' refers}}
    use(owned);
    // expected-error@+1 {{'in_optional' refers}}
    const auto& in_optional = *co_await maybe();
    use(in_optional);
}
coil::task<> goes_over_what_is_gone() {
    for (auto& each :
         (co_await load()).links())  // expected-error {{this loop goes over a part of}}
        use(each);
}

// What lives on, was copied, or is used in the statement itself.

coil::task<> uses_what_is_there() {
    const auto& kept = co_await load();
    const auto& part = (co_await load()).links_;
    const std::string line = co_await read();
    const std::string_view word = first_word(line);
    const std::string copy(first_word(co_await read()));
    const auto title = (co_await load()).title();
    const auto& name = (co_await load()).name();
    const auto& of_shared = (co_await load()).title();
    const auto& page_of_others = *co_await shared();
    const auto& links_of_others = (co_await known()).links();
    const std::string_view elsewhere = co_await view();
    const std::string_view fixed = constant(co_await read());
    const auto length = first_word(co_await read()).size();
    use(kept, part, word, copy, title, name, of_shared, page_of_others);
    use(links_of_others, elsewhere, fixed, length);
    use(first_word(co_await read()));
    for (auto each : co_await numbers()) use(each);
    for (auto& each : (co_await load()).links_) use(each);
    [[gsl::suppress("coil-lifetime")]] std::string_view silent = co_await read();
    use(silent);
}
