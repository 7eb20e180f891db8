// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// I/O stopped at 10,000 random points, on each driver. Every buffer lies in memory that
// is spoiled and freed when its frame ends. Bytes that the system took from it too late
// are wrong at the other end; bytes that it put there too late show in the spoil.
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/io_choice.hpp>
#include <coil/runtime/run.hpp>
#include <coil/testing/denied_uring.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <span>
#include <vector>

using namespace coil;

namespace {

// ThreadSanitizer has nothing to say of what the system does with memory.
constexpr std::size_t stops_wanted = COIL_THREAD_SANITIZED ? 1'000 : 10'000;
constexpr std::size_t pairs = 4;
constexpr std::size_t write_most = 150'000;
constexpr std::size_t quiet_most = 64;
constexpr std::size_t read_most = 16'000;
constexpr auto spoiled = std::byte(0xdd);

/// The bytes that every stream carries, from any position on.
class pattern {
public:
    pattern() {
        for (std::size_t i = 0; i < bytes_.size(); ++i) {
            bytes_[i] = std::byte(i * 7 % period);
        }
    }
    [[nodiscard]] std::span<const std::byte> at(std::size_t position,
                                                std::size_t size) const {
        return std::span(bytes_).subspan(position % period, size);
    }

private:
    static constexpr std::size_t period = 211;  // nowhere in it is 0xdd
    std::vector<std::byte> bytes_ = std::vector<std::byte>(period + write_most);
};

/// Where spoiled buffers lie for a while, to see whether anybody still writes there.
class graveyard {
public:
    ~graveyard() {
        for (const auto& buffer : buried_) check(buffer);
    }
    void bury(std::vector<std::byte> buffer) {
        std::ranges::fill(buffer, spoiled);
        buried_.push_back(std::move(buffer));
        if (buried_.size() <= most) return;
        check(buried_.front());
        buried_.pop_front();
    }

private:
    static void check(const std::vector<std::byte>& buffer) {
        const auto is_spoiled = [](std::byte each) { return each == spoiled; };
        if (!std::ranges::all_of(buffer, is_spoiled)) FAIL_CHECK("written to too late");
    }
    static constexpr std::size_t most = 64;
    std::deque<std::vector<std::byte>> buried_;
};

struct counts {
    std::size_t reads = 0;
    std::size_t writes = 0;
    std::size_t waits = 0;
    std::size_t accepts = 0;
    std::size_t connects = 0;
    [[nodiscard]] std::size_t all() const {
        return reads + writes + waits + accepts + connects;
    }
};

class storm {
public:
    explicit storm(unsigned seed) : random_(seed) {}

    task<> run() {
        auto listener = co_await net::listen({});
        co_await with_group([&](auto& group) -> task<> {
            for (std::size_t i = 0; i < pairs; ++i) {
                auto [here, there] = co_await join(
                    net::connect(listener.local_endpoint()), listener.next());
                // Half of them are busy, so that writes wait, and half are quiet.
                const std::size_t most = i % 2 == 0 ? write_most : quiet_most;
                group.spawn(carries(std::move(here), std::move(*there), most));
            }
            group.spawn(connects(listener.local_endpoint()));
            group.spawn(accepts(listener));
        });
    }
    [[nodiscard]] const counts& stopped() const { return stopped_; }

private:
    [[nodiscard]] std::size_t up_to(std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(1, most)(random_);
    }
    [[nodiscard]] bool is_over() const { return stopped_.all() >= stops_wanted; }

    task<> loses_patience() {
        const std::size_t patience = up_to(10);
        if (patience == 10) {
            co_await coil::sleep(std::chrono::microseconds(up_to(200)));
        } else {
            for (std::size_t i = 1; i < patience; ++i) co_await yield_now();
        }
    }

    task<> carries(net::tcp_stream here, net::tcp_stream there,
                   std::size_t write_size_most) {
        std::size_t sent = 0;
        std::size_t received = 0;
        co_await join(writes(here, sent, write_size_most), reads(there, received));
        CHECK(received == sent);
    }

