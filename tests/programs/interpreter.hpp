// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/take.hpp>

#include "any_ints.hpp"
#include "interpreter_parts.hpp"

#include <vector>

namespace programs::interpreter {

template <class W, class T>
using generator_of = coil::basic_generator<T, W::flavour>;
template <class W, class T>
using resource_generator_of =
    coil::basic_generator<T, W::flavour, coil::generator_kind::resource>;
template <class W>
using any_ints = basic_any_ints<W::flavour>;

// ---- streams

template <class W>
generator_of<W, int> generate(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    int item = 0;
    for (const node& part : n.parts) {
        loot<W> given = co_await exec(w, part);
        co_await coil::drop(given);
        co_yield ++item;  // the first is 1
    }
}
template <class W>
generator_of<W, int> delegate(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    for (const node& part : n.parts) {
        const bool is_nested = part.what == op::delegate;
        co_yield coil::elements_of(is_nested ? delegate(w, part) : generate(w, part));
    }
}
template <class W>
resource_generator_of<W, int> generate_owning(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    co_await coil::own(resource(w, n.parts[0]));
    for (std::size_t i = 1; i < n.parts.size(); ++i) {
        loot<W> given = co_await exec(w, n.parts[i]);
        co_await coil::drop(given);
        co_yield static_cast<int>(i) + 1;
    }
}

template <class W>
any_ints<W> stream(W& w, const node& n);

template <class W>
any_ints<W> mapped(W& w, const node& n) {
    return any_ints<W>(stream(w, n.parts[0]) |
                       coil::map([&w, &n](int item) -> task_of<W, int> {
                           co_await run_part(w, n.parts[1]);
                           co_return item + 1;
                       }));
}
template <class W>
any_ints<W> filtered(W& w, const node& n) {
    return any_ints<W>(stream(w, n.parts[0]) |
                       coil::filter([&w, &n](int item) -> task_of<W, bool> {
                           co_await run_part(w, n.parts[1]);
                           co_return item % 2 == 1;
                       }));
}
template <class W>
any_ints<W> merged(W& w, const node& n) {
    const auto& p = n.parts;
    if (p[0].what == op::queue && p[1].what == op::queue) {  // they are resumable
        return any_ints<W>(coil::merge(w.queues[p[0].number], w.queues[p[1].number]) |
                           coil::take(queue_items_max));
    }
    auto first = stream(w, p[0]);
    return any_ints<W>(coil::merge(std::move(first), stream(w, p[1])));
}
template <class W>
any_ints<W> stream(W& w, const node& n) {
    const auto limit = static_cast<std::size_t>(n.number);
    switch (n.what) {
        case op::generator: return any_ints<W>(generate(w, n));
        case op::owning: return any_ints<W>(generate_owning(w, n));
        case op::delegate: return any_ints<W>(delegate(w, n));
        case op::queue:
            return any_ints<W>(w.queues[n.number] | coil::take(queue_items_max));
        case op::take: return any_ints<W>(stream(w, n.parts[0]) | coil::take(limit));
        case op::map: return mapped(w, n);
        case op::filter: return filtered(w, n);
        default: return merged(w, n);
    }
}

template <class W>
task_of<W, loot<W>> for_each(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](int item) {
        w.log_item(n, item);
        return run_part(w, n.parts[1]);
    };
    co_await (stream(w, n.parts[0]) | coil::for_each(body));
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> loop(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](any_ints<W>& items) -> task_of<W> {
        while (auto item = co_await items.next()) {
            w.log_item(n, *item);
            co_await run_part(w, n.parts[1]);
        }
    };
    co_await coil::with(stream(w, n.parts[0]), body);
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> for_loop(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    int count = 0;
    COIL_FOR(const int item, stream(w, n.parts[0])) {
        w.log_item(n, item);
        if (++count == n.number) break;
        co_await run_part(w, n.parts[1]);
    }
    co_return loot<W>();
}
template <class W>
task_of<W, loot<W>> collect(W& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto all = co_await (stream(w, n.parts[0]) | coil::collect<std::vector>());
    w.log_item(n, static_cast<int>(all.size()));
    co_return loot<W>();
}

template <class W>
task_of<W, loot<W>> exec(W& w, const node& n) {
    switch (n.what) {
        case op::seq: return seq(w, n);
        case op::outcome: return outcome(w, n);
        case op::shield: return shield(w, n);
        case op::once: return once(w, n);
        case op::timeout: return timeout(w, n);
        case op::with: return with(w, n);
        case op::with_made: return with_made(w, n);
        case op::with_two: return with_two(w, n);
        case op::own: return own(w, n);
        case op::owned: return owned(w, n);
        case op::group: return group(w, n);
        case op::join: return join(w, n);
        case op::join_outcomes: return join_outcomes(w, n);
        case op::race: return race(w, n);
        case op::for_each: return for_each(w, n);
        case op::loop: return loop(w, n);
        case op::for_loop: return for_loop(w, n);
        case op::collect: return collect(w, n);
        default: return leaf(w, n);
    }
}

}  // namespace programs::interpreter
