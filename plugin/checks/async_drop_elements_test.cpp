// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of containers: who drops one of them owes the others.
#include <coil/core/core.hpp>

#include <deque>
#include <map>
#include <utility>
#include <vector>

struct connection {
    connection() = default;
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;
    coil::task<> async_drop();
    bool is_idle() const;
};
connection make();
coil::task<> work();

// Whole, or one by one.

coil::task<> drops_the_first() {
    std::vector<connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.push_back(make());
    all.push_back(make());
    co_await coil::drop(all.front());
}
coil::task<> drops_each() {
    std::vector<connection> all;
    all.push_back(make());
    all.push_back(make());
    for (auto& each : all) co_await coil::drop(each);
}
coil::task<> drops_all() {
    std::vector<connection> all;
    all.push_back(make());
    all.push_back(make());
    co_await coil::drop(all);
}

coil::task<> drops_two_by_name() {
    std::vector<connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.push_back(make());
    all.push_back(make());
    co_await coil::drop(all[0]);
    co_await all[1].async_drop();
}
coil::task<> drops_two_by_number() {
    std::vector<connection> all;
    all.push_back(make());
    all.push_back(make());
    for (std::size_t i = 0; i < all.size(); ++i) co_await all[i].async_drop();
}

coil::task<> drops_what_an_iterator_shows() {
    std::vector<connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.push_back(make());
    auto it = all.begin();
    co_await coil::drop(*it);
}
coil::task<> drops_what_a_reference_shows() {
    std::vector<connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.push_back(make());
    auto& last = all.back();
    co_await coil::drop(last);
}
coil::task<> drops_all_by_reference() {
    std::vector<connection> all;
    all.push_back(make());
    auto& same = all;
    co_await coil::drop(same);
}

coil::task<> drops_by_key(int key) {
    std::map<int, connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.emplace(1, make());
    co_await coil::drop(all.find(key)->second);
}
coil::task<> drops_by_each_key() {
    std::map<int, connection> all;
    all.emplace(1, make());
    for (auto& [key, each] : all) co_await coil::drop(each);
}

// In a loop that begins with another one each time.
coil::task<> drops_the_first_of_each() {
    for (int i = 0; i < 2; ++i) {
        std::vector<connection>
            all;  // expected-error {{'all' is destroyed at the end of}}
        all.push_back(make());
        co_await coil::drop(all.front());
    }
}

// What is taken out.

coil::task<> takes_one_away() {
    std::deque<connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.push_back(make());
    connection first = std::move(all.front());
    all.pop_front();
    co_await coil::drop(first);
}
coil::task<> takes_all_away() {
    std::deque<connection> all;
    all.push_back(make());
    while (!all.empty()) {
        co_await coil::drop(all.front());
        all.pop_front();
    }
}

coil::task<> removes_two_after_one_drop(std::vector<connection>& all) {
    co_await coil::drop(all.back());
    all.pop_back();
    all.pop_back();  // expected-error {{this destroys what 'all' holds}}
}
coil::task<> removes_two_after_two(std::vector<connection>& all) {
    co_await coil::drop(all.back());
    all.pop_back();
    co_await coil::drop(all.back());
    all.pop_back();
}
coil::task<> removes_and_adds(std::deque<connection>& all) {
    co_await coil::drop(all.front());
    all.push_back(make());
    all.pop_front();
}
coil::task<> clears_after_one_drop(std::vector<connection>& all) {
    co_await coil::drop(all.front());
    all.clear();  // expected-error {{this destroys what 'all' holds}}
}
coil::task<> clears_after_all(std::vector<connection>& all) {
    co_await coil::drop(all);
    all.clear();
}
coil::task<> erases_after_the_drop(std::map<int, connection>& all, int key) {
    auto it = all.find(key);
    co_await coil::drop(it->second);
    all.erase(it);
}

class pool {
public:
    coil::task<> shrink() {
        co_await coil::drop(all_.back());
        all_.pop_back();
    }
    coil::task<> shrink_idle() {
        while (!all_.empty() && all_.back().is_idle()) {
            co_await coil::drop(all_.back());
            all_.pop_back();
        }
    }
    coil::task<> async_drop() { co_await coil::drop(all_); }

private:
    std::vector<connection> all_;
};

struct drops_one_member {
    std::vector<connection>
        all;  // expected-error {{async_drop() of 'drops_one_member'}}
    coil::task<> async_drop() { co_await coil::drop(all.front()); }
};
struct drops_each_member {
    std::vector<connection> all;
    coil::task<> async_drop() {
        for (auto& each : all) co_await coil::drop(each);
    }
};
struct drops_by_an_iterator {
    std::vector<connection> all;
    coil::task<> async_drop() {
        for (auto it = all.rbegin(); it != all.rend(); ++it) co_await coil::drop(*it);
    }
};
struct drops_the_first_by_itself {
    std::deque<connection> all;
    coil::task<> async_drop() {
        co_await coil::drop(all.front());
        all.pop_front();
        co_await coil::drop(all);
    }
};

// In a closure.
coil::task<> drops_in_a_closure() {
    std::vector<connection> all;
    all.push_back(make());
    co_await coil::call_once([&]() -> coil::task<> {
        for (auto& each : all) co_await coil::drop(each);
    });
}
coil::task<> drops_one_in_a_closure() {
    std::vector<connection>
        all;  // expected-error {{'all' is destroyed at the end of its}}
    all.push_back(make());
    co_await coil::call_once(
        [&]() -> coil::task<> { co_await coil::drop(all.front()); });
}
