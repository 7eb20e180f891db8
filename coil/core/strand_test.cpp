// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/spawned.hpp>
#include <coil/core/strand.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>
#include <memory>
#include <vector>

using namespace coil::testing;
using coil::strand;
using coil::task;

namespace {

class no_remote final : public coil::mailbox {
    void notify() noexcept override {}
};

/// An executor by hand: counts turns and strands that are queued.
class by_hand final : public coil::executor {
public:
    by_hand() : executor(remote_) {}
    void schedule(strand& ready) noexcept override {
        ++scheduled;
        queue.push(ready);
    }
    bool run_one_turn() {
        if (queue.is_empty()) return false;
        queue.run_turn();
        return true;
    }
    coil::strand_queue queue;
    int scheduled = 0;

private:
    no_remote remote_;
};

struct noted : coil::piece {
    noted(words& to, std::string what) : piece(table), log(to), text(std::move(what)) {}
    words& log;
    std::string text;
    static std::coroutine_handle<> run(piece& p) noexcept {
        auto& self = static_cast<noted&>(p);
        self.log.push_back(self.text);
        return {};
    }
    static constexpr coil::piece_ops table = {&run, nullptr, "noted"};
};

task<int> three_turns(words& log) {
    for (int i = 0; i < 3; ++i) {
        log.push_back(std::to_string(i));
        co_await coil::yield_now();
    }
    co_return 3;
}
bool has_ended = false;
constexpr coil::strand_ops idle_ops = {{nullptr, nullptr, "idle"},
                                       [](strand&) noexcept {}};
struct whole_strand : coil::strand_of<task<int>, whole_strand> {
    using strand_of::strand_of;
    void ended() noexcept { has_ended = true; }
};

}  // namespace

TEST_CASE("strand: waking never runs, and queues once") {
    words log;
    by_hand executor;
    strand idle(executor, idle_ops);
    noted a(log, "a");
    noted b(log, "b");
    idle.wake(a);
    idle.wake(b);
    CHECK(log.empty());
    CHECK(executor.scheduled == 1);
    CHECK(executor.run_one_turn());
    CHECK(log == words{"a", "b"});
    CHECK_FALSE(executor.run_one_turn());
}

TEST_CASE("strand: runs its work in turns and tells who asked when it has ended") {
    words log;
    by_hand executor;
    has_ended = false;
    whole_strand whole(executor, three_turns(log));
    whole.start();
    int turns = 0;
    while (!has_ended && executor.run_one_turn()) ++turns;
    CHECK(has_ended);
    CHECK(turns == 4);
    CHECK(whole.result().value() == 3);
    CHECK(log == words{"0", "1", "2"});
}

TEST_CASE("strand: what is woken during a turn runs in the next one") {
    words log;
    by_hand executor;
    strand idle(executor, idle_ops);
    struct waker : coil::piece {
        waker(strand& of, noted& to) : piece(table), home(of), woken(to) {}
        strand& home;
        noted& woken;
        static std::coroutine_handle<> run(piece& p) noexcept {
            auto& self = static_cast<waker&>(p);
            self.home.wake(self.woken);
            self.woken.log.emplace_back("waker ends");
            return {};
        }
        static constexpr coil::piece_ops make() { return {&run, nullptr, "waker"}; }
        const coil::piece_ops table = make();
    };
    noted later(log, "woken");
    waker first(idle, later);
    idle.wake(first);
    executor.run_one_turn();
    CHECK(log == words{"waker ends"});
    executor.run_one_turn();
    CHECK(log == words{"waker ends", "woken"});
}

TEST_CASE("strand: a turn has a budget") {
    words log;
    by_hand executor;
    strand busy(executor, idle_ops);
    std::vector<std::unique_ptr<noted>> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back(std::make_unique<noted>(log, std::to_string(i)));
        busy.wake(*many.back());
    }
    executor.run_one_turn();
    CHECK(log.size() > 100);
    CHECK(log.size() < 500);
    while (executor.run_one_turn()) {}
    CHECK(log.size() == 1000);
    CHECK(log.back() == "999");
}

COIL_TEST("strand: current names the strand whose piece runs") {
    strand* const mine = strand::current();
    REQUIRE(mine != nullptr);
    strand* other = nullptr;
    auto look = [&]() -> task<> {
        other = strand::current();
        co_return;
    };
    co_await coil::with_group([&](coil::group& g) { g.spawn(look()); });
    CHECK(other != nullptr);
    CHECK(other != mine);
    CHECK(strand::current() == mine);
}

TEST_CASE("strand: outside of any there is no current one") {
    CHECK(strand::current() == nullptr);
    CHECK_FALSE(coil::is_unwinding());
}

TEST_CASE("strand: an executor may choose which ready piece runs") {
    words orders;
    auto note = [](std::string& order, char name) -> task<> {
        co_await give_way(1);
        order += name;
    };
    auto body = [&note](std::string& order) -> coil::local_task<> {
        co_await coil::with_group([&](coil::group&) -> coil::local_task<> {
            co_await coil::join(note(order, 'a'), note(order, 'b'), note(order, 'c'));
        });
    };
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        std::string order;
        virtual_runtime runtime(seed);
        const auto result = runtime.run(body(order));
        CHECK(result.has_value());
        CHECK(order.size() == 3);
        if (std::find(orders.begin(), orders.end(), order) == orders.end())
            orders.push_back(order);
    }
    CHECK(orders.size() > 2);
}
