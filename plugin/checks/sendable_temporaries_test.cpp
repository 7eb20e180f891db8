// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which temporaries and operands an unfinished expression holds across an await in it.
#include <coil/core/core.hpp>
#include <coil/runtime/assume_here.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Belongs to the thread that made it.
struct window {
    window();
    ~window();
    [[nodiscard]] int title() const;
    [[nodiscard]] bool is_shown() const;
};
template <>
inline constexpr bool coil::enable_sendable<window> = false;

window make_window();
window* find_window();
window& a_window();
coil::task<> work();
coil::task<int> number();
coil::task<bool> ask();
coil::task<int> title_of(const window& shown);
int sum(int first, int second);
int count(const window& shown, int more);
int count_at(const window* shown, int more);
/// Belongs to its thread, too, and has no destructor.
struct brush {
    int width = 0;
};
template <>
inline constexpr bool coil::enable_sendable<brush> = false;
int width_of(const brush& used, int more);
bool is_late();
struct pair_of_numbers {
    int first;
    int second;
};

// Temporaries.

coil::task<int> beside_an_await() {
    co_return count(make_window(),
                    co_await number());  // expected-error {{a temporary is}}
}
coil::task<int> without_a_destructor_beside_an_await() {
    // expected-error@+1 {{a value that is needed later is held}}
    co_return width_of(brush(), co_await number());
}
coil::task<int> without_a_destructor_and_dead() {
    co_return brush().width + co_await number();
}
coil::task<int> in_an_earlier_statement() {
    const int title = make_window().title();
    co_return title + co_await number();
}
coil::task<int> made_from_what_is_awaited(window (*make)(int)) {
    co_return make(co_await number()).title();
}
coil::task<> lent_to_what_is_awaited(int (*print)(int)) {
    // expected-error@+1 {{a temporary is held across}}
    co_await title_of(make_window());
    print(1);
}
coil::task<> dead_in_a_block(int (*print)(int)) {
    { print(make_window().title()); }
    co_await work();
}

coil::task<> taken_over_by_a_coroutine(coil::task<> (*f)(std::unique_ptr<window>)) {
    co_await f(std::make_unique<window>());
}
coil::local_task<int> local_number();
coil::task<int> taken_over_by_a_combinator() {
    co_return co_await coil::assume_here(local_number());
}

// The order of evaluation, where the language says it.

coil::task<bool> before_an_and() {
    const bool both = make_window().is_shown() &&
                      co_await ask();  // expected-error {{a temporary is}}
    co_return both;
}
coil::task<bool> after_an_and() {
    const bool both = co_await ask() && make_window().is_shown();
    co_return both;
}
coil::task<int> in_the_other_arm() {
    int result = 0;
    result = is_late() ? make_window().title() : co_await number();
    co_return result;
}
coil::task<int> in_the_condition() {
    int result = 0;
    result = make_window().is_shown()
                 ? 1
                 : co_await number();  // expected-error {{temporary}}
    co_return result;
}
coil::task<int> before_a_comma() {
    const int result = (make_window().title(),
                        co_await number());  // expected-error {{a temporary is}}
    co_return result;
}
coil::task<int> first_in_braces() {
    const pair_of_numbers both{make_window().title(),
                               co_await number()};  // expected-error {{a temporary is}}
    co_return both.first;
}
coil::task<int> last_in_braces() {
    const pair_of_numbers both{co_await number(), make_window().title()};
    co_return both.first;
}
coil::task<> on_the_right_of_an_assignment() {
    std::vector<int> all(1);
    // What is assigned to is evaluated last.
    all[static_cast<std::size_t>(make_window().title())] = co_await number();
}
coil::task<int> beside_an_addition() {
    // Which comes first is up to the compiler.
    // expected-error@+1 {{a temporary is held}}
    co_return co_await number() + make_window().title();
}

// Operands that wait.

coil::task<int> pointer_that_waits() {
    // expected-error@+1 {{a value that is needed later is held}}
    co_return count_at(find_window(), co_await number());
}
coil::task<int> reference_that_waits() {
    // expected-error@+1 {{a value that is needed later is held}}
    co_return count(a_window(), co_await number());
}
coil::task<int> variable_that_waits() {
    window& shown = a_window();
    co_return count(shown, co_await number());  // expected-error {{'shown' is held}}
}
coil::task<int> pointer_variable_that_waits() {
    window* shown = find_window();
    // expected-error@+1 {{a value that is needed later is held}}
    co_return count_at(shown, co_await number());
}
struct screen {
    [[nodiscard]] int draw(int times) const;
    std::unique_ptr<window> of;
};
screen& a_screen();
coil::task<int> object_that_waits() {
    // expected-error@+1 {{a value that is needed later is held}}
    co_return a_screen().draw(co_await number());
}
coil::task<int> numbers_that_wait() {
    co_return sum(make_window().title() > 0 ? 1 : 0, 2) + 1;
}
coil::task<std::string> sendable_ones_that_wait() {
    std::string text = "text";
    co_return text + std::to_string(co_await number()) + std::string("more");
}
window global_window;
coil::task<int> global_that_waits() {
    co_return count(global_window, co_await number());
}

// Awaiters.

struct wait_for_window {
    window shown;
    bool await_ready();
    void await_suspend(std::coroutine_handle<>);
    void await_resume();
};
wait_for_window window_shown();
coil::local_task<> awaits_in_a_local_task() {
    co_await window_shown();
}
struct shown_by_reference {
    window& of;
    wait_for_window operator co_await();
};
shown_by_reference& shown_elsewhere();
coil::task<> awaits_by_way_of_an_operator() {
    co_await shown_elsewhere();  // expected-error {{what is awaited is held}}
}
coil::task<> awaits_what_belongs_to_a_thread() {
    co_await window_shown();  // expected-error {{a temporary is held}}
}
