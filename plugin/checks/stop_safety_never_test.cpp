// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands behind an await that nothing comes back from.
#include <coil/core/core.hpp>

#include <cstdlib>

coil::task<> work();
coil::task<bool> is_late();
void note(int number);

class for_ever {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    [[noreturn]] void await_resume() const noexcept { std::abort(); }
};
coil::task<> serve() {
    for (;;) co_await work();
}
coil::task<> serve_while_true() {
    note(1);
    while (true) {
        if (co_await is_late()) continue;
        for (int i = 0; i < 3; ++i)
            if (i == 1) break;
        co_await work();
    }
}
coil::task<> serve_until_late() {
    while (true) {
        if (co_await is_late()) break;
    }
}
coil::task<> serve_or_return() {
    while (true) {
        if (co_await is_late()) co_return;
    }
}
coil::task<> serve_as_long_as(bool goes_on) {
    while (goes_on) co_await work();
}
coil::task<> known_elsewhere();
struct server {
    virtual ~server() = default;
    coil::task<> run() {
        for (;;) co_await work();
    }
    virtual coil::task<> run_otherwise() {
        for (;;) co_await work();
    }
};

coil::task<> behind_a_stop() {
    co_await coil::stop_here();  // expected-note {{awaited here}}
    note(1);                     // expected-warning {{this is never reached}}
}
coil::task<> behind_one_of_its_own() {
    co_await for_ever();
    const int number = 1;  // expected-warning {{this is never reached}}
    note(number);
}
coil::task<> in_a_branch(bool ends) {
    if (ends) {
        co_await coil::stop_here();
        note(1);  // expected-warning {{this is never reached}}
    }
    note(2);
}
coil::task<> behind_a_server() {
    co_await serve();
    note(1);  // expected-warning {{this is never reached: 'serve' goes on for ever}}
}
coil::task<> behind_another_server(server& of) {
    co_await serve_while_true();
    co_await of.run();  // expected-warning {{'serve_while_true' goes on for ever}}
    co_await work();    // expected-warning {{'run' goes on for ever}}
}

// --- right ---

coil::task<> behind_what_may_end(server& of) {
    co_await serve_until_late();
    co_await serve_or_return();
    co_await serve_as_long_as(true);
    co_await known_elsewhere();
    co_await of.run_otherwise();
    co_await coil::race(serve(), work());
    note(1);
}
coil::task<int> for_the_compiler(bool ends, int number) {
    if (ends) {
        co_await coil::stop_here();
        co_return 0;
    }
    switch (number) {
        case 1: co_await serve(); break;
        case 2: co_await coil::stop_here(); [[fallthrough]];
        case 3: note(3);
    }
    co_await coil::stop_here();
    std::abort();
}
coil::task<> ends_with_it() {
    note(1);
    co_await serve();
}
template <class Part>
coil::task<> of_any(Part part) {
    co_await part;
    note(1);
}
coil::task<> uses_any() {
    co_await of_any(for_ever());
}
coil::task<> silenced() {
    co_await serve();
    [[gsl::suppress("coil-stop-safety")]] note(1);
}
