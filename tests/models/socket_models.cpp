// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sockets that many threads share, over a system in small.
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/detail/readiness.hpp>
#include <coil/sync/event.hpp>

#include "strands.hpp"

namespace coil::models {

namespace {

/// As epoll: bytes come to one socket, and an edge is there for who waits for it, when
/// they come or when the socket is registered. Its calls happen at once, one after the
/// other, and pass nothing on between threads.
class small_system {
public:
    void arrive() {
        happen();
        ++bytes_;
        has_edge_ = is_registered_;
    }
    void hang_up() {
        happen();
        has_ended_ = true;
        has_edge_ = is_registered_;
    }
    std::int64_t receive(std::size_t most) {
        happen();
        if (bytes_ == 0) return has_ended_ ? 0 : -EAGAIN;
        const auto count = std::min(most, bytes_);
        bytes_ -= count;
        return static_cast<std::int64_t>(count);
    }
    void enter() {
        happen();
        is_registered_ = true;
        has_edge_ = true;  // it could be written
    }
    void leave() {
        happen();
        is_registered_ = has_edge_ = false;
    }
    [[nodiscard]] bool has_edge() const { return has_edge_; }
    /// Requires: `has_edge()`.
    detail::edge take_edge() {
        using to = detail::directions;
        has_edge_ = false;
        detail::edge news;
        news.ready = to::writing;
        if (bytes_ != 0 || has_ended_) news.ready |= to::reading;
        if (has_ended_) {
            news.ready |= to::closing;
            news.last = to::reading;
        }
        return news;
    }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    // relaxed: it gives no order, only a place to lose the turn at.
    void happen() { calls_.fetch_add(1, memory_order_relaxed); }

    atomic<int> calls_{0};
    std::size_t bytes_ = 0;
    bool is_registered_ = false;
    bool has_edge_ = false;
    bool has_ended_ = false;
};

/// A driver as the one of epoll is, of one socket.
class small_driver final : public io_driver {
public:
    ~small_driver() override { buried_.free_all(); }

    [[nodiscard]] const char* name() const noexcept override { return "small"; }
    [[nodiscard]] instant now() noexcept override { return {}; }
    bool wait(instant) noexcept override { return false; }
    void wake() noexcept override {}

    [[nodiscard]] io_source& open(int descriptor) override {
        return *(socket_ = new socket(descriptor));
    }
    void close(io_source& source) noexcept override {
        auto& closed = static_cast<socket&>(source);
        if (!closed.was_registered()) return delete &closed;
        system.leave();
        buried_.add(closed);
    }
    [[nodiscard]] bool is_awaited(const io_source& source) const noexcept override {
        return static_cast<const socket&>(source).is_awaited();
    }
    [[nodiscard]] bool try_now(io_operation& asked) noexcept override {
        return of(asked).try_now(asked, [&]() -> std::int64_t {
            if (asked.asked == io_operation::kind::wait_closed) return 0;
            if (asked.asked == io_operation::kind::write) return 1;
            return system.receive(asked.size);
        });
    }
    [[nodiscard]] bool start(io_operation& asked) noexcept override {
        return of(asked).start(asked, [&] {
            system.enter();
            return 0;
        });
    }
    [[nodiscard]] stop_answer stop(io_operation& asked) noexcept override {
        return of(asked).stop(asked);
    }

    /// What the thread that is told does, until `is_over()`.
    template <class Over>
    void tell_until(const Over& is_over) {
        for (;;) {
            buried_.free_all();
            wait_until([&] { return system.has_edge() || is_over(); });
            if (!system.has_edge()) return;
            socket& told = *socket_;  // as it is told: it may be closed meanwhile
            told.told(system.take_edge());
        }
    }

    small_system system;

private:
    struct socket final : io_source, detail::readiness<flavour::movable> {
        explicit socket(int descriptor) noexcept : io_source(descriptor) {}
        socket* next_buried = nullptr;
    };
    static socket& of(io_operation& asked) noexcept {
        return *static_cast<socket*>(asked.source);
    }
    detail::burial_ground<socket> buried_;
    socket* socket_ = nullptr;
};

struct network {
    small_driver driver;
    io_handle handle{driver, 3};
    crew all{3};
    event enough;
    std::int64_t received = 0;
    int ended = 0;
    bool is_closed_by_peer = false;

