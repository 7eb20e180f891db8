// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A coroutine that waits in a loop over a container and changes it later, and runs more
// than once at a time.
#include <coil/core/core.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/mutex.hpp>

#include <map>
#include <string>

coil::task<> work();
coil::task<std::string> next_name();
coil::task<bool> send(std::string to);
void use(const auto&...) {}

class room {
public:
    void join(const std::string& name) { all_[name] = name; }
    void leave(const std::string& name) { all_.erase(name); }
    coil::task<> say() {
        for (auto& each : all_)  // expected-error {{which 'leave' may have changed}}
            co_await send(each.second);
    }

private:
    std::map<std::string, std::string> all_;
};
coil::task<> visit(room& to, std::string name) {
    to.join(name);
    co_await to.say();
    to.leave(name);
}
coil::task<> open() {
    room lobby;
    co_await coil::with_group([&](coil::group& guests) -> coil::task<> {
        for (;;) guests.spawn(visit(lobby, co_await next_name()));
    });
}

class joined {
public:
    void change() { all_.clear(); }
    coil::task<> say() {
        for (auto& each : all_)  // expected-error {{which 'change' may have changed}}
            co_await send(each.second);
    }

private:
    std::map<std::string, std::string> all_;
};
coil::task<> first_changes(joined& to) {
    to.change();
    co_await to.say();
}
coil::task<> run_joined(joined& all) {
    co_await coil::join(first_changes(all), first_changes(all));
}

// One after the other, each its own, or kept apart.

class once {
public:
    void leave(const std::string& name) { all_.erase(name); }
    coil::task<> say() {
        for (auto& each : all_) co_await send(each.second);
    }

private:
    std::map<std::string, std::string> all_;
};
coil::task<> visit_once(once& to) {
    co_await to.say();
    to.leave("me");
}
coil::task<> in_turn() {
    once lobby;
    for (int i = 0; i < 3; ++i) co_await visit_once(lobby);
}
coil::task<> one_each() {
    co_await coil::with_group([](coil::group& guests) -> coil::task<> {
        for (int i = 0; i < 3; ++i)
            guests.spawn(coil::call_once([]() -> coil::task<> {
                once own;
                co_await visit_once(own);
            }));
        co_return;
    });
}
coil::task<> until_one_came(once& lobby) {
    co_await coil::with_group([&](coil::group& guests) -> coil::task<> {
        for (;;) {
            if ((co_await next_name()).empty()) continue;
            guests.spawn(visit_once(lobby));
            break;
        }
    });
}

class with_lock {
public:
    void leave(const std::string& name) { all_.erase(name); }
    coil::task<> say() {
        for (auto& each : all_) co_await send(each.second);
    }

private:
    std::map<std::string, std::string> all_;
};
coil::task<> visit_locked(with_lock& to, coil::mutex& gate) {
    const auto held = co_await gate.lock();
    co_await to.say();
    to.leave("me");
}
coil::task<> visit_in_step(with_lock& to, coil::event& all_said) {
    co_await to.say();
    co_await all_said.wait();
    to.leave("me");
}
coil::task<> last_clears(with_lock& to, int& left) {
    co_await to.say();
    if (--left == 0) to.leave("all");
}
coil::task<> run_locked() {
    with_lock lobby;
    coil::mutex gate;
    coil::event all_said;
    int left = 3;
    co_await coil::with_group([&](coil::group& guests) -> coil::task<> {
        for (int i = 0; i < 3; ++i) guests.spawn(visit_locked(lobby, gate));
        for (int i = 0; i < 3; ++i) guests.spawn(visit_in_step(lobby, all_said));
        for (int i = 0; i < 3; ++i) guests.spawn(last_clears(lobby, left));
        co_return;
    });
}
class counted {
public:
    void enter() { ++count_; }
    void leave() {
        if (--count_ == 0) all_.clear();
    }
    coil::task<> say() {
        for (auto& each : all_) co_await send(each.second);
    }

private:
    int count_ = 0;
    std::map<std::string, std::string> all_;
};
coil::task<> visit_counted(counted& to) {
    to.enter();
    co_await to.say();
    to.leave();
}
coil::task<> run_counted(counted& lobby) {
    co_await coil::with_group([&](coil::group& guests) -> coil::task<> {
        for (int i = 0; i < 3; ++i) guests.spawn(visit_counted(lobby));
        co_return;
    });
}

// The loop itself ends the element that it is at.

class erases {
public:
    coil::task<> and_goes_on() {
        for (auto& [name, text] : all_)  // expected-error {{which 'erase' may have}}
            if (!co_await send(text)) all_.erase(name);
    }

private:
    std::map<std::string, std::string> all_;
};
class erases_and_ends {
public:
    coil::task<> run() {
        for (auto& [name, text] : all_) {
            if (co_await send(text)) continue;
            all_.erase(name);
            break;
        }
    }

private:
    std::map<std::string, std::string> all_;
};
class erases_another {
public:
    coil::task<> run(std::string gone) {
        for (auto& [name, text] : all_)
            if (!co_await send(text) && name != gone) all_.erase(gone);
    }

private:
    std::map<std::string, std::string> all_;
};
