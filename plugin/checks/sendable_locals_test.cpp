// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: blocking=off
// Which local variables are held across an await: control flow, moves, destructors.
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <tuple>
#include <utility>
#include <vector>

/// Belongs to the thread that made it.
struct window {
    window();
    ~window();
    [[nodiscard]] int title() const;
};
template <>
inline constexpr bool coil::enable_sendable<window> = false;

std::mutex mutex;
coil::task<> work();
coil::task<bool> next();
coil::task<int> number();
window& a_window();
window* find_window();
const std::vector<window>& windows();
void use(int);
bool is_late();

// Scopes.

coil::task<> lock_held() {
    std::lock_guard guard(mutex);
    co_await work();  // expected-error {{'guard' is held across this co_await}}
}
coil::task<> lock_released_before() {
    { std::lock_guard guard(mutex); }
    co_await work();
}
coil::task<> lock_taken_after() {
    co_await work();
    std::lock_guard guard(mutex);
}
coil::task<> other_locks() {
    std::shared_mutex shared;
    std::mutex other;
    std::scoped_lock both(mutex, other);
    std::shared_lock reading(shared);
    // expected-error@+1 {{'both' is held}} expected-error@+1 {{'reading' is held}}
    co_await work();
}
coil::task<> lock_in_an_if() {
    if (std::lock_guard guard(mutex); is_late()) {
        use(1);
    } else {
        co_await work();  // expected-error {{'guard' is held}}
    }
}
coil::task<> lock_in_a_for() {
    for (std::lock_guard guard(mutex); is_late();)
        co_await work();  // expected-error {{'guard' is held}}
}
coil::task<> lock_in_a_switch(int which) {
    switch (std::lock_guard guard(mutex); which) {
        case 0: co_await work();  // expected-error {{'guard' is held}}
        default: break;
    }
}
coil::task<> lock_in_another_case(int which) {
    switch (which) {
        case 0: {
            std::lock_guard guard(mutex);
            break;
        }
        default: co_await work();
    }
}
coil::task<> lock_in_a_condition() {
    if ((std::lock_guard(mutex), is_late())) co_await work();
}

// Locks that are let go.

coil::task<> unlocked() {
    std::unique_lock lock(mutex);
    lock.unlock();
    co_await work();
}
coil::task<> locked_later() {
    std::unique_lock lock(mutex, std::defer_lock);
    co_await work();
    lock.lock();
}
coil::task<> locked_too_early() {
    std::unique_lock lock(mutex, std::defer_lock);
    lock.lock();
    co_await work();  // expected-error {{'lock' is held across this co_await}}
}
coil::task<> unlocked_on_one_path() {
    std::unique_lock lock(mutex);
    if (is_late()) lock.unlock();
    co_await work();  // expected-error {{'lock' is held}}
}
coil::task<> unlocked_and_locked() {
    std::unique_lock lock(mutex);
    lock.unlock();
    co_await work();
    lock.lock();
    co_await work();  // expected-error {{'lock' is held}}
}
coil::task<> unlocked_in_a_loop() {
    std::unique_lock lock(mutex);
    for (;;) {
        lock.unlock();
        co_await work();
        lock.lock();
        if (is_late()) break;
    }
}
// A known gap: what is let go by hand on another thread.
coil::task<> lock_released() {
    std::unique_lock lock(mutex);
    std::mutex* kept = lock.release();
    co_await work();
    kept->unlock();
}
coil::task<> optional_lock_reset() {
    std::optional<std::unique_lock<std::mutex>> lock(mutex);
    lock.reset();
    co_await work();
}
coil::task<> optional_lock_kept() {
    std::optional<std::unique_lock<std::mutex>> lock(mutex);
    co_await work();  // expected-error {{'lock' is held}}
}

// Pointers and references.

coil::task<> pointer_dead() {
    window* shown = find_window();
    use(shown->title());
    co_await work();
}
coil::task<> pointer_used_after() {
    window* shown = find_window();
    co_await work();  // expected-error {{'shown' is held}}
    use(shown->title());
}
coil::task<> pointer_found_again() {
    window* shown = find_window();
    use(shown->title());
    co_await work();
    shown = find_window();
    use(shown->title());
}
coil::task<> pointer_used_to_find_the_next(window* (*after)(window*)) {
    window* shown = find_window();
    co_await work();  // expected-error {{'shown' is held}}
    shown = after(shown);
}
coil::task<> pointer_in_a_loop() {
    window* shown = nullptr;
    for (;;) {
        if (shown != nullptr) use(shown->title());
        shown = find_window();
        co_await work();  // expected-error {{'shown' is held}}
    }
}
coil::task<> pointer_of_each_turn() {
    for (;;) {
        window* shown = find_window();
        use(shown->title());
        co_await work();
    }
}
void keep(window*& where);
coil::task<> pointer_lent() {
    window* shown = find_window();
    keep(shown);
    co_await work();  // expected-error {{'shown' is held}}
}
coil::task<> reference_used_after() {
    window& shown = a_window();
    co_await work();  // expected-error {{'shown' is held}}
    use(shown.title());
}
coil::task<> reference_dead() {
    window& shown = a_window();
    use(shown.title());
    co_await work();
}

// Objects with a destructor.

