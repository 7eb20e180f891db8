// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a coroutine gives: views of, and references to, what is gone with it.
#include <coil/core/core.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct user {
    std::string name;
    int number = 0;
    coil::task<std::string_view> look() { co_return name; }
    coil::task<std::string&> refer() { co_return name; }
};
std::string make_text();
coil::task<std::string> ask();

// Views.

coil::task<std::string_view> view_of_a_local() {
    std::string text = co_await ask();
    co_return text;  // expected-error {{what is returned refers to 'text'}}
}
coil::task<std::string_view> part_of_a_local() {
    std::string text = co_await ask();
    // expected-error@+1 {{what is returned refers to 'text'}}
    co_return std::string_view(text).substr(1);
}
coil::task<std::string_view> view_of_a_temporary() {
    co_return make_text();  // expected-error {{what is returned refers to a temporary}}
}
coil::task<std::string_view> view_of_a_parameter(user of) {
    co_return of.name;  // expected-error {{what is returned refers to 'of'}}
}
coil::task<std::string_view> view_of_a_literal() {
    co_return "text";
}
coil::task<std::string_view> part_of_a_view(std::string_view text) {
    co_return text.substr(1);
}
coil::task<std::string_view> view_of_what_was_lent(const std::string& text,
                                                   const user& of) {
    if (text.empty()) co_return of.name;
    co_return text;
}
coil::task<std::string> copy_of_a_local() {
    std::string text = co_await ask();
    co_return text;
}
coil::task<std::span<int>> span_of_a_local() {
    std::vector<int> all(3);
    co_return std::span<int>(all);  // expected-error {{is returned refers to 'all'}}
}
coil::task<std::optional<std::string_view>> perhaps_a_view(std::string text) {
    if (text.empty()) co_return std::nullopt;
    // expected-error@+1 {{what is returned refers to 'text'}}
    co_return std::string_view(text);
}

// References.

coil::task<std::string&> refers_to_a_parameter(user of) {
    co_return of.name;  // expected-error {{what is returned refers to 'of'}}
}
coil::task<std::string&> refers_to_what_was_lent(user& of) {
    co_return of.name;
}
coil::task<std::string&> refers_into_a_map(std::map<int, user>& lent) {
    auto found = lent.find(1);
    co_return found->second.name;
}
coil::task<std::string&> refers_into_a_map_of_its_own(std::map<int, user> own) {
    auto found = own.find(1);
    co_return found->second
        .name;  // expected-error {{what is returned refers to 'own'}}
}
coil::task<user&> refers_to_a_shared_one(std::shared_ptr<user> shared) {
    co_return *shared;
}
coil::task<user&> refers_to_an_owned_one(std::unique_ptr<user> owned) {
    co_return *owned;  // expected-error {{what is returned refers to 'owned'}}
}

// Pointers.

coil::task<const char*> points_into_a_parameter(std::string text) {
    co_return text.c_str();  // expected-error {{what is returned refers to 'text'}}
}
coil::task<const char*> points_into_what_was_lent(const std::string& text) {
    co_return text.c_str();
}
coil::task<int*> points_to_a_local() {
    int number = 1;
    co_return &number;  // expected-error {{what is returned refers to 'number'}}
}
coil::task<int*> points_to_what_stays() {
    static int number = 1;
    co_return &number;
}
coil::task<int*> points_where_an_element_does(std::vector<int*> all) {
    co_return all[0];
}
coil::task<int*> points_where_an_optional_does(std::optional<int*> found) {
    co_return found.value_or(nullptr);
}
coil::task<int*> points_into_an_optional(std::optional<int> found) {
    co_return &*found;  // expected-error {{what is returned refers to 'found'}}
}
coil::task<user*> points_to_an_owned_one() {
    auto owned = std::make_unique<user>();
    co_return owned.get();  // expected-error {{what is returned refers to 'owned'}}
}
coil::task<user*> points_to_a_released_one() {
    auto owned = std::make_unique<user>();
    co_return owned.release();
}
coil::task<user*> points_to_one_that_was_handed_on(
    std::vector<std::unique_ptr<user>>& all) {
    auto owned = std::make_unique<user>();
    auto* pointer = owned.get();
    all.push_back(std::move(owned));
    co_return pointer;
}

// --- lambdas whose calls give futures ---

auto refers_to_its_local() {
    int number = 3;  // expected-note {{'number' is declared here}}
    auto later = [&number]() -> coil::task<int> { co_return number; };
    // expected-error@+1 {{the lambda that is returned refers to 'number'}}
    return later;  // expected-note@* {{capture it by value}}
}
auto holds_a_copy() {
    int number = 3;
    auto later = [number]() -> coil::task<int> { co_return number; };
    return later;
}
auto refers_to_its_callers(int& number) {
    return [&number]() -> coil::task<int> { co_return number; };
}

// Known gaps: what a class has taken along.

coil::task<std::pair<std::string_view, int>> in_a_pair(std::string text) {
    co_return std::pair<std::string_view, int>(text, 1);
}
coil::task<std::vector<std::string_view>> in_a_container(std::string text) {
    std::vector<std::string_view> all;
    all.push_back(text);
    co_return all;
}