    void tell() {
        driver.tell_until([this] { return all.have_ended(); });
    }
    program working(std::function<void()> after) {
        program p = all.working(std::move(after));
        p.threads.resize(1);
        p.threads.emplace_back([this] { tell(); });
        return p;
    }
    void expect_none_lost(std::size_t sent) {
        expect(static_cast<std::size_t>(received) + driver.system.bytes() == sent,
               "each byte was received once, or is still there");
    }
};

class small_operation : public io_leaf<small_operation> {
public:
    static constexpr const char* what = "read";
    small_operation(kind asked_for, network& d, std::size_t most = 1)
        : io_leaf(asked_for, d.handle, nullptr, most) {}
    [[nodiscard]] std::int64_t await_resume() const { return result; }
};
small_operation read(network& d, std::size_t most = 1) {
    return {io_operation::kind::read, d, most};
}

task<> read_all(network& d, std::int64_t count, std::size_t at_once) {
    while (d.received < count) d.received += co_await read(d, at_once);
    ++d.ended;
}

model socket_model(const char* name, std::vector<const char*> finds,
                   task<> (*reads)(network&), void (*after)(network&),
                   void (*beside)(network&), int switches) {
    return strands_model<network>(
        name, std::move(finds),
        [=](network& d) {
            d.all.start(0, reads(d));
            program p = d.working([&d, after] {
                after(d);
                d.handle.close();
            });
            p.threads.emplace_back([&d, beside] { beside(d); });
            return p;
        },
        switches);
}

void two_arrive(network& d) {
    d.driver.system.arrive();
    d.driver.system.arrive();
}

model wait_and_edge() {
    return socket_model(
        "a wait for bytes meets the edge that tells of them", {"rests_over_messages"},
        [](network& d) { return read_all(d, 1, 1); },
        [](network& d) { expect(d.ended == 1, "it read"); },
        [](network& d) { d.driver.system.arrive(); }, 3);
}

model edge_in_between() {
    return socket_model(
        "an edge comes between a failed read and its wait",
        {"edges_pass_unseen", "edges_uncounted"},
        [](network& d) { return read_all(d, 2, 1); },
        [](network& d) { expect(d.ended == 1, "it read both"); }, &two_arrive, 3);
}

model edge_and_short_read() {
    return socket_model(
        "an edge comes while a read takes less than it could", {"edges_uncounted"},
        [](network& d) { return read_all(d, 2, 4); },
        [](network& d) { expect(d.ended == 1, "it read both"); }, &two_arrive, 3);
}

task<> read_or_not(network& d) {
    const auto ended = co_await as_outcome(read_all(d, 1, 1));
    // A message that comes late is delivered meanwhile, and wakes what has ended.
    for (int i = 0; i < 3; ++i) co_await shield(yield_now());
    expect(ended.is_stopped() == (d.received == 0), "it ended in one way");
}

model edge_and_stop() {
    return strands_model<network>(
        "a wait is stopped while its edge comes", {"coming_ones_withdraw"},
        [](network& d) {
            d.all.start(0, read_or_not(d));
            program p = d.working([&d] {
                d.expect_none_lost(1);
                d.handle.close();
            });
            p.threads[1] = [&d] {
                d.driver.system.arrive();
                d.tell();
            };
            p.threads.emplace_back([&d] { d.all.stop(0); });
            return p;
        },
        2);
}

task<> read_or_enough(network& d) {
    auto first = co_await race(read(d), d.enough.wait());
    if (first.index() == 0) d.received += first.get<0>();
    while (d.received < 2) d.received += co_await read(d);
    ++d.ended;
}

model read_in_race() {
    return socket_model(
        "a read that loses a race loses no byte", {"coming_ones_withdraw"},
        &read_or_enough, [](network& d) { d.expect_none_lost(2); },
        [](network& d) {
            d.driver.system.arrive();
            d.enough.set();
            d.driver.system.arrive();
        },
        2);
}

task<> read_and_close(network& d) {
    d.received += co_await read(d);
    d.handle.close();
}

model edge_and_close() {
    return socket_model(
        "a socket is closed while its edge is looked at", {"closed_ones_are_freed"},
        &read_and_close,
        [](network& d) { expect(d.received == 1, "it read the first"); }, &two_arrive,
        3);
}

task<> close_by_race(network& d) {
    (void)co_await race(read(d), d.enough.wait());
    d.handle.close();
}

model close_without_read() {
    return socket_model(
        "a socket is closed after a wait that has ended early",
        {"closed_ones_are_freed"}, &close_by_race,
        [](network& d) { expect(!d.handle.is_open(), "it is closed"); },
        [](network& d) {
            d.enough.set();
            d.driver.system.arrive();
        },
        2);
}

task<> wait_closed(network& d) {
    (void)co_await small_operation(io_operation::kind::wait_closed, d);
    d.is_closed_by_peer = true;
}

/// Two strands, on two threads, wait for one socket.
model two_wait() {
    return strands_model<network>(
        "one strand reads, another waits for the peer's end", {"edges_pass_unseen"},
        [](network& d) {
            d.all.start(0, read_all(d, 1, 1));
            d.all.start(2, wait_closed(d));
            program p = d.all.working([&d] {
                expect(d.ended == 1 && d.is_closed_by_peer, "both were told");
                d.handle.close();
            });
            p.threads[1] = [&d] {
                d.driver.system.arrive();
                d.driver.system.hang_up();
                d.tell();
            };
            return p;
        },
        2);
}

}  // namespace

std::vector<model> socket_models() {
    return {wait_and_edge(), edge_in_between(),   edge_and_short_read(),
            edge_and_stop(), read_in_race(),      edge_and_close(),
            two_wait(),      close_without_read()};
}

}  // namespace coil::models
