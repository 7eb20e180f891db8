// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: future=stranger::lazy
// plugin: future=stranger::eager
// Task types of others, named by the option `future=`: whether they begin at once.
#include <coroutine>
#include <string>
#include <utility>

namespace stranger {

template <class Begins>
struct promise_base {
    Begins initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
};

struct lazy {
    struct promise_type : promise_base<std::suspend_always> {
        lazy get_return_object() { return {}; }
    };
    bool await_ready() const;
    void await_suspend(std::coroutine_handle<> waits) const;
    void await_resume() const;
};

/// Runs as soon as it is called, so it may be thrown away; it may be awaited twice.
struct eager {
    struct promise_type : promise_base<std::suspend_never> {
        eager get_return_object() { return {}; }
    };
    bool await_ready() const;
    void await_suspend(std::coroutine_handle<> waits) const;
    void await_resume() const;
};

}  // namespace stranger

stranger::lazy lazy_work();
stranger::eager eager_work();
stranger::lazy lazy_by_reference(const std::string& text);
stranger::eager eager_by_reference(const std::string& text);

stranger::lazy thrown_away() {
    lazy_work();  // expected-error {{this 'stranger::lazy' is thrown away}}
    eager_work();
    co_return;
}
void thrown_away_by_a_function() {
    lazy_work();  // expected-error {{this 'stranger::lazy' is thrown away}}
    eager_work();
}
stranger::lazy kept() {
    auto one = lazy_work();  // expected-error {{'one' is never awaited}}
    auto other = eager_work();
    co_return;
}
stranger::lazy awaited_twice() {
    auto other = eager_work();
    co_await std::move(other);
    co_await std::move(other);
    auto one = lazy_work();
    co_await std::move(one);
    co_await std::move(one);  // expected-error {{'one' may be used up already}}
}
stranger::lazy what_they_refer_to() {
    co_await lazy_by_reference("text");
    co_await eager_by_reference("text");
    auto one = lazy_by_reference("text");  // expected-error {{'one' refers to a}}
    co_await std::move(one);
    // It may have copied that before it waited.
    auto other = eager_by_reference("text");
    co_await std::move(other);
}

void use(const std::string& text);
stranger::eager copies_at_once(const std::string& text) {
    const std::string copy = text;
    co_await lazy_work();
    use(copy);
}
stranger::eager uses_it_later(const std::string& text) {
    co_await lazy_work();
    use(text);
}
stranger::eager uses_it_in_a_loop(const std::string& text) {
    for (;;) {
        use(text);
        co_await lazy_work();
    }
}
stranger::eager awaits_with_it(const std::string& text) {
    co_await lazy_by_reference(text);
}
void what_begins_at_once_refers_to(int number) {
    auto copied = copies_at_once("text");
    auto later = uses_it_later("text");     // expected-error {{'later' refers to a}}
    auto loop = uses_it_in_a_loop("text");  // expected-error {{'loop' refers to a}}
    auto awaits = awaits_with_it("text");   // expected-error {{'awaits' refers to a}}
    auto counted = [number]() -> stranger::eager {
        use(std::to_string(number));
        co_await lazy_work();
    }();
    // expected-error@+1 {{'count' refers to what this lambda captures}}
    auto count = [number]() -> stranger::eager {
        co_await lazy_work();
        use(std::to_string(number));
    }();
}
