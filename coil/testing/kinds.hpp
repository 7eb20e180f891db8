// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/closure.hpp>
#include <coil/core/discard.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/task_local.hpp>
#include <coil/core/with.hpp>
#include <coil/drop/async_vector.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/parallel/join_map.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/parallel/parallel.hpp>
#include <coil/parallel/started.hpp>
#include <coil/runtime/assume_here.hpp>
#include <coil/sync/barrier.hpp>
#include <coil/sync/broadcast.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/notify.hpp>
#include <coil/sync/once_cell.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/sync/remote_event.hpp>
#include <coil/sync/stop_source.hpp>
#include <coil/sync/unbounded_channel.hpp>
#include <coil/sync/watch.hpp>
#include <coil/testing/probes.hpp>
#include <coil/time/delay_queue.hpp>
#include <coil/time/interval.hpp>
#include <coil/time/rate_limiter.hpp>
#include <coil/time/timeout.hpp>

#include <deque>
#include <utility>
#include <vector>

namespace coil::testing {

/// What the awaitables in the list below wait for; made anew for each.
struct stage {
    explicit stage(executor& runtime) : from_afar(runtime) {}

    event quiet;
    event happened;
    channel<int, 1> empty;
    channel<int, 1> filled;
    barrier two{2};
    notify told;
    oneshot<int> reply;
    unbounded_channel<int> unbounded;
    broadcast<int, 2> news;
    broadcast<int, 2>::receiver listener = news.subscribe();
    once_cell<int> made_once;
    stop_source from_outside;
    rate_limiter daily{{.per = std::chrono::hours(24)}};
    interval ticks{std::chrono::hours(24)};
    delay_queue<int> later;
    rate_limiter often{{.per = std::chrono::milliseconds(1)}};
    watch<int> number;
    watch<int>::receiver latest = number.subscribe();
    remote_event from_afar;
    bool is_filled = filled.try_send(0);
    std::vector<int> items;
    words log;
    std::deque<resource> held;
};

inline constexpr task_local<int> depth;

/// Uses a resource until `work` has ended.
template <class Work>
auto with_resource(stage& on, Work work) {
    return with([&on] { return resource(on.log, "r"); },
                [work](resource&) { return work(); });
}

inline task<> own_and_wait(stage& on) {
    co_await own(resource(on.log, "r"));
    co_await never();
}
inline task<> own_and_yield(stage& on) {
    co_await own(resource(on.log, "r"));
    co_await yield_now();
}
inline task<> keep_and_clear(stage& on) {
    auto& all = co_await own(async_vector<resource>());
    all.emplace_back(on.log, "r");
    co_await all.clear();
}

/// One kind of awaitable, its type erased, so that tests over all of them compile soon.
struct kind {
    std::string name;
    local_task<> (*await)(stage&);      ///< Awaits one, in a coroutine.
    void (*make_and_forget)(stage&);    ///< Makes one, moves it, and lets it go.
    local_task<> (*combine)(stage&);    ///< Awaits one in join, with_timeout, a group.
    local_task<> (*lose_race)(stage&);  ///< One more branch of a race.
};

/// A list of kinds in the making; `make` is a lambda without captures.
class kinds : public std::vector<kind> {
public:
    template <class Make>
    void operator()(const char* name, Make) {
        push_back({name, [](stage& s) -> local_task<> { (void)co_await Make()(s); },
                   [](stage& s) {
                       auto idle = Make()(s);
                       [[maybe_unused]] auto moved = std::move(idle);
                   },
                   [](stage& s) -> local_task<> {
                       auto body = [&s](group& g) { g.spawn(Make()(s)); };
                       auto nested = join(Make()(s), with_group(body));
                       (void)co_await with_timeout(clock::duration::max(),
                                                   std::move(nested));
                   },
                   [](stage& s) -> local_task<> {
                       co_await race(never(), Make()(s), yield_now());
                   }});
    }
};

}  // namespace coil::testing
