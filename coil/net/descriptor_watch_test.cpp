// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/net/descriptor_watch.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

using namespace coil;

namespace {

/// A pipe whose ends do not wait.
struct plain_pipe {
    plain_pipe() { REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
    plain_pipe(const plain_pipe&) = delete;
    plain_pipe& operator=(const plain_pipe&) = delete;
    ~plain_pipe() {
        ::close(ends[0]);
        close_writing();
    }
    void close_writing() {
        if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
    }
    void put(const char* text) const {
        const std::string bytes(text);
        REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == std::ssize(bytes));
    }
    /// What is there, up to so much; empty at the end.
    [[nodiscard]] std::optional<std::string> try_read(std::size_t most = 64) const {
        std::string taken(most, '\0');
        const ssize_t count = ::read(ends[0], taken.data(), most);
        if (count < 0) return std::nullopt;
        return taken.substr(0, static_cast<std::size_t>(count));
    }
    std::array<int, 2> ends = {};
};

task<> puts_later(const plain_pipe& to, const char* text) {
    for (int i = 0; i < 3; ++i) co_await yield_now();
    to.put(text);
}

}  // namespace

//! [bytes of a pipe]
task<std::string> read_some(net::descriptor_watch& watch, const plain_pipe& from) {
    for (;;) {
        if (auto bytes = from.try_read()) co_return *bytes;
        co_await watch.wait_readable();
    }
}
//! [bytes of a pipe]

TEST_CASE("descriptor_watch: waits until a pipe can be read, again and again") {
    auto reads = []() -> task<> {
        plain_pipe bytes;
        net::descriptor_watch watch(bytes.ends[0]);
        for (const char* const text : {"ab", "c", "def"}) {
            auto [seen, done] =
                co_await join(read_some(watch, bytes), puts_later(bytes, text));
            CHECK(seen == text);
        }
        bytes.close_writing();
        const std::string end = co_await read_some(watch, bytes);
        CHECK(end.empty());
    };
    run(reads());
}

TEST_CASE("descriptor_watch: what was not read yet can still be read") {
    auto reads = []() -> task<> {
        const plain_pipe bytes;
        net::descriptor_watch watch(bytes.ends[0]);
        co_await join(watch.wait_readable(), puts_later(bytes, "abc"));
        for (const char* const text : {"a", "b", "c"}) {
            co_await watch.wait_readable();
            CHECK(bytes.try_read(1) == text);
        }
    };
    run(reads());
}

TEST_CASE("descriptor_watch: a wait in a race in a loop loses nothing") {
    auto reads = []() -> task<int> {
        const plain_pipe bytes;
        net::descriptor_watch watch(bytes.ends[0]);
        int stopped = 0;
        for (std::string seen; seen != "xxxxx"; seen += bytes.try_read(1).value()) {
            for (;;) {
                auto first = co_await race(watch.wait_readable(), yield_now());
                if (first.index() == 0) break;
                if (++stopped % 3 == 0) bytes.put("x");
            }
        }
        co_return stopped;
    };
    CHECK(run(reads()) >= 5 * 3);
}

TEST_CASE(
    "descriptor_watch: waits until a full pipe takes more, in both ways at once") {
    auto writes = []() -> task<> {
        const plain_pipe bytes;
        const std::string much(4096, 'x');
        net::descriptor_watch to(bytes.ends[1]);
        co_await to.wait_writable();
        while (::write(bytes.ends[1], much.data(), much.size()) > 0) {}
        auto empties = [](const plain_pipe& from) -> task<> {
            co_await yield_now();
            while (from.try_read(4096)) {}
        };
        co_await join(to.wait_writable(), empties(bytes));
        CHECK(::write(bytes.ends[1], much.data(), much.size()) == std::ssize(much));
        const int counter = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        {
            net::descriptor_watch both(counter);
            auto adds = [](int on) -> task<> {
                co_await yield_now();
                CHECK(::eventfd_write(on, 1) == 0);
            };
            co_await join(both.wait_readable(), both.wait_writable(), adds(counter));
        }
        ::close(counter);
    };
    run(writes());
}

TEST_CASE("descriptor_watch: its descriptor may be closed before, and it goes unread") {
    auto closes = []() -> task<> {
        auto bytes = std::make_unique<plain_pipe>();
        net::descriptor_watch watch(bytes->ends[0]);
        const auto first = co_await race(watch.wait_readable(), yield_now());
        CHECK(first.index() == 1);
        bytes.reset();
        co_await watch.wait_readable();  // its end
    };
    run(closes());
}

TEST_CASE("descriptor_watch: what is none is an error") {
    auto fails = []() -> task<> {
        const net::descriptor_watch none(-1);
        co_return;
    };
    CHECK_THROWS_AS(run(fails()), std::system_error);
}

TEST_CASE("descriptor_watch: a plain file does not wait, and is no error") {
    auto reads = []() -> task<> {
        std::FILE* const file = std::tmpfile();
        REQUIRE(file != nullptr);
        net::descriptor_watch watch(::fileno(file));
        std::fclose(file);
        co_await watch.wait_readable();
    };
    run(reads());
}

TEST_CASE("descriptor_watch: on many threads, each reader hears its own") {
    auto reads = []() -> task<> {
        std::array<plain_pipe, 8> pipes;
        co_await with_group([&](auto& group) -> task<> {
            for (const plain_pipe& each : pipes) {
                group.spawn([](const plain_pipe& from) -> task<> {
                    net::descriptor_watch watch(from.ends[0]);
                    const auto seen = co_await read_some(watch, from);
                    CHECK(seen == "x");
                }(each));
            }
            for (int i = 0; i < 20; ++i) co_await yield_now();
            for (const plain_pipe& each : pipes) each.put("x");
        });
    };
    multi_thread_runtime threads({.workers = 2});
    CHECK(threads.run(reads()).has_value());
}
