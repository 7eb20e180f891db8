// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What programs do, and what is right: of values that refer to what changes.
#include <coil/core/core.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

struct connection {
    std::string name;
    coil::task<> run();
    coil::task<std::string> read();
};
coil::task<> work();
coil::task<> send(std::string_view);
coil::task<std::string> recv();
std::string make_text();
bool is_late();
void use(const auto&...) {}

coil::task<> reads_lines() {
    std::string buffer;
    for (;;) {
        buffer += co_await recv();
        std::string_view rest = buffer;
        while (!rest.empty()) {
            auto line = rest.substr(0, rest.find('\n'));
            co_await send(line);
            rest.remove_prefix(line.size());
        }
        buffer.erase(0, buffer.size() - rest.size());
        if (is_late()) break;
    }
}
coil::task<> counts() {
    std::unordered_map<std::string, int> counts;
    for (int i = 0; i < 3; ++i) {
        auto [it, is_new] = counts.emplace(co_await recv(), 0);
        ++it->second;
    }
    auto found = counts.find("x");
    if (found == counts.end()) {
        counts.emplace("x", 1);
        found = counts.find("x");
    }
    use(found->second);
    std::map<int, std::vector<int>> by;
    auto& list = by[1];
    list.push_back(1);
    for (auto& n : list) use(n);
    list.clear();
    co_await work();
    list.push_back(2);
}
coil::task<> works_off() {
    std::deque<std::string> todo{"a"};
    while (!todo.empty()) {
        auto next = std::move(todo.front());
        todo.pop_front();
        todo.push_back(co_await recv());
        use(next);
    }
    std::vector<std::string> stack{"a"};
    while (!stack.empty()) {
        std::string top = std::move(stack.back());
        stack.pop_back();
        stack.push_back(co_await recv());
        co_await send(top);
    }
    std::vector<int> v{3, 1};
    auto at = std::lower_bound(v.begin(), v.end(), 2);
    v.insert(at, 2);
    std::sort(v.begin(), v.end());
    v.erase(std::unique(v.begin(), v.end()), v.end());
    auto old = std::move(v);
    v.clear();
    for (auto n : old) use(n);
    co_await work();
}
coil::task<> swap_batches() {
    std::vector<std::string> batch, filling;
    for (;;) {
        std::swap(batch, filling);
        for (auto& each : batch) {
            filling.push_back("x");
            co_await send(each);
        }
        batch.clear();
        if (is_late()) co_return;
    }
}
coil::task<> keeps_futures() {
    std::vector<coil::task<>> all;
    std::vector<std::string> texts{"a", "b"};
    for (auto& t : texts) all.push_back(send(t));
    for (auto& t : all) co_await std::move(t);
    texts.clear();
    all.clear();
    for (auto& t : texts) all.push_back(send(t));
}
coil::task<> makes_anew() {
    std::optional<connection> c;
    for (int i = 0; i < 3; ++i) {
        if (!c) c.emplace();
        auto t = c->run();
        co_await std::move(t);
        c.reset();
    }
}
coil::task<> replaces_what_it_owns() {
    auto c = std::make_unique<connection>();
    for (;;) {
        auto& name = c->name;
        co_await send(name);
        if (is_late()) {
            c = std::make_unique<connection>();
            continue;
        }
        c->name = co_await c->read();
    }
}
coil::task<> asks_another() {
    connection a;
    [[gsl::suppress("coil-unawaited")]] auto reading = a.read();
    connection b = std::move(a);
    reading = b.read();
    co_await std::move(reading);
}
coil::task<> retry(std::function<coil::task<>()> f) {
    auto t = f();
    co_await std::move(t);
    f = nullptr;
    auto g = [f = std::move(f)] { return f; };
    use(g);
}
coil::task<> keeps_an_address(std::set<connection*>& all) {
    auto one = std::make_unique<connection>();
    auto* key = one.get();
    all.insert(key);
    co_await one->run();
    one.reset();
    all.erase(key);
}
coil::task<> fills_a_buffer() {
    std::vector<char> buf(100);
    std::span<char> free(buf);
    while (!free.empty()) {
        auto got = co_await recv();
        free = free.subspan(got.size());
    }
    buf.resize(200);
    free = buf;
    buf.assign(3, 'x');
    std::span<const char> other{buf.data(), buf.size()};
    use(other);
}
coil::task<> of_what_others_own(coil::group& g,
                                std::map<int, std::shared_ptr<connection>>& all) {
    auto [it, ok] = all.emplace(1, std::make_shared<connection>());
    g.spawn(it->second->run());
    auto c = all.at(1);
    g.spawn(c->run());
    auto* raw = c.get();
    all.clear();
    co_await raw->run();
    std::shared_ptr<connection> local = std::make_shared<connection>();
    std::weak_ptr<connection> weak = local;
    g.spawn(local->run());
}
coil::task<> looks_up() {
    std::map<std::string, std::string> headers;
    std::string_view host = headers["host"];
    headers["b"] = "c";
    co_await send(host);
    const std::string* last = nullptr;
    std::vector<std::string> names;
    names.push_back("a");
    last = &names.back();
    use(*last);
    names.push_back("b");
    last = &names.back();
    co_await send(*last);
    names.push_back("c");
    co_await send(*last);  // expected-error {{'last' is used here, and refers into}}
}