coil::task<> object_until_its_scope_ends() {
    window shown;
    use(shown.title());
    co_await work();  // expected-error {{'shown' is held}}
}
coil::task<> object_of_each_turn() {
    while (co_await next()) {
        window shown;
        use(shown.title());
    }
}
coil::task<> object_around_a_loop() {
    window shown;
    while (co_await next()) {  // expected-error {{'shown' is held}}
    }
}
coil::task<> object_before_a_goto() {
again: {
    window shown;
    use(shown.title());
}
    co_await work();
    if (is_late()) goto again;
}
coil::task<> await_that_is_never_reached() {
    window shown;
    co_return;
    co_await work();
}
coil::task<> early_return() {
    window shown;
    if (is_late()) co_return;
    use(shown.title());
}
coil::task<> static_object() {
    static window shown;
    co_await work();
    use(shown.title());
}
coil::task<> arrays() {
    window one[2];
    std::array<window, 2> other;
    // expected-error@+1 {{'one' is held}} expected-error@+1 {{'other' is held}}
    co_await work();
}
coil::task<> kept_temporary() {
    const window& shown = window();
    co_await work();  // expected-error {{'shown' is held}}
}
coil::task<> lent_to_itself() {
    int counted = 0;
    int* count = &counted;
    co_await work();
    ++*count;
}
coil::task<> over_a_range() {
    for (const window& shown : windows()) {
        use(shown.title());
        co_await work();  // expected-error {{what this loop goes over is held}}
    }
}
coil::task<> over_a_range_first() {
    for (const window& shown : windows()) use(shown.title());
    co_await work();
}
coil::task<> bindings() {
    auto [shown, count] = std::pair<window, int>();
    co_await work();  // expected-error {{what this binds is held}}
}

// Moves.

coil::task<> moved_away(void (*take)(std::unique_ptr<window>)) {
    auto shown = std::make_unique<window>();
    take(std::move(shown));
    co_await work();
}
void take(std::unique_ptr<window> shown);
coil::task<> moved_on_all_paths() {
    auto shown = std::make_unique<window>();
    if (is_late()) {
        take(std::move(shown));
    } else {
        shown.reset();
    }
    co_await work();
}
coil::task<> moved_on_one_path() {
    auto shown = std::make_unique<window>();
    if (is_late()) take(std::move(shown));
    co_await work();  // expected-error {{'shown' is held}}
}
struct shown_window {
    std::unique_ptr<window> of;
    int count = 0;
};
void take_all(shown_window all);
coil::task<> moved_member_by_member() {
    shown_window all;
    take_all(std::move(all));
    co_await work();
}
coil::task<> moved_partly() {
    shown_window all;
    take(std::move(all.of));
    co_await work();  // expected-error {{'all' is held}}
}

// Exceptions.

coil::task<> only_in_a_handler() {
    try {
        co_await work();
    } catch (...) {
        window shown;
        use(shown.title());
    }
}
coil::task<> used_by_a_handler() {
    window* shown = find_window();
    try {
        co_await work();  // expected-error {{'shown' is held}}
    } catch (...) {
        use(shown->title());
    }
}

// Suspensions.

coil::generator<int> held_across_a_yield() {
    window shown;
    co_yield 1;  // expected-error {{'shown' is held across this co_yield}}
}
coil::local_generator<int> held_by_a_local_generator() {
    window shown;
    co_yield 1;
}
coil::local_task<> held_by_a_local_task() {
    std::lock_guard guard(mutex);
    co_await work();
}
#define AWAIT(what) co_await what
coil::task<> held_across_a_macro() {
    window shown;
    AWAIT(work());  // expected-error {{'shown' is held}}
}
#define TRY(what)                    \
    ({                               \
        auto result = co_await what; \
        if (!result) co_return;      \
        result;                      \
    })
coil::task<> held_across_a_statement_expression() {
    window shown;
    use(TRY(number()));  // expected-error {{'shown' is held}}
}
coil::task<> not_held_across_a_statement_expression() {
    { window shown; }
    use(TRY(number()));
}
coil::task<> awaits_of_a_lambda_are_its_own() {
    window shown;
    auto other = []() -> coil::local_task<> { co_await work(); };
    (void)other;
    co_return;
}

// What belongs to a thread.

thread_local int of_this_thread;
coil::task<int> refers_to_this_thread() {
    int& here = of_this_thread;
    co_await work();  // expected-error {{refers to this thread's 'of_this_thread'}}
    co_return here;
}
coil::task<int> points_to_this_thread() {
    int* here = &of_this_thread;
    co_await work();  // expected-error {{refers to this thread's 'of_this_thread'}}
    co_return *here;
}
coil::task<int> copies_from_this_thread() {
    const int here = of_this_thread;
    co_await work();
    co_return here;
}
coil::task<int> names_this_thread_again() {
    int& here = of_this_thread;
    here = 1;
    co_await work();
    co_return of_this_thread;
}

// Silence.

coil::task<> silenced_variable() {
    [[gsl::suppress("coil-sendable")]] window shown;
    co_await work();
}
coil::task<> silenced_await() {
    window shown;
    [[gsl::suppress("coil-sendable")]] co_await work();
}
[[gsl::suppress("coil-sendable")]] coil::task<> silenced_function() {
    window shown;
    co_await work();
}
