// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The network over a driver that works as io_uring does: it borrows buffers, completes
// by itself, and answers a stop later. Nothing in coil/net knows.
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>
#include <coil/runtime/run.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <doctest/doctest.h>
#include <tests/net/connected.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

namespace {

/// Lends each waiting operation to "the system", which is an epoll driver, and hears of
/// its end in `wait` only.
class completion_driver final : public io_driver {
public:
    struct counts {
        int lent = 0;
        int stopped_later = 0;
        int kept = 0;
    };
    explicit completion_driver(counts& seen) noexcept : seen_(seen) {}

    [[nodiscard]] const char* name() const noexcept override { return "completions"; }
    [[nodiscard]] instant now() noexcept override { return system_.now(); }
    void wake() noexcept override { system_.wake(); }
    [[nodiscard]] io_source& open(int descriptor) override {
        return system_.open(descriptor);
    }
    void close(io_source& source) noexcept override {
        const auto unseen = kept_.extract(&source);
        if (unseen && unseen.mapped().of == io_operation::kind::accept) {
            ::close(static_cast<int>(unseen.mapped().result));
        }
        system_.close(source);
    }
    [[nodiscard]] bool is_awaited(const io_source& source) const noexcept override {
        for (const auto& [asked, entry] : lent_) {
            if (asked->source == &source) return true;
        }
        return false;
    }

    // Never tries by itself: hands over what has come, or what was kept.
    [[nodiscard]] bool try_now(io_operation& asked) noexcept override {
        if (const auto found = lent_.find(&asked); found != lent_.end()) {
            if (!found->second->is_done) return false;
            asked.result = found->second->result;
            lent_.erase(found);
            return true;
        }
        const auto unseen = kept_.find(asked.source);
        if (unseen == kept_.end() || unseen->second.of != asked.asked) return false;
        auto& bytes = unseen->second.bytes;
        asked.result = unseen->second.result;
        if (asked.asked == io_operation::kind::read) {
            const std::size_t count = std::min(asked.size, bytes.size());
            std::copy_n(bytes.begin(), count, static_cast<std::byte*>(asked.bytes));
            asked.result = static_cast<std::int64_t>(count);
            bytes.erase(bytes.begin(), bytes.begin() + asked.result);
            if (!bytes.empty()) return true;
        }
        kept_.erase(unseen);
        return true;
    }
    [[nodiscard]] bool start(io_operation& asked) noexcept override {
        ++seen_.lent;
        auto& entry = lent_[&asked];
        entry = std::make_unique<lent>(asked);
        entry->is_tried = true;
        return true;
    }
    [[nodiscard]] stop_answer stop(io_operation& asked) noexcept override {
        auto& entry = *lent_.at(&asked);
        if (!entry.is_done) {
            entry.is_stopping = true;
            ++seen_.stopped_later;
            return stop_answer::later;
        }
        keep(asked, entry.result);
        lent_.erase(&asked);
        return stop_answer::ended;
    }

    bool wait(instant deadline) noexcept override {
        const bool is_woken = system_.wait(has_news() ? instant::min() : deadline);
        std::vector<io_operation*> ended;
        for (auto& [asked, entry] : lent_) {
            if (entry->is_done || !entry->is_tried) continue;
            entry->is_tried = false;
            if (system_.try_now(*entry)) {
                entry->is_done = true;
                ended.push_back(asked);
            } else if (entry->is_stopping) {
                ended.push_back(asked);
            } else {
                entry->is_tried = !system_.start(*entry);
            }
        }
        for (io_operation* asked : ended) end(*asked);
        return is_woken;
    }

private:
    /// What the system sees of a lent operation.
    struct lent final : io_operation {
        explicit lent(const io_operation& real) noexcept
            : io_operation(real.asked, real.source, real.bytes, real.size) {}
        void ready(bool) noexcept override { is_tried = true; }
        void finished() noexcept override { is_tried = true; }
        void stopped() noexcept override {}
        bool is_tried = false;  // to be tried in the next wait
        bool is_done = false;
        bool is_stopping = false;
    };
    struct kept {
        io_operation::kind of;
        std::int64_t result;
        std::vector<std::byte> bytes;
    };

