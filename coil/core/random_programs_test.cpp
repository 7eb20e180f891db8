// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random trees of combinators, stopped, failing and timed out at random, in a random
// order of pieces. Whatever happens: all of it ends, what needs a drop is dropped once,
// and nothing is left over.
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <random>
#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::local_task;

namespace {

constexpr int program_count = 500;
int total_made = 0;
int total_nodes = 0;

class world {
public:
    explicit world(std::uint64_t seed) : random_(seed) {}

    /// A number below `limit`.
    unsigned draw(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    coil::clock::duration pause() { return std::chrono::milliseconds(draw(8)); }

    int made = 0;
    int dropped = 0;
    int lost = 0;
    int locals = 0;
    int hard_stops = 0;
    int nodes_left = nodes_max;
    static constexpr int nodes_max = 200;

private:
    std::mt19937_64 random_;
};

/// A resource that keeps the books.
class item {
public:
    explicit item(world& of) : of_(&of) { ++of.made; }
    item(item&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    item& operator=(item&&) = delete;
    ~item() {
        if (of_ != nullptr) ++of_->lost;
    }
    local_task<> async_drop() {
        if (of_ == nullptr) co_return;
        world& w = *of_;
        const unsigned how = w.draw(4);
        if (how == 1) co_await coil::yield_now();
        if (how == 2) co_await coil::sleep(w.pause());
        if (how == 3) co_await coil::join(coil::yield_now(), coil::sleep(w.pause()));
        of_ = nullptr;
        ++w.dropped;
    }

private:
    world* of_;
};

struct local {
    explicit local(world& w) : of(w) { ++of.locals; }
    local(const local&) = delete;
    local& operator=(const local&) = delete;
    ~local() { --of.locals; }
    world& of;
};

local_task<> node(world& w, int depth);

local_task<item> make_item(world& w, int depth) {
    co_await node(w, depth);
    co_return item(w);
}
local_task<> own_items(world& w, int depth) {
    const local here(w);
    co_await coil::own(item(w));
    co_await node(w, depth);
    if (w.draw(2) == 0) co_await coil::own(item(w));
    co_await node(w, depth);
}
local_task<> with_parameter(world& w, coil::owned<item>, int depth) {
    const local here(w);
    co_await node(w, depth);
}
local_task<> with_item(world& w, int depth) {
    auto body = [&w, depth](item&) { return node(w, depth); };
    auto maker = [&w, depth] { return make_item(w, depth); };
    if (w.draw(2) == 0) {
        co_await coil::with(item(w), body);
    } else {
        co_await coil::with(maker, body);
    }
}
local_task<> with_children(world& w, int depth) {
    const std::size_t limit = 1 + w.draw(3);
    co_await coil::with_group({.limit = limit},
                              [&w, depth](coil::group& g) -> local_task<> {
                                  const local here(w);
                                  const unsigned children = w.draw(4);
                                  for (unsigned i = 0; i < children; ++i) {
                                      g.spawn(node(w, depth));
                                      if (w.draw(3) == 0) co_await coil::yield_now();
                                  }
                                  if (w.draw(4) == 0) g.request_stop();
                                  co_await node(w, depth);
                              });
}
local_task<> stop_around(world& w, int depth) {
    coil::context& scope = co_await scope_here();
    co_await node(w, depth);
    const bool is_hard = w.draw(20) == 0;
    w.hard_stops += is_hard ? 1 : 0;
    scope.request_stop(coil::stop_reason::requested,
                       is_hard ? coil::stop_level::hard : coil::stop_level::soft);
    co_await node(w, depth);
}

local_task<> combined(world& w, int depth) {
    switch (w.draw(8)) {
        case 0: co_await coil::join(node(w, depth), node(w, depth)); break;
        case 1: {
            auto values = co_await coil::join(make_item(w, depth),
                                              coil::sleep(w.pause()), node(w, depth));
            co_await coil::drop(values);
            break;
        }
        case 2: co_await coil::race(node(w, depth), node(w, depth)); break;
        case 3: {
            auto won = co_await coil::race(make_item(w, depth), make_item(w, depth));
            co_await coil::drop(*won);
            break;
        }
        case 4: {
            auto value = co_await coil::with_timeout(w.pause(), make_item(w, depth));
            co_await coil::drop(value);
            break;
        }
        case 5: (void)co_await coil::as_outcome(node(w, depth)); break;
        case 6: co_await coil::shield(node(w, depth)); break;
        default: co_await coil::call_once([&w, depth] { return node(w, depth); });
    }
}

local_task<> end_somehow(world& w) {
    switch (w.draw(16)) {
        case 0: co_await coil::stop_here(); break;
#if COIL_EXCEPTIONS
        case 1: throw std::runtime_error("at random");
#endif
        case 2: co_await coil::yield_now(); break;
        case 3: co_return;
        default: co_await coil::sleep(w.pause());
    }
}

local_task<> node(world& w, int depth) {
    const local here(w);
    if (depth == 0 || --w.nodes_left < 0) {
        co_await end_somehow(w);
        co_return;
    }
    switch (w.draw(16)) {
        case 0: co_await end_somehow(w); break;
        case 1: co_await with_item(w, depth - 1); break;
        case 2: co_await own_items(w, depth - 1); break;
        case 3: co_await with_parameter(w, item(w), depth - 1); break;
        case 4: co_await with_children(w, depth - 1); break;
        case 5: co_await stop_around(w, depth - 1); break;
        default: co_await combined(w, depth - 1);
    }
}

/// Ends what the random program asks for, and stops it at a random time.
local_task<> whole(world& w) {
    co_await coil::race(coil::as_outcome(node(w, 7)),
                        coil::sleep(w.pause() * (w.draw(2) == 0 ? 5 : 100)));
}

void run_program(virtual_runtime& runtime, std::uint64_t seed) {
    CAPTURE(seed);
    world w(seed);
    const std::size_t before = coil::count_frames().alive;
    const auto ended = runtime.run(whole(w));
    CHECK(ended.has_value());
    CHECK(runtime.deadlock().empty());
    CHECK(w.locals == 0);
    total_made += w.made;
    total_nodes += world::nodes_max - w.nodes_left;
    CHECK(w.dropped + w.lost == w.made);
    if (w.hard_stops == 0) CHECK(w.lost == 0);  // a hard stop may end a drop
    CHECK(coil::count_frames().alive == before);
}

}  // namespace

TEST_CASE("random programs: in order, everything ends and is dropped once") {
    for (std::uint64_t seed = 1; seed <= program_count; ++seed) {
        virtual_runtime runtime;
        run_program(runtime, seed);
    }
}

TEST_CASE("random programs: in a random order, everything ends and is dropped once") {
    for (std::uint64_t seed = 1; seed <= program_count; ++seed) {
        virtual_runtime runtime(seed);
        run_program(runtime, seed);
    }
}

TEST_CASE("random programs: they do something") {
    CHECK(total_made > 5 * program_count);
    CHECK(total_nodes > 10 * program_count);
}
