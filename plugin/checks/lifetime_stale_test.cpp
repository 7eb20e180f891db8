// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is used after the object it refers to was changed, moved from or replaced.
#include <coil/core/core.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/generator.hpp>

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using words = std::vector<std::string>;

struct server {
    std::string name;
    coil::task<> run();
    coil::generator<int> read();
};
struct point {
    int x = 0;
    coil::task<> run();
};
coil::task<> by_reference(const std::string& text);
coil::task<> by_value(server of);
coil::task<> work();
std::string make_text();
words load();
bool is_late();
void use(const auto&...) {}

// References into a container that grows.

coil::task<> grows_under_a_reference() {
    words all = load();
    auto& first = all[0];
    co_await work();
    use(first);
    all.push_back("text");
    use(first);  // expected-error {{'first' is used here, and refers into}}
}
coil::task<> grows_under_others() {
    words all = load();
    auto at = all.begin();
    auto* pointer = &all.front();
    const std::string_view text = all.back();
    all.emplace_back("text");
    co_await work();
    use(*at);       // expected-error {{'at' is used here, and refers into 'all'}}
    use(*pointer);  // expected-error {{'pointer' is used here, and refers into 'all'}}
    use(text);      // a known gap: whether its characters moved along is not known
}
coil::task<> grows_under_a_future() {
    words all = load();
    auto t = by_reference(all[0]);
    all.push_back("text");
    co_await std::move(
        t);  // expected-error {{'t' is used here, and refers into 'all'}}
}
coil::task<> grows_under_a_loop() {
    words all = load();
    for (const auto& each : all) {  // expected-error {{this loop goes on, and refers}}
        co_await by_reference(each);
        if (is_late()) all.push_back("text");
    }
}
coil::task<> grows_and_leaves_the_loop() {
    words all = load();
    for (const auto& each : all) {
        co_await by_reference(each);
        if (!is_late()) continue;
        all.push_back("text");
        break;
    }
}
coil::task<> grows_under_a_loop_of_coil() {
    words all = load();
    // expected-error@+1 {{this loop goes on, and refers into 'all'}}
    COIL_FOR(const auto& each, all) {
        co_await by_reference(each);
        if (is_late()) all.push_back("text");
    }
}
coil::task<> grows_and_leaves_a_loop_of_coil() {
    words all = load();
    COIL_FOR(const auto& each, all) {
        co_await by_reference(each);
        if (!is_late()) continue;
        all.push_back("text");
        break;
    }
    COIL_FOR(const auto& each, all) co_await by_reference(each);
    all.push_back("text");
}
coil::task<> has_room() {
    words all = load();
    all.reserve(10);
    auto& first = all[0];
    all.push_back("text");
    co_await work();
    use(first);
}
coil::task<> may_have_room(words given) {
    auto& first = given[0];
    given.push_back("text");  // a known gap: the caller may have reserved some
    co_await work();
    use(first);
}
coil::task<> takes_it_again() {
    words all = load();
    auto at = all.begin();
    auto* pointer = &all.front();
    all.push_back("text");
    co_await work();
    at = all.begin();
    pointer = &all.front();
    use(*at, *pointer);
    for (int i = 0; i < 3; ++i) {
        auto& last = all.emplace_back("text");
        co_await by_reference(last);
    }
}
coil::task<> keeps_its_elements() {
    std::deque<std::string> queue(3);
    std::list<std::string> list(3);
    std::map<int, std::string> map;
    auto& a = queue[0];
    auto& b = list.front();
    auto& c = map[1];
    queue.push_back("text");
    list.push_back("text");
    map[2] = "text";
    std::vector<std::unique_ptr<std::string>> owning(3);
    auto& d = *owning[0];
    owning.push_back(nullptr);
    co_await work();
    use(a, b, c, d);
}

coil::task<> grows_under_parts() {
    std::vector<std::pair<int, server>> all(3);
    auto& [number, one] = all[0];
    co_await one.run();
    all.emplace_back();
    use(number);  // expected-error {{'number' is used here, and refers into 'all'}}
}

// Elements that end.