    task<> writes(net::tcp_stream& to, std::size_t& sent, std::size_t most) {
        while (!is_over()) {
            const std::size_t before = sent;
            co_await race(write_once(to, sent, up_to(most)), loses_patience());
            if (sent == before) ++stopped_.writes;
            if (most == quiet_most) co_await loses_patience();
        }
        to.shutdown();
    }
    task<> write_once(net::tcp_stream& to, std::size_t& sent, std::size_t size) {
        const auto what = bytes_.at(sent, size);
        auto grave = [&](std::vector<std::byte>* of) {
            std::ranges::fill(*of, spoiled);
            delete of;
        };
        const std::unique_ptr<std::vector<std::byte>, decltype(grave)> lent(
            new std::vector<std::byte>(what.begin(), what.end()), grave);
        const std::size_t count = co_await to.write(*lent);
        sent += count;
    }

    task<> reads(net::tcp_stream& from, std::size_t& received) {
        bool has_ended = false;
        while (!has_ended) {
            const std::size_t before = received;
            if (up_to(10) == 1) {
                auto winner = co_await race(from.wait_readable(), loses_patience());
                if (winner.index() == 1) ++stopped_.waits;
            } else if (up_to(10) == 1) {
                auto winner = co_await race(from.wait_closed(), loses_patience());
                if (winner.index() == 1) ++stopped_.waits;
            } else {
                co_await race(read_once(from, received, has_ended), loses_patience());
                if (received == before && !has_ended) ++stopped_.reads;
            }
        }
    }
    task<> read_once(net::tcp_stream& from, std::size_t& received, bool& has_ended) {
        auto grave = [&](std::vector<std::byte>* of) {
            graves_.bury(std::move(*of));
            delete of;
        };
        const std::unique_ptr<std::vector<std::byte>, decltype(grave)> lent(
            new std::vector<std::byte>(up_to(read_most)), grave);
        const std::size_t count = co_await from.read(*lent);
        has_ended = count == 0;
        const auto expected = bytes_.at(received, count);
        REQUIRE(std::memcmp(lent->data(), expected.data(), count) == 0);
        received += count;
    }

    task<> connects(net::endpoint to) {
        while (!is_over()) {
            auto winner = co_await race(net::connect(to), loses_patience());
            if (winner.index() == 1) ++stopped_.connects;
            for (int i = 0; i < 3; ++i) co_await loses_patience();
        }
    }
    task<> accepts(net::tcp_listener& from) {
        while (!is_over()) {
            auto winner = co_await race(from.next(), loses_patience());
            if (winner.index() == 1) ++stopped_.accepts;
        }
    }

    std::mt19937 random_;
    pattern bytes_;
    graveyard graves_;
    counts stopped_;
};

void storms_on(io_choice driver, unsigned seed) {
    CAPTURE(seed);
    current_thread_runtime runtime(make_io_driver(driver));
    storm all(seed);
    runtime.run(all.run()).take();
    const counts& stopped = all.stopped();
    MESSAGE("seed ", seed, " stopped ", stopped.reads, " reads, ", stopped.writes,
            " writes, ", stopped.waits, " waits, ", stopped.accepts, " accepts, ",
            stopped.connects, " connects");
    CHECK(stopped.all() >= stops_wanted);
    for (const std::size_t of_a_kind : {stopped.reads, stopped.writes, stopped.waits,
                                        stopped.accepts, stopped.connects}) {
        CHECK(of_a_kind > 0);
    }
}

}  // namespace

TEST_CASE(
    "net: I/O that is stopped at 10,000 points on epoll loses and spoils nothing") {
    storms_on(io_choice::epoll, 1);
}

TEST_CASE(
    "net: I/O that is stopped at 10,000 points on io_uring loses and spoils "
    "nothing") {
    if (!testing::is_uring_allowed()) return;
    storms_on(io_choice::uring, 1);
    storms_on(io_choice::uring, 2);
}
