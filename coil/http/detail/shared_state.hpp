// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/http/detail/idle_wait.hpp>
#include <coil/http/detail/working_memory.hpp>
#include <coil/http/server_stats.hpp>
#include <coil/net/endpoint.hpp>
#include <coil/time/timer.hpp>

#include <map>
#include <string>

namespace coil::http::detail {

/// The Date field's text, made once a second. On one thread a timer tells when it is no
/// longer true, so that nobody has to look at the clock.
class date_cache : private timer {
public:
    date_cache();
    [[nodiscard]] const std::string& text();

private:
    std::chrono::system_clock::time_point start_;  // when `begun_` was
    instant begun_;
    instant no_more_at_;
    std::string text_;
};

/// What the connections of a server share, which may be on several threads.
///
/// Threads: those of the server's runtime.
class shared_state {
public:
    using address_key = net::endpoint::address_bytes;
    using place = std::map<address_key, std::size_t>::iterator;
    using memory = memory_store::memory;

    explicit shared_state(const limits& of) : limits_(of) {}

    /// Before others see it, on a runtime of many threads; after that it does nothing.
    void share() noexcept {
        if (!lock_.has_threads()) lock_.expect_threads(true);
    }

    [[nodiscard]] server_stats stats() const noexcept {
        const guard held(lock_);
        return stats_;
    }
    void count(std::uint64_t server_stats::* what) noexcept {
        const guard held(lock_);
        ++(stats_.*what);
    }

    /// One more connection, if the limits allow it; `is_exempt` from that for
    /// addresses.
    [[nodiscard]] std::optional<place> try_open(const address_key& from,
                                                bool is_exempt);
    /// Returns: whether it was the last one, and no more will come.
    [[nodiscard]] bool close(place closed) noexcept;
    /// No more connections will be opened. Returns: whether none is open.
    [[nodiscard]] bool close_all() noexcept;

    /// One more request in its handler; false if there are too many.
    [[nodiscard]] bool try_begin() noexcept;
    void end() noexcept {
        const guard held(lock_);
        --stats_.in_flight;
    }

    [[nodiscard]] memory take_memory();
    void give_back(memory used) noexcept;

    /// Writes the Date field's text, for as long as `into` lives.
    [[nodiscard]] std::string_view date(date_text& into);

    [[nodiscard]] idle_list& idle() noexcept { return idle_; }

private:
    using guard = holding<optional_lock>;

    const limits& limits_;
    mutable optional_lock lock_;  // guards the rest
    server_stats stats_;
    bool is_closing_ = false;
    std::map<address_key, std::size_t> per_address_;
    memory_store spare_;
    date_cache date_;
    idle_list idle_{lock_};
};

}  // namespace coil::http::detail
