// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/as_outcome.hpp>
#include <coil/parallel/detail/kept_child.hpp>

#include <cstddef>
#include <utility>

namespace coil {

/// Counts of a `join_set` or `join_map`.
struct join_set_stats {
    std::size_t running = 0;  ///< Spawned and not ended, those that wait as well.
    std::size_t ended = 0;    ///< Ended, and not taken by `next()`.
};

namespace detail {

class set_leaf;

/// The keeper of many children: what `join_set` is but for the types.
class kept_set {
public:
    /// One that `gives_stopped` does not pass over children that were stopped.
    kept_set(const strand& maker, when_let_go then, bool gives_stopped) noexcept
        : lock(maker.is_parallel()),
          place_(&maker.runs_on()),
          then_(then),
          gives_stopped_(gives_stopped) {}
    kept_set(const kept_set&) = delete;
    kept_set& operator=(const kept_set&) = delete;
    ~kept_set();

    void add(kept_child& child) noexcept;
    void remove(kept_child& child, bool has_ended) noexcept;
    /// Asks it to stop, and lets it go.
    void forget(kept_child& child) noexcept;
    void request_stop(stop_level level) noexcept;
    /// A child's work has ended: it is asked no more.
    void set_ended_work(bool& has_ended_work) noexcept;
    /// Returns whom to wake.
    [[nodiscard]] set_leaf* move_to_ended(kept_child& child) noexcept;
    /// The first that ended, or null. Those that were stopped have nothing to say where
    /// no key tells who they are.
    [[nodiscard]] kept_child* take_ended() noexcept;
    /// Nothing runs, and all was taken.
    [[nodiscard]] bool is_at_end() const noexcept {
        const holding held(lock);
        return ended_.is_empty() && running_.is_empty();
    }
    [[nodiscard]] join_set_stats stats() const noexcept {
        const holding held(lock);
        return stats_;
    }

    // For `set_leaf`.

    mutable optional_lock lock;  // guards all that follows
    set_leaf* waiter = nullptr;
    [[nodiscard]] bool is_ready() const noexcept {
        return !ended_.is_empty() || running_.is_empty();
    }
    [[nodiscard]] bool is_open_to(const strand& waiting) const noexcept {
        return lock.has_threads() || &waiting.runs_on() == place_;
    }

private:
    [[nodiscard]] kept_child* first_running() noexcept;

    intrusive_list<kept_child> running_;
    intrusive_list<kept_child> ended_;  // in that order
    join_set_stats stats_;
    const executor* const place_;
    const when_let_go then_;
    const bool gives_stopped_;
};

/// Waits for a child that ended by itself, or for the end of all.
class set_leaf : public told_leaf<set_leaf, kept_set> {
public:
    static constexpr const char* what = "join_set";

    explicit set_leaf(kept_set& of) noexcept : told_leaf(of) {}
    set_leaf(set_leaf&& other) noexcept
        : told_leaf(std::move(other)),
          taken_(std::exchange(other.taken_, nullptr)) {}
    ~set_leaf() {
        if (taken_ != nullptr) taken_->let_go();
    }

protected:
    [[nodiscard]] kept_child* taken() const noexcept { return taken_; }

private:
    friend leaf_of<set_leaf>;
    [[nodiscard]] bool try_now() noexcept {
        taken_ = of().take_ended();
        return taken_ != nullptr || of().is_at_end();
    }

    kept_child* taken_ = nullptr;
};

}  // namespace detail
}  // namespace coil
