// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What may move to another thread, and what two threads may use: tables of types.
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/remote_event.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

using coil::local_task;
using coil::sendable;
using coil::shareable;
using coil::spawnable;
using coil::task;

//! [a type says so itself]
/// A window of a toolkit that only its own thread may call.
struct window {
    int number = 0;
};
template <>
inline constexpr bool coil::enable_sendable<window> = false;
template <>
inline constexpr bool coil::enable_shareable<window> = false;
//! [a type says so itself]

/// May move, but two threads may not use it at once.
struct unguarded {
    int count = 0;
};
template <>
inline constexpr bool coil::enable_shareable<unguarded> = false;

namespace {

using lock = std::unique_lock<std::mutex>;

template <class... T>
constexpr bool all_sendable = (sendable<T> && ...);
template <class... T>
constexpr bool none_sendable = !(sendable<T> || ...);
template <class... T>
constexpr bool all_shareable = (shareable<T> && ...);
template <class... T>
constexpr bool none_shareable = !(shareable<T> || ...);

/// Fails where one of many does.
template <class A>
constexpr bool moves(const A&) {
    return sendable<A> && !coil::is_local_v<A>;
}
template <class A>
constexpr bool stays(const A&) {
    return !sendable<A> && coil::is_local_v<A> && !shareable<A> && !spawnable<A>;
}

// --- values, references and std's types ---

static_assert(all_sendable<void, int, const int, int*, void*, int&, const int&&>);
static_assert(
    all_sendable<int[3], int[], const int[2][3], int (*)(int), int window::*>);
static_assert(all_sendable<std::string, std::string_view, std::span<int>>);
static_assert(all_sendable<std::array<std::byte, 65536>, std::array<int, 0>>);
static_assert(all_sendable<std::mutex, std::mutex&, std::shared_mutex, std::thread>);
static_assert(all_sendable<std::exception_ptr, std::atomic<int>, std::thread::id>);
static_assert(all_sendable<std::filesystem::path, std::function<void(window)>>);
static_assert(all_shareable<void, int, int*, const int&, std::string, std::mutex>);
static_assert(all_shareable<std::vector<int>, std::unique_ptr<int>, std::atomic<int>>);

static_assert(none_sendable<lock, const lock, lock&, const lock&, lock&&, lock*>);
static_assert(none_sendable<lock[2], lock (&)[2], lock* const*>);
static_assert(none_sendable<std::lock_guard<std::mutex>, std::scoped_lock<std::mutex>>);
static_assert(none_sendable<std::scoped_lock<std::mutex, std::shared_mutex>>);
static_assert(none_sendable<std::shared_lock<std::shared_mutex>>);
static_assert(none_shareable<lock, std::lock_guard<std::mutex>, std::optional<lock>>);
static_assert(none_sendable<std::unique_ptr<lock>, std::shared_ptr<lock>>);
static_assert(none_sendable<std::weak_ptr<lock>, std::reference_wrapper<lock>>);
static_assert(none_sendable<std::optional<lock>, std::variant<int, lock>>);
static_assert(none_sendable<std::pair<int, lock>, std::tuple<int, lock&>>);
static_assert(none_sendable<std::vector<lock>, std::array<lock, 2>, std::span<lock>>);
static_assert(none_sendable<std::map<int, std::vector<std::optional<lock>>>>);

static_assert(none_sendable<window, window&, std::vector<window>, std::set<window*>>);
static_assert(none_sendable<std::unordered_map<int, window>, std::list<window>>);
static_assert(none_sendable<std::unique_ptr<window[]>, std::deque<window>>);
static_assert(none_shareable<window, std::shared_ptr<window>, std::span<window>>);

// --- what looks like something else, and what is not defined ---

struct node {
    std::vector<node> below;
};
struct list_of_itself : std::vector<list_of_itself> {};
struct undefined;
template <class T>
struct needs_definition {
    static_assert(sizeof(T) > 0);
    T value;
};
struct address {
    bool is_local = false;  // a member of this name says nothing about threads
    int value_type = 0;
};
struct two_locks_in_one {
    using mutex_type = std::mutex;  // guards a value; it is no lock that is held
    std::mutex of;
};
template <class A, class B>
struct movable_locks {
    A first;
    B second;
};
struct bound {
    static constexpr bool is_local = true;
};
struct said_before;
}  // namespace
template <>
inline constexpr bool coil::enable_sendable<said_before> = false;
template <>
inline constexpr bool coil::enable_sendable<lock***> = true;
namespace {
static_assert(all_sendable<node, node&, list_of_itself, std::optional<list_of_itself>>);
static_assert(all_sendable<undefined&, undefined*, std::unique_ptr<undefined>>);
static_assert(all_sendable<needs_definition<undefined>&, std::vector<undefined>*>);
static_assert(all_sendable<std::optional<undefined>&, task<undefined>>);
static_assert(none_sendable<local_task<undefined>, local_task<undefined>&>);
static_assert(all_sendable<address, two_locks_in_one>);
/// A coroutine that is handed what is defined later, as every lambda hands itself.
[[maybe_unused]] auto hands_itself = []() -> task<> { co_return; };
[[maybe_unused, gsl::suppress("coil-sendable")]] task<> takes(
    struct defined_later&, struct defined_later_and_local*) {
    co_return;
}
struct defined_later {};
struct defined_later_and_local {
    static constexpr bool is_local = true;
};
static_assert(!sendable<std::tuple<decltype(hands_itself), lock>>);
static_assert(sendable<defined_later&> && !sendable<defined_later_and_local*>);
static_assert(all_sendable<movable_locks<std::mutex, std::mutex>>);
static_assert(none_sendable<bound, const bound&, std::vector<bound>>);
static_assert(none_sendable<said_before&, const said_before*>);
static_assert(sendable<lock***>, "a pointer may be said to be another thing");

/// A template says so for its arguments.
template <class T>
struct box {
    T inside;
};
}  // namespace
template <class T>
inline constexpr bool coil::enable_sendable<box<T>> = coil::sendable<T>;
namespace {
static_assert(sendable<box<int>> && !sendable<box<window>>);
static_assert(none_sendable<std::vector<box<window>>, box<box<window>>>);

// --- tasks, generators and what holds them ---

using coil::generator;
using coil::local_generator;
static_assert(all_sendable<task<>, task<int>, task<int&>, task<std::string>>);
static_assert(none_sendable<local_task<>, local_task<int>, task<lock>, task<window&>>);
static_assert(
    none_sendable<const local_task<>, local_task<>&, std::tuple<local_task<>>>);
static_assert(none_sendable<std::vector<local_task<>>, std::optional<local_task<int>>>);
static_assert(all_sendable<generator<int>, coil::resource_generator<int>>);
static_assert(none_sendable<local_generator<int>, coil::local_resource_generator<int>>);
static_assert(none_sendable<std::unique_ptr<local_generator<int>>, generator<window>>);
static_assert(
    none_shareable<task<>, local_task<>, generator<int>, std::vector<task<>>>);
static_assert(spawnable<task<>> && !spawnable<local_task<>>);
static_assert(all_sendable<coil::outcome<>, coil::outcome<int>, coil::outcome<task<>>>);
static_assert(none_sendable<coil::outcome<window>, coil::outcome<window&>>);
static_assert(all_shareable<coil::outcome<>, coil::outcome<int>>);
static_assert(none_shareable<coil::outcome<task<>>, coil::outcome<window>>);

// --- what strands use together, and the leaves that wait for it ---

static_assert(all_sendable<coil::event, coil::event&, coil::channel<int>>);
static_assert(all_sendable<coil::channel<int, 4>*, coil::group&>);
static_assert(all_sendable<coil::remote_event, coil::remote_event&>);
static_assert(all_sendable<coil::event::wait_leaf, coil::channel<int>::send_leaf>);
static_assert(all_sendable<coil::channel<int>::receive_leaf, coil::sleep_for>);
static_assert(all_shareable<coil::event, coil::channel<int>, coil::channel<int, 4>>);
static_assert(all_shareable<coil::group, coil::remote_event>);
static_assert(none_shareable<coil::event::wait_leaf, coil::sleep_for>);
static_assert(none_sendable<coil::channel<window>, coil::channel<local_task<>>&>);
static_assert(none_shareable<coil::channel<window>>);
static_assert(none_sendable<coil::local::event, coil::local::channel<int>&>);
static_assert(none_sendable<coil::local::event::wait_leaf>);

// A strand on another thread may be given what two may not use, and no reference to it.
static_assert(all_sendable<unguarded, unguarded&> && none_shareable<unguarded>);
static_assert(spawnable<std::unique_ptr<unguarded>> && spawnable<std::string>);
static_assert(!spawnable<unguarded&> && !spawnable<unguarded*>);
static_assert(!spawnable<std::shared_ptr<unguarded>>);
static_assert(!spawnable<std::reference_wrapper<unguarded>>);
static_assert(!spawnable<std::tuple<int, unguarded&>>);
static_assert(!spawnable<std::span<unguarded>> && spawnable<std::span<std::string>>);
static_assert(!spawnable<std::pair<int, std::optional<unguarded*>>>);
static_assert(spawnable<coil::event&> && spawnable<std::mutex&>);
static_assert(!spawnable<lock> && !spawnable<lock&> && !spawnable<window>);

task<int> there() {
    co_return 1;
}
local_task<int> here() {
    co_return 1;
}
generator<int> items_there() {
    co_yield 1;
}
local_generator<int> items_here() {
    co_yield 1;
}
struct connection {
    task<> async_drop() { co_return; }
};
struct shown_window {
    local_task<> async_drop() { co_return; }
};
auto even = [](int n) { return n % 2 == 0; };
auto shows = [](int) {};
auto shows_here = [](int) -> local_task<> { co_return; };
auto there_twice = [](int n) -> task<int> { co_return 2 * n; };
auto here_twice = [](int n) -> local_task<int> { co_return 2 * n; };

}  // namespace

