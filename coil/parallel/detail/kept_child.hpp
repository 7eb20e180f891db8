// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/core/group.hpp>
#include <coil/parallel/detail/told_leaf.hpp>

namespace coil {

/// What becomes of children whose `join_handle`, `join_set` or `join_map` ends before
/// they do. In either case the group waits for them.
enum class when_let_go : unsigned char {
    go_on,  ///< They are the group's, as if by `group::spawn`.
    stop,   ///< The same, and they are asked to stop.
};

}  // namespace coil

namespace coil::detail {

class end_leaf;
class kept_set;

/// A child of a group whose block somebody keeps, to ask how it ended: a `join_handle`,
/// a `join_set`, or who waits for its start. Whoever comes last, child or keeper, frees
/// the block.
///
/// Where the child has threads, the lock decides what its end finds: a keeper, who gets
/// the outcome, or none, and then an error is the group's.
class kept_child : public group::member, public intrusive_list_node {
public:
    kept_child(group& owner, const strand_ops& ops) noexcept
        : group::member(owner, ops),
          lock(is_parallel()) {}
    virtual ~kept_child() = default;

    /// Before it begins: what becomes of it if its keeper lets it go.
    void set_when_let_go(when_let_go then) noexcept {
        stops_when_let_go_ = then == when_let_go::stop;
    }
    /// Begins; from now on it may end at any time.
    void enter() noexcept { enter_group(); }
    void enter(kept_set& keeper) noexcept;

    // For the keeper.

    /// Nothing if it has ended.
    void request_stop(stop_level level) noexcept;
    [[nodiscard]] bool has_ended() noexcept {
        const holding held(lock);
        return has_ended_;
    }
    [[nodiscard]] bool has_started() noexcept {
        const holding held(lock);
        return has_started_;
    }
    /// The keeper asks no more. What is his to clear ends now, as it may refer to what
    /// is about to end.
    void let_go() noexcept;

    // For `end_leaf`.

    optional_lock lock;          // guards all that follows
    end_leaf* waiter = nullptr;  // of a keeper that waits for this one only
    [[nodiscard]] bool is_ready() const noexcept { return has_ended_ || has_started_; }
    [[nodiscard]] bool is_open_to(const strand& waiting) const noexcept {
        return is_parallel() || &waiting.runs_on() == &runs_on();
    }

protected:
    /// Its work has ended. Whether the outcome is the keeper's.
    [[nodiscard]] bool keeps_outcome(bool is_stopped) noexcept;
    /// It says that it has started: its outcome is the group's from now on. Whether
    /// what it says is the keeper's.
    [[nodiscard]] bool start_for_keeper() noexcept;
    /// It has left the group. The last that it does: it may be freed.
    void end_for_keeper() noexcept;

private:
    friend kept_set;
    virtual void clear_kept() noexcept = 0;
    void let_go_of_set() noexcept;
    void leave_set() noexcept;

    kept_set* set_ = nullptr;  // which has it in a list
    bool stops_when_let_go_ = false;
    bool has_started_ = false;
    bool has_ended_work_ = false;  // in a set, written under that one's lock, too
    bool was_stopped_ = false;
    bool is_kept_ = true;
    bool is_keepers_ = false;  // the outcome, or what it said at its start
    bool has_ended_ = false;
};

/// Waits for the end of a child, or for its start.
class end_leaf : public told_leaf<end_leaf, kept_child> {
public:
    static constexpr const char* what = "join";

    using told_leaf::told_leaf;
    void await_resume() const noexcept {}
};

/// What a keeper knows of its child.
template <class T>
class kept_child_of : public kept_child {
public:
    using kept_child::kept_child;
    virtual outcome<T>& kept_outcome() noexcept = 0;
};

template <class T>
constexpr void expect_no_drop_in_handle() noexcept {
    static_assert(!needs_async_drop_v<T>,
                  "a handle may end with the result in it, and has no place to await "
                  "an async drop there: give something else, such as a handle of it");
}

/// One kept child: its strand, its work and its place in the group; one block. `Base`
/// is a `kept_child_of` its value.
template <class A, class Derived, class Base = kept_child_of<await_result_t<A>>>
class kept_strand : public strand_of<A, Derived, Base> {
    using value_type = await_result_t<A>;
    static_assert(alignof(A) <= 2 * sizeof(void*),
                  "what is spawned lies in a block that is aligned for two pointers");
    using base = strand_of<A, Derived, Base>;

public:
    kept_strand(group& of, A&& work) : base(of, std::forward<A>(work)) {
        expect_no_drop_in_handle<value_type>();
        if constexpr (is_local_v<A> || !is_sendable_v<value_type>)
            this->expect_one_thread();
    }
    static void* operator new(std::size_t size) { return detail::take_frame(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        detail::give_frame_back(block, size);
    }

    void ended() noexcept {
        const bool is_stopped = this->result().is_stopped();
        if (!this->keeps_outcome(is_stopped)) {
            if (this->result().has_error()) [[unlikely]]
                this->fail_group(this->result().error());
            // Before the group may end: a value may refer to its owner.
            this->result().clear();
        }
        this->leave_group(is_stopped);
        this->end_for_keeper();
    }
    outcome<value_type>& kept_outcome() noexcept override { return this->result(); }

private:
    void clear_kept() noexcept override { this->result().clear(); }
};

}  // namespace coil::detail
