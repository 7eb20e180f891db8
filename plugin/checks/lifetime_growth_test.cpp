// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Children that refer to elements of a vector, which moves them when it grows.
#include <coil/core/core.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct session {
    explicit session(int of);
    int number;
    coil::task<> run();
};
coil::task<std::optional<int>> accept();
coil::task<> work();

coil::task<> of_the_function_around() {
    std::vector<session> all;
    std::vector<session> reserved;
    reserved.reserve(4);
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        for (int i = 0; i < 4; ++i) {
            all.emplace_back(i);
            g.spawn(all.back().run());  // expected-error {{an element of 'all', which}}
            reserved.emplace_back(i);
            g.spawn(reserved.back().run());
        }
        co_await work();
    });
}
coil::task<> filled_before_it_spawns() {
    std::vector<session> all;
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 4; ++i) all.emplace_back(i);
        for (auto& each : all) g.spawn(each.run());
    });
    std::deque<session> steady;
    std::vector<std::unique_ptr<session>> owning;
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 4; ++i) {
            g.spawn(steady.emplace_back(i).run());
            owning.push_back(std::make_unique<session>(i));
            g.spawn(owning.back()->run());
        }
    });
}

// Of what stands elsewhere room may be reserved: only what grows without end is sure.

struct server {
    std::vector<session> sessions;
    std::deque<session> steady;

    coil::task<> serve(coil::group& g) {
        while (auto next = co_await accept()) {
            auto& one = sessions.emplace_back(*next);
            g.spawn(one.run());  // expected-error {{an element of 'sessions', which}}
        }
    }
    coil::task<> serve_for_ever(coil::group& g) {
        for (;;) {
            sessions.emplace_back((co_await accept()).value());
            g.spawn(sessions.back().run());  // expected-error {{element of 'sessions'}}
        }
    }
    coil::task<> serve_steadily(coil::group& g) {
        while (auto next = co_await accept()) {
            auto& one = steady.emplace_back(*next);
            g.spawn(one.run());
        }
    }
    coil::task<> serve_some(coil::group& g) {
        while (auto next = co_await accept()) {
            if (sessions.size() == sessions.capacity()) break;
            auto& one = sessions.emplace_back(*next);
            g.spawn(one.run());
        }
    }
    coil::task<> serve_four(coil::group& g) {  // a known gap
        for (int i = 0; i < 4; ++i) {
            auto& one = sessions.emplace_back(i);
            g.spawn(one.run());
        }
        co_await work();
    }
};
coil::task<> of_what_was_lent(coil::group& g, std::vector<session>& lent) {
    while (auto next = co_await accept()) {
        auto& one = lent.emplace_back(*next);
        g.spawn(
            one.run());  // expected-error {{an element of 'lent', which moves when}}
    }
}
coil::task<> of_what_was_filled(coil::group& g, std::vector<session>& lent) {
    while (auto next = co_await accept()) lent.emplace_back(*next);
    for (auto& each : lent) g.spawn(each.run());
}
