// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What refers into a member container while another function changes that.
#include <coil/core/core.hpp>
#include <coil/stream/for.hpp>
#include <coil/sync/mutex.hpp>

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

coil::task<> work();
coil::task<std::string> fetch(std::string key);
bool is_late();
void use(const auto&...) {}

struct entry {
    std::string text;
    bool is_busy = false;
};

// Found before an await, and used after it.

class cache {
public:
    coil::task<std::string> get(std::string key) {
        auto found = entries_.find(key);
        if (found == entries_.end()) found = entries_.emplace(key, entry{}).first;
        std::string fresh = co_await fetch(key);
        found->second.text = fresh;  // expected-error {{refers into 'entries_', which}}
        co_return found->second.text;
    }
    coil::task<> by_reference(std::string key) {
        auto& one = entries_[key];
        co_await work();
        one.text = "text";  // expected-error {{'one' is used here, and refers into}}
    }
    coil::task<> by_pointer(std::string key) {
        auto* one = &entries_.at(key);
        co_await work();
        one->text = "text";  // expected-error {{'one' is used here, and refers into}}
    }
    coil::task<> by_bindings(std::string key) {
        auto [at, is_new] = entries_.try_emplace(key, entry{});
        co_await work();
        at->second.text = "text";  // expected-error {{'at' is used here, and refers}}
    }
    coil::task<> by_part(std::string key) {
        auto found = entries_.find(key);
        auto& text = found->second.text;
        co_await work();
        use(text);  // expected-error {{'text' is used here, and refers into}}
    }
    coil::task<> in_a_lambda(std::string key) {
        co_await coil::with_group([this, key](coil::group&) -> coil::task<> {
            auto& one = entries_[key];
            co_await work();
            use(one);  // expected-error {{'one' is used here, and refers into}}
        });
    }
    coil::task<> in_the_loop(std::string key) {
        for (auto at = entries_.begin();
             at != entries_.end();  // expected-error {{'at' is used here, and refers}}
             ++at)
            co_await work();
    }
    coil::task<> finds_it_again(std::string key) {
        auto found = entries_.find(key);
        use(found->second);
        co_await work();
        found = entries_.find(key);
        use(found->second);
    }
    coil::task<> copies_it(std::string key) {
        const entry copy = entries_.at(key);
        co_await work();
        use(copy);
    }
    coil::task<> uses_it_before(std::string key) {
        auto& one = entries_[key];
        use(one);
        co_await work();
    }
    coil::task<> leaves(std::string key) {
        auto& one = entries_[key];
        if (is_late()) {
            co_await work();
            co_return;
        }
        use(one);
    }
    void evict(const std::string& key) { entries_.erase(key); }

private:
    std::map<std::string, entry> entries_;
};

// Loops over all.

struct member {
    std::string name;
    coil::task<> send(std::string text);
};
class room {
public:
    coil::task<> say(std::string text) {
        for (auto& [name, one] : members_)  // expected-error {{this loop goes on, and}}
            co_await one.send(text);
    }
    coil::task<> say_with_coil(std::string text) {
        // expected-error@+1 {{this loop goes on, and refers into 'members_', which}}
        COIL_FOR(auto& each, members_) co_await each.second.send(text);
    }
    coil::task<> say_to_one(std::string text) {
        for (auto& [name, one] : members_) {
            if (name != text) continue;
            co_await one.send(text);
            break;
        }
    }
    coil::task<> say_to_a_copy(std::string text) {
        auto all = members_;
        for (auto& [name, one] : all) co_await one.send(text);
    }
    void note(std::string text) {
        for (auto& [name, one] : members_) one.name = text;
    }
    coil::task<> count() {
        int number = 0;
        COIL_FOR(auto& each, members_) number += each.second.name.empty() ? 0 : 1;
        co_await work();
    }
    void leave(const std::string& name) { remove(name); }

private:
    void remove(const std::string& name) { members_.erase(name); }
    std::map<std::string, member> members_;
};

// What holds off the others.

class locked {
public:
    coil::task<> with_coil(int key) {
        auto guard = co_await mutex_.lock();
        auto& one = all_[key];
        co_await work();
        use(one);
    }
    coil::task<> found_before_the_lock(int key) {
        auto& one = all_[key];
        auto guard = co_await mutex_.lock();
        use(one);  // expected-error {{'one' is used here, and refers into 'all_'}}
    }
    coil::task<> lock_given_back(int key) {
        entry* one = nullptr;
        {
            auto guard = co_await mutex_.lock();
            one = &all_[key];
        }
        co_await work();
        use(one->text);  // expected-error {{'one' is used here, and refers into}}
    }
    coil::task<> remove(int key) {
        auto guard = co_await mutex_.lock();
        all_.erase(key);
    }

private:
    coil::task<> while_locked(int key) {
        auto& one = all_[key];
        co_await work();
        use(one);
    }
    coil::mutex mutex_;
    std::map<int, entry> all_;
};
class flagged {
public:
    coil::task<> go_over() {
        is_running_ = true;
        for (auto& each : all_) co_await fetch(each.text);
        is_running_ = false;
    }
    coil::task<> mark(int index) {
        auto& one = all_.front();
        one.is_busy = true;
        co_await work();
        one.is_busy = false;
    }
    void remove() {
        if (!is_running_)
            std::erase_if(all_, [](const auto& each) { return !each.is_busy; });
    }

private:
    bool is_running_ = false;
    std::list<entry> all_;
};

