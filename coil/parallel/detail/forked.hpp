// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/inbox.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/spawned.hpp>

#include <cstddef>

namespace coil::detail {

/// Parts of a work, some in the awaiting strand, and some in strands of their own: what
/// `parallel` is made of, but for the types. It lies in the awaiting frame, and so do
/// the strands.
class forked {
public:
    forked(const forked&) = delete;
    forked& operator=(const forked&) = delete;

    enum class ending : unsigned char { value, error, stopped };

    /// A part in a strand of its own.
    class member : public strand {
    public:
        member(forked& owner, const strand_ops& ops) noexcept
            : strand(owner.scope_.home().runs_on(), ops),
              of_(owner) {}
        void asked_to_stop() noexcept { of_.tell(*this); }
        [[nodiscard]] const context* spawned_in() const noexcept { return &of_.scope_; }

    protected:
        /// The last that it does: the whole may be gone afterwards.
        void has_ended(std::size_t index, ending how) noexcept {
            of_.strand_ended(*this, index, how);
        }

    private:
        friend forked;
        bool has_ended_ = false;
        forked& of_;
        member* next_ = nullptr;
    };

protected:
    explicit forked(std::size_t parts) noexcept : left_here_(parts), left_(parts) {}
    ~forked() = default;

    void open(continuation parent) noexcept;
    /// Whether the parts but the first get strands: if so, `add` and `start_strands`.
    [[nodiscard]] bool wants_strands() noexcept;
    /// The last one first.
    void add(member& part) noexcept {
        part.next_ = first_;
        first_ = &part;
        --left_here_;
    }
    void start_strands() noexcept;
    /// A part in the awaiting strand has ended. Whether it was the last of all; if not,
    /// another one, or `all_ended()`, follows.
    [[nodiscard]] bool part_ended_here(std::size_t index, ending how) noexcept;
    void close() noexcept;

    [[nodiscard]] context& scope() noexcept { return scope_; }
    /// How the whole ends, and by which part, once all have ended.
    [[nodiscard]] ending failure() const noexcept { return failure_; }
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
    /// Some part is local, or what it gives: the program ends on a parallel runtime.
    void expect_one_thread() const noexcept;

private:
    /// Waits in the scope, to pass a stop on to the strands.
    struct listener : piece {
        explicit listener(forked& owner) noexcept : piece(table), of(owner) {}
        forked& of;
        static const piece_ops table;
    };

    virtual void all_ended() noexcept = 0;
    void strand_ended(member& ended, std::size_t index, ending how) noexcept;
    [[nodiscard]] bool note(std::size_t index, ending how) noexcept;
    void stop_strands(stop_reason why, stop_level level) noexcept;
    void tell(member& asked) noexcept;
    void hear_strands() noexcept;

    nested_scope scope_;
    continuation parent_;
    listener listener_{*this};
    // What strands on other threads have to say to the awaiting one.
    message_to<forked, &forked::hear_strands> news_{*this};
    member* first_ = nullptr;
    std::size_t left_here_;  // parts in the awaiting strand that have not ended
    std::size_t left_;       // of all
    std::size_t failed_ = 0;
    ending failure_ = ending::value;
    stop_reason asked_why_ = stop_reason::none;
    stop_level asked_ = stop_level::none;
    bool has_news_ = false;    // posted, not delivered yet
    bool is_waiting_ = false;  // all that was here has ended
    optional_lock lock_;       // guards all from `left_` on, and who has ended
};

}  // namespace coil::detail
