// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two calls at once of a closure that sets what it has captured.
// plugin: unawaited=off
#include <coil/core/core.hpp>
#include <coil/parallel/parallel.hpp>

#include <string>
#include <utility>

coil::task<> work();
coil::task<int> number();
std::string make_text();
void use(const auto&...) {}

coil::task<> joined() {
    auto sets = [last = 0](int at) mutable -> coil::task<> {
        last = at;
        co_await work();
        use(last);
    };
    // expected-error@+1 {{two calls of 'sets' go on at once, and both set its 'last'}}
    co_await coil::join(sets(1), sets(2));
    co_await coil::race(sets(1), sets(2));  // expected-error {{two calls of 'sets'}}
    co_await sets(1);
    co_await sets(2);
    co_await coil::join(sets(1), number());
}
coil::task<> in_parallel() {
    auto fills = [text = std::string()]() mutable -> coil::task<> {
        text.clear();
        co_await work();
        text += "more";
    };
    // expected-error@+1 {{two calls of 'fills' go on at once}}
    co_await coil::parallel(fills(), fills());
}
coil::task<> spawned() {
    auto sets = [text = std::string()]() mutable -> coil::task<> {
        text = make_text();
        co_await work();
        use(text);
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(sets());
        g.spawn(sets());  // expected-error {{two calls of 'sets' go on at once}}
    });
    co_await coil::with_group([&](coil::group& g) { g.spawn(sets()); });
}

// What is right: it is set again, only counted, asked before, or each has its own.

coil::task<> joined_without_harm() {
    auto sets_again = [last = 0](int at) mutable -> coil::task<> {
        last = at;
        use(last);
        co_await work();
        last = at;
        use(last);
    };
    co_await coil::join(sets_again(1), sets_again(2));
    auto counts = [running = 0]() mutable -> coil::task<> {
        ++running;
        co_await work();
        use(--running);
    };
    co_await coil::join(counts(), counts());
    auto asks = [is_busy = false]() mutable -> coil::task<> {
        if (is_busy) co_return;
        is_busy = true;
        co_await work();
        use(is_busy);
        is_busy = false;
    };
    co_await coil::join(asks(), asks());
    auto owns = [](int at) -> coil::task<> {
        int last = at;
        co_await work();
        use(last);
    };
    co_await coil::join(owns(1), owns(2));
    auto remembers = [last = 0]() mutable -> coil::task<> {
        use(last);
        last = co_await number();
    };
    co_await coil::join(remembers(), remembers());
}
coil::task<> spawned_without_harm(coil::group& g, bool is_late) {
    auto sets = coil::call_once(
        [last = 0](int at) mutable -> coil::task<> {
            last = at;
            co_await work();
            use(last);
        },
        1);
    g.spawn(std::move(sets));
    co_await coil::with_group([&](coil::group& inner) -> coil::task<> {
        auto own = [last = 0](int at) mutable -> coil::task<> {
            last = at;
            co_await work();
            use(last);
        };
        co_await own(1);
        if (is_late) {
            inner.spawn(own(1));  // expected-error {{refers to 'own'}}
        } else {
            inner.spawn(own(2));  // expected-error {{refers to 'own'}}
        }
    });
}
coil::task<> of_two_copies() {
    auto one = [last = 0](int at) mutable -> coil::task<> {
        last = at;
        co_await work();
        use(last);
    };
    auto other = one;
    co_await coil::join(one(1), other(2));
}

coil::task<> silenced() {
    auto sets = [last = 0](int at) mutable -> coil::task<> {
        last = at;
        co_await work();
        use(last);
    };
    [[gsl::suppress("coil-lifetime")]] co_await coil::join(sets(1), sets(2));
}
