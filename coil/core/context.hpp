// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/piece.hpp>

#include <cstdint>

namespace coil {

class strand;
class waiting_visitor;
namespace detail {
struct promise_base;
}

/// Why work was asked to stop.
enum class stop_reason : std::uint8_t {
    none,
    requested,      ///< Somebody called `request_stop`.
    lost_race,      ///< Another branch of a race ended first.
    sibling_ended,  ///< Another branch of a join, or of a group, failed or was stopped.
    timed_out,      ///< A `with_timeout` ran out.
    shutdown,       ///< The runtime is shutting down.
};

/// How hard: the second level passes shields, so that a drop can be hurried.
enum class stop_level : std::uint8_t { none, soft, hard };

/// How the scope of an object that is being dropped ended. `async_drop` may take one.
enum class exit_reason : unsigned char { returned, error, stopped };

/// What a running piece of a strand knows: its strand and its stop scope.
///
/// Every promise holds one pointer to its context and hands it to what it awaits.
/// Combinators that need a stop scope of their own nest a context in their frame.
/// A context is private to its strand: nothing here is atomic.
///
/// Threads: only the strand's own; from elsewhere see `mailbox`.
class context : public piece {
public:
    /// A context nested in `outer`; a shielded one hears hard stops only.
    explicit context(context& outer, bool is_shielded = false) noexcept;
    /// One in no other: a strand's root, which begins by what `first` runs.
    explicit context(strand& home, const piece_ops& first = inner_ops) noexcept
        : piece(first),
          home_(&home) {}
    ~context() { forget_request(); }

    [[nodiscard]] strand& home() const noexcept { return *home_; }
    [[nodiscard]] context* outer() const noexcept { return outer_; }
    [[nodiscard]] bool is_shielded() const noexcept { return is_shielded_; }
    /// The next one around it, also around its strand: what a strand of `reader`'s may
    /// look at. Null at the outermost.
    [[nodiscard]] const context* around(const strand& reader) const noexcept;
    /// Whether it is nested in one after the other. All others stay where they are
    /// while something waits in them, so strands of other threads that are waited for
    /// may look at them.
    [[nodiscard]] bool moves() const noexcept { return &ops() == &moving_ops; }

    /// Whether a leaf that begins now must not begin. Stop is sticky.
    [[nodiscard]] inline bool stop_requested() const noexcept;
    [[nodiscard]] stop_reason reason() const noexcept { return reason_; }
    [[nodiscard]] stop_level level() const noexcept { return level_; }

    /// Asks everything in this context to stop. Only marks and queues: the strand's
    /// loop delivers between two pieces, so no user code runs inside this call.
    void request_stop(stop_reason why, stop_level level = stop_level::soft) noexcept;

    /// A leaf begins to wait here.
    void add(piece& waiting) noexcept { waiting.link_into(waiting_); }

    /// Takes it out of its place in the tree; a stop that was requested of it and not
    /// delivered yet is off.
    void unlink() noexcept {
        forget_request();
        piece::unlink();
    }

    /// Tells `visitor` of every leaf that waits in this context.
    void visit_waiting(waiting_visitor& visitor) const;

    /// The coroutine whose drops this context carries (see `own`), or null.
    [[nodiscard]] std::coroutine_handle<detail::promise_base> drops_of()
        const noexcept {
        return drops_of_;
    }

protected:
    static const piece_ops inner_ops;
    static const piece_ops moving_ops;

    void set_drops_of(std::coroutine_handle<detail::promise_base> owner) noexcept {
        drops_of_ = owner;
    }
    /// For a context made before its place in the tree is known.
    context() noexcept : piece(inner_ops) {}
    void nest_in(context& outer) noexcept;
    /// The same for one that moves, and has been in this strand before.
    void move_to(context& outer) noexcept;
    void shield() noexcept { is_shielded_ = true; }

private:
    friend class strand;
    [[nodiscard]] bool is_stop_on_its_way() const noexcept;
    void forget_request() noexcept;
    void raise(stop_reason why, stop_level level) noexcept {
        reason_ = why;
        level_ = level;
    }

    strand* home_ = nullptr;
    context* outer_ = nullptr;
    piece* waiting_ = nullptr;  // leaves and inner contexts, the newest first
    context* next_requested_ = nullptr;
    std::coroutine_handle<detail::promise_base> drops_of_;
    stop_level level_ = stop_level::none;
    stop_reason reason_ = stop_reason::none;
    bool is_shielded_ = false;
    bool is_requested_ = false;  // in its strand's list of stops to deliver
};

}  // namespace coil