// Who changes it, and when.

class built_first {
public:
    built_first() { all_.clear(); }
    ~built_first() { all_.clear(); }
    void add(std::string text) { all_.push_back(std::move(text)); }
    coil::task<> run() {
        drop_old();
        for (auto& each : all_) co_await fetch(each);
    }
    coil::task<> async_drop() {
        for (auto& each : all_) co_await fetch(each);
        all_.clear();
    }

private:
    void drop_old() { all_.erase(all_.begin()); }
    std::vector<std::string> all_;
};
coil::task<> runs_it(built_first& one) {
    one.add("text");
    co_await one.run();
}
class one_after_the_other {
public:
    coil::task<> run() {
        for (auto& each : all_) co_await fetch(each);
    }
    void clear() { all_.clear(); }

private:
    std::vector<std::string> all_;
};
coil::task<> runs_that(one_after_the_other& one) {
    co_await one.run();
    one.clear();
    co_await one.run();
}
class server {
public:
    coil::task<> run() {
        co_await coil::with_group([this](coil::group& g) {
            g.spawn(accept());
            g.spawn(ping());
        });
    }

private:
    coil::task<> accept() {
        for (;;) {
            all_.push_back(co_await fetch("next"));
            steady_.push_back("next");
            named_[1] = "next";
        }
    }
    coil::task<> ping() {
        // expected-error@+1 {{this loop goes on, and refers into 'all_', which}}
        for (auto& each : all_) co_await fetch(each);
        for (auto& each : steady_)  // expected-error {{refers into 'steady_', which}}
            co_await fetch(each);
        auto& first = steady_.front();
        for (auto& [number, each] : named_)  // expected-error {{into 'named_', which}}
            co_await fetch(each);
        use(first);
    }
    std::vector<std::string> all_;
    std::deque<std::string> steady_;
    std::unordered_map<int, std::string> named_;
};
class has_room {
public:
    has_room() { all_.reserve(100); }
    coil::task<> run() {
        co_await coil::with_group([this](coil::group& g) {
            g.spawn(accept());
            g.spawn(ping());
        });
    }

private:
    coil::task<> accept() {
        for (;;) all_.push_back(co_await fetch("next"));
    }
    coil::task<> ping() {
        auto& first = all_.front();
        co_await work();
        use(first);
    }
    std::vector<std::string> all_;
};
class keeps_others {
public:
    coil::task<> run(int key) {
        auto one = shared_.at(key);
        auto& other = nodes_[key];
        co_await work();
        use(*one, other);
    }
    void remove(int key) { shared_.erase(key); }
    coil::task<> put(int key) {
        co_await work();
        nodes_[key] = "text";
    }

private:
    std::map<int, std::shared_ptr<std::string>> shared_;
    std::map<int, std::string> nodes_;
};
class queue {
public:
    coil::task<> run() {
        for (;;) {
            auto& next = all_.front();
            co_await fetch(next);
            use(next);
            all_.pop_front();
        }
    }
    void put(std::string text) { all_.push_back(std::move(text)); }

private:
    std::deque<std::string> all_;
};

class of_its_own {
public:
    coil::task<> run(std::string text) {
        auto at = all_.emplace(all_.end(), text);
        co_await work();
        use(*at);
        remove(at);
    }
    coil::task<> run_otherwise() {
        auto at = all_.emplace(all_.end(), "text");
        co_await work();
        remove(at);
    }
    coil::task<> go_over() {
        for (auto& each : all_)  // expected-error {{which 'remove' may have changed}}
            co_await fetch(each);
    }

private:
    void remove(std::list<std::string>::iterator at) { all_.erase(at); }
    std::list<std::string> all_;
};
class handles_one_by_one {
public:
    coil::task<> run() {
        for (;;) co_await handle(co_await fetch("next"));
    }

private:
    coil::task<> handle(std::string text) {
        if (text.empty()) {
            remove(text);
        } else {
            co_await send();
        }
    }
    coil::task<> send() {
        for (auto& each : all_) co_await fetch(each);
    }
    void remove(const std::string& text) { std::erase(all_, text); }
    std::vector<std::string> all_;
};

// Silence.

class silent {
public:
    coil::task<> run() {
        auto& one = all_[0];
        co_await work();
        [[gsl::suppress("coil-lifetime")]] use(one);
    }
    void clear() { all_.clear(); }

private:
    std::vector<std::string> all_;
};

// Known gaps.

class twice {
public:
    coil::task<> finish(int key) {  // erases what another call of it has found
        auto found = all_.find(key);
        co_await work();
        use(found->second);
        all_.erase(found);
    }

private:
    std::map<int, member> all_;
};
class of_an_operand {
public:
    coil::task<> run(int key) {  // what is awaited refers to an element
        co_await all_[key].send("text");
    }
    void remove(int key) { all_.erase(key); }

private:
    std::map<int, member> all_;
};
class of_owned {
public:
    coil::task<> run(int key) {
        auto& one = *all_[key];
        co_await work();
        use(one);
    }
    void remove(int key) { all_.erase(key); }

private:
    std::map<int, std::unique_ptr<std::string>> all_;
};
