// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the mends say, beside code that does so, which is accepted.
// plugin: lifetime=off
#include <coil/core/core.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

struct connection {
    explicit connection(int id);
    coil::task<> ping();
    coil::task<> async_drop();
};

// An object that is made with arguments: `coil::own(connection(1))`.

coil::task<> made_in_place() {
    // expected-note@*:* {{co_await coil::own(connection(1))}}
    connection open(1);  // expected-error {{'open' is destroyed at the end}}
    co_await open.ping();
}
coil::task<> made_in_place_mended() {
    auto& open = co_await coil::own(connection(1));
    co_await open.ping();
}

// Several: a class around them.

coil::task<> several() {
    // expected-note@*:* 2 {{into a class that drops it, and give that to}}
    std::vector<connection> pool;  // expected-error {{'pool' is destroyed at the end}}
    pool.emplace_back(1);
    co_await pool.front().ping();
}
coil::task<> several_dropped_at_the_end() {
    std::vector<connection> pool;  // expected-error {{if 'several_dropped_at_the_end'}}
    pool.emplace_back(1);
    co_await pool.front().ping();
    co_await coil::drop(pool);
}
struct connections {
    std::vector<connection> pool;
    coil::task<> async_drop() { co_await coil::drop(pool); }
};
coil::task<> several_mended() {
    auto& all = co_await coil::own(connections());
    all.pool.emplace_back(1);
    co_await all.pool.front().ping();
}

// One that something holds: `coil::with(*held, ...)`.

coil::task<> held_by_a_pointer() {
    // expected-note@*:* {{coil::with(*p, [](connection& each)}}
    auto p = std::make_unique<connection>(1);  // expected-error {{'p' is destroyed at}}
    co_await p->ping();
}
coil::task<> held_by_a_pointer_mended() {
    auto p = std::make_unique<connection>(1);
    co_await coil::with(*p,
                        [](connection& each) -> coil::task<> { co_await each.ping(); });
}
coil::task<> held_by_an_optional() {
    std::optional<connection> o(1);  // expected-error {{'o' is destroyed at the end}}
    co_await o->ping();
}
coil::task<> held_by_an_optional_mended() {
    std::optional<connection> o(1);
    co_await coil::with(*o,
                        [](connection& each) -> coil::task<> { co_await each.ping(); });
}

// One of several that is erased.

class server {
public:
    coil::task<> close(int id) {
        auto it = open_.find(id);
        // expected-note@*:* 2 {{then await its drop: auto gone = open_.extract(it)}}
        open_.erase(it);  // expected-error {{this destroys what 'open_' holds}}
        co_return;
    }
    coil::task<> close_mended(int id) {
        auto it = open_.find(id);
        auto gone = open_.extract(it);
        co_await coil::drop(gone.mapped());
    }
    coil::task<> close_dropped_first(int id) {
        auto it = open_.find(id);
        co_await coil::drop(it->second);
        open_.erase(it);
    }
    coil::task<> close_by_key(int id) {
        // expected-note@*:* {{auto gone = open_.extract(key)}}
        open_.erase(id);  // expected-error {{this destroys what 'open_' holds}}
        co_return;
    }
    coil::task<> close_given(std::map<int, connection>::iterator it) {
        co_await coil::drop(it->second);
        open_.erase(it);
    }
    coil::task<> close_given_wrong(std::map<int, connection>::iterator it,
                                   std::map<int, connection>::iterator other) {
        co_await coil::drop(other->second);
        open_.erase(it);  // expected-error {{this destroys what 'open_' holds}}
    }
    coil::task<> close_found() {
        auto it = std::find_if(all_.begin(), all_.end(),
                               [](const connection&) { return true; });
        co_await it->async_drop();
        all_.erase(it);
    }
    coil::task<> close_last() {
        // expected-note@*:* {{co_await coil::drop(all_.back())}}
        all_.pop_back();  // expected-error {{this destroys what 'all_' holds}}
        co_return;
    }
    coil::task<> close_last_mended() {
        co_await coil::drop(all_.back());
        all_.pop_back();
    }
    coil::task<> async_drop() {
        co_await coil::drop(open_);
        co_await coil::drop(all_);
    }

private:
    std::map<int, connection> open_;
    std::vector<connection> all_;
};

// A shared one.

struct shares {
    std::shared_ptr<connection>
        c;  // expected-error {{'c' may be the last to own what}}
};
struct shares_for_nothing {
    std::shared_ptr<connection> c;
    coil::task<> async_drop() {
        co_await coil::drop(c);  // expected-error {{coil::drop does nothing with a}}
    }
};
struct shares_and_knows_the_end {
    std::shared_ptr<connection> c;
    coil::task<> async_drop() {
        if (c.use_count() == 1) co_await coil::drop(*c);
    }
};