    [[nodiscard]] bool has_news() noexcept {
        bool found = false;
        for (auto& [asked, entry] : lent_) {
            if (entry->is_stopping && !entry->is_tried) {
                if (system_.stop(*entry) == stop_answer::ended) entry->is_tried = true;
            }
            found = found || (entry->is_tried && !entry->is_done);
        }
        return found;
    }
    void end(io_operation& asked) noexcept {
        auto& entry = *lent_.at(&asked);
        if (!entry.is_stopping) {
            asked.ready(true);
            return;
        }
        const bool is_sent =
            entry.is_done && (asked.asked == io_operation::kind::write ||
                              asked.asked == io_operation::kind::write_vectored);
        if (is_sent) asked.result = entry.result;
        if (entry.is_done && !is_sent) keep(asked, entry.result);
        lent_.erase(&asked);
        if (is_sent) {
            asked.finished();  // it cannot be kept: completion beats stop
        } else {
            asked.stopped();
        }
    }
    void keep(const io_operation& asked, std::int64_t result) {
        ++seen_.kept;
        kept& place = kept_[asked.source];
        place = {asked.asked, result, {}};
        if (asked.asked == io_operation::kind::read && result > 0) {
            const auto* first = static_cast<const std::byte*>(asked.bytes);
            place.bytes.assign(first, first + result);
        }
    }

    epoll_driver system_;
    std::map<io_operation*, std::unique_ptr<lent>> lent_;
    std::map<const io_source*, kept> kept_;
    counts& seen_;
};

/// Runs the work over such a driver; gives what the driver saw.
template <class A>
completion_driver::counts run_with_completions(A&& work) {
    completion_driver::counts seen;
    current_thread_runtime runtime(std::make_unique<completion_driver>(seen));
    runtime.run(std::forward<A>(work)).take();
    return seen;
}

task<> echo(net::tcp_stream peer) {
    std::array<std::byte, 64> buffer;
    while (auto n = co_await peer.read(buffer))
        co_await write_all(peer, std::span(buffer).first(n));
}

}  // namespace

TEST_CASE("net: an echo server works over completions") {
    auto client = [](net::endpoint server) -> task<> {
        auto connection = co_await net::connect(server);
        std::array<std::byte, 100> answer;
        co_await write_all(connection, std::string(100, 'x'));
        CHECK(co_await read_exactly(connection, answer));
    };
    auto whole = [&]() -> task<> {
        auto listener = co_await net::listen({});
        auto serves = [&]() -> task<> {
            co_await with_group([&](auto& group) -> task<> {
                while (auto peer = co_await listener.next())
                    group.spawn(echo(std::move(*peer)));
            });
        };
        auto asks = [&]() -> task<> {
            for (int i = 0; i < 20; ++i) co_await client(listener.local_endpoint());
            listener.close();
        };
        co_await join(serves(), asks());
    };
    CHECK(run_with_completions(whole()).lent > 60);
}

TEST_CASE("net: reads that are stopped later lose no byte") {
    static constexpr std::size_t total = 2000;
    auto writes = [](net::tcp_stream& to) -> task<> {
        for (std::size_t i = 0; i < total; ++i) {
            const auto next = std::byte(i % 256);
            co_await write_all(to, std::span(&next, 1));
            if (i % 3 == 0) co_await yield_now();
        }
        to.shutdown();
    };
    auto reads = [](net::tcp_stream& from) -> task<> {
        std::size_t seen = 0;
        for (;;) {
            std::array<std::byte, 4> piece = {};
            auto winner = co_await race(from.read(piece), yield_now());
            if (winner.index() == 1) continue;
            const std::size_t n = winner.get<0>();
            if (n == 0) break;
            for (std::size_t i = 0; i < n; ++i) {
                REQUIRE(piece[i] == std::byte(seen++ % 256));
            }
        }
        CHECK(seen == total);
    };
    auto races = [&]() -> task<> {
        auto [here, there] = co_await net::connect_both();
        co_await join(writes(here), reads(there));
    };
    const auto seen = run_with_completions(races());
    CHECK(seen.stopped_later > 0);
    CHECK(seen.kept > 0);
}

TEST_CASE("net: accepts that are stopped later lose no connection") {
    static constexpr int total = 50;
    auto takes = [](net::tcp_listener& from) -> task<> {
        for (int taken = 0; taken < total;) {
            auto winner = co_await race(from.next(), yield_now());
            if (winner.index() == 0) ++taken;
        }
    };
    auto races = [&]() -> task<> {
        auto listener = co_await net::listen({});
        auto connects = [&]() -> task<> {
            for (int i = 0; i < total; ++i)
                co_await net::connect(listener.local_endpoint());
        };
        co_await join(takes(listener), connects());
    };
    CHECK(run_with_completions(races()).stopped_later > 0);
}

TEST_CASE("net: a read is awaited to its end when its frame is stopped") {
    auto limits = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        auto reads = [](net::tcp_stream& from) -> task<std::size_t> {
            std::array<std::byte, 16> in_the_frame;
            co_return co_await from.read(in_the_frame);
        };
        CHECK_FALSE(co_await with_timeout(1ms, reads(there)));
        co_await write_all(here, "x");
        CHECK(co_await reads(there) == 1);
    };
    CHECK(run_with_completions(limits()).stopped_later == 1);
}
