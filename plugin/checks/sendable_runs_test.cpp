// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: blocking=off
// expected-no-diagnostics
// What is accepted is right: these run on many threads, see tests/sound. What is wrong
// with their twins in sendable_twins_test.cpp is seen there.
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>

#include <tests/sound/moved.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using moved::counted_here;
using moved::move_on;
using moved::number;
using moved::use;
using moved::window;

namespace {

std::mutex mutex;
int guarded = 0;

// Locks.

coil::task<> released_in_a_block() {
    {
        std::lock_guard guard(mutex);
        ++guarded;
    }
    co_await move_on();
    std::lock_guard guard(mutex);
    ++guarded;
}
coil::task<> unlocked() {
    std::unique_lock lock(mutex);
    ++guarded;
    lock.unlock();
    co_await move_on();
}
coil::task<> locked_later() {
    std::unique_lock lock(mutex, std::defer_lock);
    co_await move_on();
    lock.lock();
    ++guarded;
}
coil::task<> unlocked_in_a_loop() {
    std::unique_lock lock(mutex);
    for (int i = 0; i < 3; ++i) {
        ++guarded;
        lock.unlock();
        co_await move_on();
        lock.lock();
    }
}
coil::task<> locked_in_a_condition() {
    if ((static_cast<void>(std::lock_guard(mutex)), ++guarded) > 0) co_await move_on();
}
coil::task<> optional_reset() {
    std::optional<std::unique_lock<std::mutex>> lock(mutex);
    ++guarded;
    lock.reset();
    co_await move_on();
}
coil::task<> locked_in_another_case() {
    for (int which = 0; which < 2; ++which) {
        switch (which) {
            case 0: {
                std::lock_guard guard(mutex);
                ++guarded;
                break;
            }
            default: co_await move_on();
        }
    }
}

}  // namespace

TEST_CASE("sendable: locks are let go before the await") {
    moved::run({released_in_a_block, unlocked, locked_later, unlocked_in_a_loop,
                locked_in_a_condition, optional_reset, locked_in_another_case});
}

namespace {

// What belongs to a thread, and is not used elsewhere.

window& a_window() {
    thread_local window here;
    return here;
}

coil::task<> pointer_dead() {
    window* shown = &a_window();
    use(shown->title());
    co_await move_on();
}
coil::task<> pointer_found_again() {
    window* shown = &a_window();
    use(shown->title());
    co_await move_on();
    shown = &a_window();
    use(shown->title());
}
coil::task<> pointer_of_each_turn() {
    for (int i = 0; i < 3; ++i) {
        window* shown = &a_window();
        use(shown->title());
        co_await move_on();
    }
}
coil::task<> reference_dead() {
    window& shown = a_window();
    use(shown.title());
    co_await move_on();
}
coil::task<> object_of_each_turn() {
    for (int i = 0; i < 3; i += co_await number()) {
        window shown;
        use(shown.title());
    }
}
coil::task<> object_before_a_goto() {
    int times = 0;
again: {
    window shown;
    use(shown.title());
}
    co_await move_on();
    if (++times < 3) goto again;
}
coil::task<> early_return() {
    co_await move_on();
    window shown;
    if (shown.title() != -1) co_return;
    use(shown.title());
}
coil::task<> only_in_a_handler() {
    try {
        co_await move_on();
        throw std::runtime_error("thrown elsewhere");
    } catch (const std::runtime_error&) {
        window shown;
        use(shown.title());
    }
    co_await move_on();
}
coil::task<> copied_from_this_thread() {
    const int here = ++counted_here();
    co_await move_on();
    use(here);
}
coil::task<> this_thread_again() {
    int& here = counted_here();
    ++here;
    co_await move_on();
    ++counted_here();
}
coil::task<> of_a_local_task() {
    auto show = []() -> coil::local_task<int> {
        window shown;
        co_await coil::yield_now();
        co_return shown.title();
    };
    use(co_await coil::on(moved::workers()->pinned(1), std::move(show)));
}

}  // namespace

TEST_CASE("sendable: what belongs to a thread is dead before the await") {
    moved::run({pointer_dead, pointer_found_again, pointer_of_each_turn, reference_dead,
                object_of_each_turn, object_before_a_goto, early_return,
                only_in_a_handler, copied_from_this_thread, this_thread_again,
                of_a_local_task});
}

namespace {

// Moved away.

void take(std::unique_ptr<window> shown) {
    use(shown->title());
}
struct shown_window {
    std::unique_ptr<window> of = std::make_unique<window>();
    int count = 0;
};
void take_all(shown_window all) {
    take(std::move(all.of));
}

coil::task<> moved_away() {
    auto shown = std::make_unique<window>();
    take(std::move(shown));
    co_await move_on();
}
coil::task<> moved_on_all_paths() {
    auto shown = std::make_unique<window>();
    if (shown->title() % 2 == 0) {
        take(std::move(shown));
    } else {
        shown.reset();
    }
    co_await move_on();
}
coil::task<> moved_as_a_whole() {
    shown_window all;
    take_all(std::move(all));
    co_await move_on();
}
coil::task<> reset_by_a_wide_optional() {
    std::optional<window> shown;
    shown.emplace();
    use(shown->title());
    shown.reset();
    co_await move_on();
}

// Temporaries and operands.

coil::task<> in_an_earlier_statement() {
    const int title = window().title();
    use(title + co_await number());
}
coil::task<> made_from_what_is_awaited() {
    auto made = [](int) { return window(); };
    use(made(co_await number()).title());
}
coil::task<> dead_in_a_block() {
    { use(window().title()); }
    co_await move_on();
}
coil::task<> after_an_and() {
    const bool both = co_await moved::is_true() && window().title() != -1;
    use(both ? 1 : 0);
}
coil::task<> in_the_other_arm() {
    for (int i = 0; i < 2; ++i) {
        int title = 0;
        title = i == 0 ? window().title() : co_await number();
        use(title);
    }
}
struct pair_of_numbers {
    int first;
    int second;
};
coil::task<> last_in_braces() {
    const pair_of_numbers both{co_await number(), window().title()};
    use(both.first);
}
coil::task<> assigned_last() {
    std::vector<int> all(1);
    all[static_cast<std::size_t>(window().title() * 0)] = co_await number();
    use(all[0]);
}
coil::task<> sendable_ones_that_wait() {
    std::string text = "a text that is too long to lie in the string itself";
    text = text + std::to_string(co_await number()) + std::string("and more of it");
    use(static_cast<int>(text.size()));
}

}  // namespace

TEST_CASE("sendable: moved-from variables and temporaries are not held") {
    moved::run({moved_away, moved_on_all_paths, moved_as_a_whole,
                reset_by_a_wide_optional, in_an_earlier_statement,
                made_from_what_is_awaited, dead_in_a_block, after_an_and,
                in_the_other_arm, last_in_braces, assigned_last,
                sendable_ones_that_wait});
}