coil::task<> cleared() {
    std::map<int, std::string> map;
    auto& one = map[1];
    map.clear();
    co_await work();
    use(one);  // expected-error {{refers into 'map', which 'clear' has changed}}
}
coil::task<> assigned() {
    words all = load();
    auto at = all.begin();
    all = load();
    co_await work();
    use(*at);  // expected-error {{refers into 'all', which was assigned to}}
}
coil::task<> erased(std::map<int, std::string> map) {
    auto at = map.find(1);
    map.erase(at);
    co_await work();
    use(at->second);  // expected-error {{refers into 'map', which 'erase' has changed}}
}
coil::task<> erased_in_a_loop(std::map<int, std::string> map) {
    for (auto at = map.begin(); at != map.end();) {
        co_await by_reference(at->second);
        if (is_late()) {
            at = map.erase(at);
        } else {
            ++at;
        }
    }
    for (auto at = map.begin(); at != map.end();) {
        co_await work();
        map.erase(at++);
    }
}
coil::task<> text_that_changes() {
    std::string text = make_text();
    std::string_view view = text;
    co_await work();
    use(view);
    text += "text";
    use(view);  // expected-error {{'view' is used here, and refers into 'text', which}}
    view = text;
    use(view);
    text = make_text();
    use(view);  // expected-error {{refers into 'text', which was assigned to}}
}
coil::task<> replaced() {
    auto one = std::make_unique<server>();
    auto t = one->run();
    one = std::make_unique<server>();
    co_await std::move(
        t);  // expected-error {{'t' is used here, and refers into 'one'}}
    auto shared = std::make_shared<server>();
    auto items = shared->read();
    shared.reset();
    // expected-error@+1 {{refers into 'shared', which 'reset' has changed}}
    use(co_await items.next());
}
coil::task<> replaced_without_harm(std::vector<std::unique_ptr<server>>& all) {
    auto one = std::make_unique<server>();
    auto t = one->run();
    all.push_back(std::move(one));
    one = std::make_unique<server>();
    co_await std::move(t);
    auto shared = std::make_shared<server>();
    auto kept = shared;
    auto other = shared->run();
    shared.reset();
    co_await std::move(other);
    auto last = kept->run();
    co_await std::move(last);
    kept.reset();
}
coil::task<> emptied() {
    std::optional<server> one(server{});
    auto t = one->run();
    one.reset();
    co_await std::move(
        t);  // expected-error {{'t' is used here, and refers into 'one'}}
}

// Objects that are moved from while a future of theirs waits.

coil::task<> moved_from() {
    server one;
    auto t = one.run();
    server other = std::move(one);
    co_await std::move(t);  // expected-error {{refers to 'one', which was moved from}}
    use(other);
}
coil::task<> moved_into_others(std::vector<server>& all, server& lent) {
    server one;
    auto t = one.run();
    all.push_back(std::move(one));
    co_await std::move(t);  // expected-error {{refers to 'one', which was moved from}}
    server two;
    auto items = two.read();
    lent = std::move(two);
    use(co_await items.next());  // expected-error {{refers to 'two', which was moved}}
    server three;
    auto last = three.run();
    co_await by_value(std::move(three));
    co_await std::move(last);  // expected-error {{refers to 'three', which was moved}}
}
coil::task<> moved_without_harm(server& lent) {
    server one;
    auto t = one.run();
    co_await std::move(t);
    lent = std::move(one);
    one = server();
    auto again = one.run();
    server other = std::move(one);
    one = server();
    co_await std::move(again);
    point trivial;
    auto of_trivial = trivial.run();
    point copy = std::move(trivial);
    co_await std::move(of_trivial);
    use(other, copy);
}
coil::task<> text_moved_from() {
    std::string text = make_text();
    const std::string_view view = text;
    auto other = std::move(text);
    co_await work();
    use(view);  // expected-error {{refers into 'text', which was moved from}}
    words all = load();
    const auto& first = all.front();
    auto others = std::move(all);
    co_await work();
    use(other, first, others);
}
coil::task<> generator_moved_from(coil::generator<int> numbers) {
    auto next = numbers.next();
    auto other = std::move(numbers);
    use(co_await std::move(
        next));  // expected-error {{'numbers', which was moved from}}
    use(other);
}

// Closures that are replaced.

coil::task<> closure_replaced(int number) {
    std::function<coil::task<>()> f = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    auto t = f();
    f = nullptr;
    co_await std::move(t);  // expected-error {{refers to 'f', which was assigned to}}
}
coil::task<> closure_replaced_without_harm(int number) {
    std::function<coil::task<>()> f = [number]() -> coil::task<> {
        co_await work();
        use(number);
    };
    auto t = f();
    co_await std::move(t);
    f = &work;
    auto of_function = f();
    co_await std::move(of_function);
    std::function<coil::task<>()> plain = [number] { return by_value({}); };
    auto other = plain();
    plain = nullptr;
    co_await std::move(other);
}

// Not in a coroutine: nothing waits between the two, and other tools know.
void no_coroutine() {
    words all = load();
    auto& first = all[0];
    all.push_back("text");
    use(first);
}