COIL_TEST("sendable: a recipe may move if all its parts may") {
    using coil::sleep;
    const auto second = std::chrono::seconds(1);
    CHECK(moves(coil::join(there(), sleep(second))));
    CHECK(stays(coil::join(there(), here())));
    CHECK(moves(coil::join_outcomes(there(), there())));
    CHECK(stays(coil::join_outcomes(here(), there())));
    CHECK(moves(coil::race(there(), sleep(second))));
    CHECK(stays(coil::race(there(), coil::join(here()))));
    CHECK(moves(coil::as_outcome(there())));
    CHECK(stays(coil::as_outcome(here())));
    CHECK(moves(coil::shield(coil::with_timeout(second, there()))));
    CHECK(stays(coil::shield(coil::with_timeout(second, here()))));
    CHECK(moves(sleep(second)));
    CHECK(moves(coil::yield_now()));
    co_return;
}

COIL_TEST("sendable: a call may move if what it gives may") {
    CHECK(moves(coil::call_once([] { return there(); })));
    CHECK(stays(coil::call_once([] { return here(); })));
    CHECK(moves(coil::with_group([](coil::group&) { return there(); })));
    CHECK(stays(coil::with_group([](coil::group&) { return here(); })));
    co_return;
}

namespace {
template <class Resource, class Body>
using with_t = decltype(coil::with(std::declval<Resource>(), std::declval<Body>()));
template <class R>
using body_there = task<> (*)(R&);
template <class R>
using body_here = local_task<> (*)(R&);

static_assert(sendable<with_t<connection, body_there<connection>>>);
static_assert(!sendable<with_t<connection, body_here<connection>>>);
static_assert(!sendable<with_t<shown_window, body_there<shown_window>>>);
static_assert(sendable<decltype(coil::own(std::declval<connection>()))>);
static_assert(!sendable<decltype(coil::own(std::declval<shown_window>()))>);
static_assert(sendable<coil::owned<connection>>);
static_assert(none_sendable<coil::owned<shown_window>, coil::owned<shown_window>&>);
static_assert(!sendable<decltype(coil::drop(std::declval<shown_window&>()))>);
}  // namespace

