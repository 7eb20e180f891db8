// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/closure.hpp>
#include <coil/core/discard.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include "leaves.hpp"

#include <exception>
#include <optional>
#include <utility>

/// Runs a program's operations in a world `W`: where they run, what they share, and
/// where it is written down what happens.
namespace programs::interpreter {

template <class W, class T = void>
using task_of = coil::basic_task<T, W::flavour>;

/// Writes down when a coroutine begins, and how and when it ends.
template <class W>
class guard {
public:
    guard(W& of, const node& n) : of_(of), id_(n.id) { of.log(id_, event_kind::began); }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard() {
        const bool has_error = std::uncaught_exceptions() > exceptions_;
        of_.log(id_, coil::is_unwinding() ? event_kind::stopped
                     : has_error          ? event_kind::error
                                          : event_kind::value);
    }

private:
    W& of_;
    int id_;
    int exceptions_ = std::uncaught_exceptions();
};

template <class W>
class resource;
template <class W>
using loot = std::optional<resource<W>>;
template <class W>
task_of<W, loot<W>> exec(W& w, const node& n);

/// Has an async destructor that runs a program.
template <class W>
class resource {
public:
    resource(W& of, const node& drop) : of_(&of), drop_(&drop) {
        of.point();
        of.made();
    }
    resource(resource&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)),
          drop_(other.drop_) {}
    resource& operator=(resource&&) = delete;
    ~resource() {
        if (of_ != nullptr) of_->log(drop_->id, event_kind::lost);
    }
    task_of<W> async_drop(coil::exit_reason why);

private:
    W* of_;
    const node* drop_;
};

template <class W>
task_of<W> run_part(W& w, const node& n) {
    loot<W> given = co_await exec(w, n);
    co_await coil::drop(given);
}

template <class Count>
struct counted {
    explicit counted(Count& of) noexcept : count(of) { ++count; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --count; }
    Count& count;
};

template <class W>
task_of<W> resource<W>::async_drop(coil::exit_reason why) {
    if (of_ == nullptr) co_return;  // it was moved on
    W& w = *std::exchange(of_, nullptr);
    w.dropped();
    const int id = drop_->id;
    w.log(id, event_kind(static_cast<int>(event_kind::drop_after_return) +
                         static_cast<int>(why)));
    const counted running(w.drops_running);
    co_await run_part(w, *drop_);
    w.log(id, event_kind::dropped);
}

// ---- leaves

template <class W>
task_of<W, loot<W>> leaf(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    switch (n.what) {
        case op::sleep: co_await coil::sleep(n.pause); break;
        case op::yield: co_await coil::yield_now(); break;
        case op::never: co_await coil::testing::never(); break;
        case op::late: co_await late(n.pause, late_end(n.number % 3)); break;
        case op::foreign: co_await foreign(n.pause); break;
        case op::fail: fail(); break;
        case op::stop_here: co_await coil::stop_here(); break;
        case op::ask_stop:
            co_await ask_stop<W::flavour>(n.number == 1 ? coil::stop_level::hard
                                                        : coil::stop_level::soft);
            break;
        case op::open: co_return resource(w, n.parts[0]);
        case op::set: w.events[n.number].set(); break;
        case op::wait: co_await w.events[n.number].wait(); break;
        case op::send: (void)co_await w.queues[n.number].send(n.id); break;
        case op::receive: {
            const auto item = co_await w.queues[n.number].receive();
            if (item) w.log_item(n, *item);
            break;
        }
        default: w.queues[n.number].close();
    }
    co_return loot<W>();
}

// ---- one part, seen through a combinator

template <class W>
task_of<W, loot<W>> seq(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    for (const node& part : n.parts) {
        loot<W> given = co_await exec(w, part);
        co_await coil::drop(given);
    }
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> outcome(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto seen = co_await coil::as_outcome(exec(w, n.parts[0]));
    if (seen.has_value()) co_await coil::drop(seen.value());
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> shield(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    loot<W> given = co_await coil::shield(exec(w, n.parts[0]));
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> once(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    loot<W> given = co_await coil::call_once([&] { return exec(w, n.parts[0]); });
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> timeout(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto given = co_await coil::with_timeout(n.pause, exec(w, n.parts[0]));
    if (given) co_return std::move(*given);
    co_return loot<W>();
}

// ---- drops

template <class W>
task_of<W, loot<W>> with(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](resource<W>&) { return exec(w, n.parts[1]); };
    loot<W> given = co_await coil::with(resource(w, n.parts[0]), body);
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> with_made(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto make = [&]() -> task_of<W, resource<W>> {
        co_await run_part(w, n.parts[0]);
        co_return resource(w, n.parts[1]);
    };
    auto body = [&](resource<W>&) { return exec(w, n.parts[2]); };
    loot<W> given = co_await coil::with(make, body);
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> with_two(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](resource<W>&, resource<W>&) { return exec(w, n.parts[2]); };
    resource first(w, n.parts[0]);
    resource second(w, n.parts[1]);
    loot<W> given = co_await coil::with(std::move(first), std::move(second), body);
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> own(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    co_await coil::own(resource(w, n.parts[0]));
    loot<W> given = co_await exec(w, n.parts[1]);
    co_await coil::own(resource(w, n.parts[2]));
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> use(W& w, coil::owned<resource<W>>, const node& body) {
    loot<W> given = co_await exec(w, body);
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> owned(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    loot<W> given = co_await use<W>(w, resource(w, n.parts[0]), n.parts[1]);
    co_return std::move(given);
}

// ---- several parts

template <class W>
task_of<W, loot<W>> group(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto limit = static_cast<std::size_t>(n.number);
    loot<W> given = co_await coil::with_group({.limit = limit}, [&](coil::group& g) {
        for (std::size_t i = 1; i < n.parts.size(); ++i) {
            w.spawned();
            g.spawn(run_part(w, n.parts[i]));
        }
        return exec(w, n.parts[0]);
    });
    co_return std::move(given);
}
template <class W>
task_of<W, loot<W>> join(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto& p = n.parts;
    if (p.size() == 2) {
        auto all = co_await coil::join(exec(w, p[0]), exec(w, p[1]));
        co_await coil::drop(all);
    } else {
        auto all = co_await coil::join(exec(w, p[0]), exec(w, p[1]), exec(w, p[2]));
        co_await coil::drop(all);
    }
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> join_outcomes(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto [a, b] =
        co_await coil::join_outcomes(exec(w, n.parts[0]), exec(w, n.parts[1]));
    if (b.has_value()) co_await coil::drop(b.value());
    if (a.has_value()) co_await coil::drop(a.value());
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> race(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto& p = n.parts;
    if (p.size() == 2) {
        auto won = co_await coil::race(exec(w, p[0]), exec(w, p[1]));
        co_return std::move(*won);
    }
    auto won = co_await coil::race(exec(w, p[0]), exec(w, p[1]), exec(w, p[2]));
    co_return std::move(*won);
}

}  // namespace programs::interpreter
