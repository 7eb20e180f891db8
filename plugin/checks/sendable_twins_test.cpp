// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: blocking=off
// What is refused is wrong: without coil-check these run, and TSan reports each; see
// tests/sound. What is right about them is in sendable_runs_test.cpp.
#include <coil/core/core.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/event.hpp>

#include <tests/sound/moved.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

using moved::count_up;
using moved::counted_here;
using moved::move_on;
using moved::number;
using moved::use;
using moved::window;

namespace {

constexpr int often = 2000;

coil::task<> lock_held() {
    std::mutex mutex;
    std::lock_guard guard(mutex);
    co_await move_on();  // expected-error {{'guard' is held}}
}
coil::task<> unlocked_on_one_path() {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    if (counted_here() < 0) lock.unlock();
    co_await move_on();  // expected-error {{'lock' is held}}
}
coil::task<> optional_lock_held() {
    std::mutex mutex;
    std::optional<std::unique_lock<std::mutex>> lock(mutex);
    co_await move_on();  // expected-error {{'lock' is held}}
}
// A known gap: what is let go by hand on another thread.
coil::task<> lock_released() {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::mutex* kept = lock.release();
    co_await move_on();
    kept->unlock();
}

}  // namespace

TEST_CASE("twins: a lock is held") {
    moved::run({lock_held}, often);
}
TEST_CASE("twins: a lock is unlocked on one path") {
    moved::run({unlocked_on_one_path}, often);
}
TEST_CASE("twins: a lock is let go by hand") {
    moved::run({lock_released}, often);
}
TEST_CASE("twins: an optional lock is held") {
    moved::run({optional_lock_held}, often);
}

namespace {

window& a_window() {
    thread_local window here;
    return here;
}

coil::task<> pointer_used_after() {
    window* shown = &a_window();
    co_await move_on();  // expected-error {{'shown' is held}}
    use(shown->title());
}
coil::task<> reference_used_after() {
    window& shown = a_window();
    co_await move_on();  // expected-error {{'shown' is held}}
    use(shown.title());
}
// A known gap: the function is not looked into.
coil::task<> refers_to_its_thread() {
    int& here = counted_here();
    count_up(here);
    co_await move_on();
    count_up(here);
}
thread_local int of_this_thread = 0;
coil::task<> points_to_its_thread() {
    int* here = &of_this_thread;
    count_up(*here);
    co_await move_on();  // expected-error {{refers to this thread's 'of_this_thread'}}
    count_up(*here);
}
coil::task<> object_used_after() {
    window shown;
    co_await move_on();  // expected-error {{'shown' is held}}
    use(shown.title());
}
coil::task<> used_by_a_handler() {
    window* shown = &a_window();
    try {
        co_await move_on();  // expected-error {{'shown' is held}}
        throw 1;
    } catch (int) {
        use(shown->title());
    }
}
coil::task<> moved_on_one_path() {
    auto shown = std::make_unique<window>();
    if (shown->title() < 0) shown.reset();
    co_await move_on();  // expected-error {{'shown' is held}}
    use(shown->title());
}

}  // namespace

TEST_CASE("twins: a pointer is used after the await") {
    moved::run({pointer_used_after}, often);
}
TEST_CASE("twins: a reference is used after the await") {
    moved::run({reference_used_after}, often);
}
TEST_CASE("twins: a pointer to what belongs to a thread") {
    moved::run({points_to_its_thread}, often);
}
TEST_CASE("twins: a reference that a function gave") {
    moved::run({refers_to_its_thread}, often);
}
TEST_CASE("twins: an object is used after the await") {
    moved::run({object_used_after}, often);
}
TEST_CASE("twins: a handler uses what was there before") {
    moved::run({used_by_a_handler}, often);
}
TEST_CASE("twins: moved on one path only") {
    moved::run({moved_on_one_path}, often);
}

namespace {

int sum(const window& shown, int more) {
    return shown.title() + more;
}
coil::task<> temporary_beside_an_await() {
    // expected-error@+1 {{a value that is needed later is held}}
    use(sum(window(), co_await number()));
}
coil::task<> reference_that_waits() {
    // expected-error@+1 {{a value that is needed later is held}}
    use(sum(a_window(), co_await number()));
}
/// Coil's own checks do not see what is in it.
struct holder {
    window of;
};
coil::task<> show(holder given) {  // expected-error {{parameter 'given'}}
    co_await move_on();
    use(given.of.title());
}
coil::task<> given_to_a_coroutine() {
    co_await show(holder());
}
coil::task<holder> gives() {  // expected-error {{what 'gives' gives}}
    co_return holder();
}
coil::task<> takes() {
    co_await coil::with_group([](coil::group& g) -> coil::task<> {
        auto child = coil::spawn_with_handle(g, gives());
        co_await move_on();  // expected-error {{'child' is held}}
        // expected-error@+1 {{what is awaited is held}}
        const int title = (co_await child.join()).of.title();
        use(title);
    });
}
coil::task<> captured() {
    // expected-error@+1 {{what this lambda captures may not move}}
    auto shows = [shown = window()]() -> coil::task<> {
        co_await move_on();
        use(shown.title());
    };
    co_await shows();
}
coil::generator<int> yields() {
    window shown;
    for (int i = 0; i < 2; ++i)
        co_yield shown.title();  // expected-error {{'shown' is held}}
}
coil::task<> moves_between_items() {
    auto all = yields();
    while (auto title = co_await all.next()) co_await move_on();
}

}  // namespace

TEST_CASE("twins: a temporary is held") {
    moved::run({temporary_beside_an_await}, often);
}
TEST_CASE("twins: an operand is held") {
    moved::run({reference_that_waits}, often);
}
TEST_CASE("twins: a parameter is held") {
    moved::run({given_to_a_coroutine}, often);
}
TEST_CASE("twins: a result belongs to a thread") {
    moved::run({takes}, often);
}
TEST_CASE("twins: a capture is held") {
    moved::run({captured}, often);
}
TEST_CASE("twins: a generator holds it across a co_yield") {
    moved::run({moves_between_items}, often);
}

namespace {

/// Its name says it: the strand adds to it while the pool does.
struct counter {
    mutable int times = 0;
};
coil::task<> counted_by_two_threads() {
    const counter counted;
    // expected-error@+1 {{where 'blocking' takes it}}
    auto elsewhere = coil::blocking([&counted] {
        for (int i = 0; i < 1000; ++i) ++counted.times;
    });
    auto here = [](const counter& of) -> coil::task<> {
        for (int i = 0; i < 10; ++i) {
            co_await move_on();
            ++of.times;
        }
    };
    co_await coil::join(std::move(elsewhere), here(counted));
}

}  // namespace

TEST_CASE("twins: the pool changes what the strand changes") {
    moved::run({counted_by_two_threads}, often);
}