COIL_TEST("sendable: a stream may move if its source and its functions may") {
    CHECK(moves(items_there() | coil::map(there_twice)));
    CHECK(stays(items_here() | coil::map(there_twice)));
    CHECK(stays(items_there() | coil::map(here_twice)));
    CHECK(moves(items_there() | coil::filter(even) | coil::take(1)));
    CHECK(stays(items_here() | coil::filter(even) | coil::take(1)));
    CHECK(moves(items_there() | coil::collect<std::vector>()));
    CHECK(stays(items_here() | coil::collect<std::vector>()));
    [[gsl::suppress("coil-async-drop")]] CHECK(
        moves(coil::merge(items_there(), items_there())));
    [[gsl::suppress("coil-async-drop")]] CHECK(
        stays(coil::merge(items_there(), items_here())));
    CHECK(moves(items_there() | coil::for_each(shows)));
    CHECK(stays(items_there() | coil::for_each(shows_here)));
    co_return;
}

namespace {
task<int> count_up(unguarded& own) {
    co_await coil::yield_now();
    co_return ++own.count;
}
}  // namespace

COIL_TEST("sendable: what may move and not be shared lives across an await") {
    unguarded own;
    const int one = co_await count_up(own);
    CHECK(one == 1);
    CHECK_FALSE(shareable<unguarded>);
    CHECK_FALSE(spawnable<unguarded&>);
}

COIL_TEST("sendable: what a closure captured cannot be seen, and is trusted") {
    auto kept = [of = std::make_shared<window>()] { return of->number; };
    CHECK(sendable<decltype(kept)>);
    CHECK(kept() == 0);
    co_return;
}

namespace {
/// Another library's awaitable, which completes where it was begun.
struct on_this_thread : std::suspend_never {};
}  // namespace
template <>
inline constexpr bool coil::enable_sendable<on_this_thread> = false;
template <>
inline constexpr bool coil::enable_shareable<on_this_thread> = false;

COIL_TEST("sendable: what is made of an awaitable that stays is local") {
    CHECK(stays(on_this_thread()));
    CHECK(stays(coil::join(there(), on_this_thread())));
    co_await on_this_thread();
}

// Parameters of every kind, which a task that may move takes and gives.
namespace {
class counter {
public:
    explicit counter(std::mutex& guards) : guards_(guards) {}
    task<int> add(const int& n, std::unique_ptr<int> more, undefined* = nullptr) {
        co_await coil::yield_now();
        const std::scoped_lock<std::mutex> held(guards_);  // and given back at once
        co_return sum_ += n + *more;
    }
    task<int&> sum() & { co_return sum_; }

private:
    std::mutex& guards_;
    int sum_ = 0;
};
local_task<int> number_of(window shown, lock held) {
    co_return shown.number + static_cast<int>(held.owns_lock());
}
}  // namespace

COIL_TEST("sendable: a task takes what may move, a local task anything") {
    std::mutex guards;
    counter all(guards);
    co_await all.add(1, std::make_unique<int>(2));
    int& sum = co_await all.sum();
    CHECK(sum == 3);
    const int locked = co_await number_of(window{4}, lock(guards));
    CHECK(locked == 5);
}
