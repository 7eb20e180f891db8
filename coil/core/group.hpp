// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/inbox.hpp>
#include <coil/base/planted.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/call.hpp>
#include <coil/core/detail/branches.hpp>
#include <coil/core/spawned.hpp>

namespace coil {

/// Options of `with_group`.
struct group_options {
    /// How many children may run at once, at least 1; the rest wait for their start.
    std::size_t limit = static_cast<std::size_t>(-1);
};

/// Counts of a group, for servers' statistics.
struct group_stats {
    std::size_t running = 0;     ///< Started and not ended.
    std::size_t waiting = 0;     ///< Spawned, and held back by the limit.
    std::size_t suppressed = 0;  ///< Errors that came after the first.
};

namespace detail {
template <class A>
class group_child;
template <class Body>
class group_operation;
}  // namespace detail

/// What the body of `with_group` receives: the only place to spawn.
///
/// On a parallel runtime the children run beside the body and each other, on all of its
/// threads, also those that are spawned from elsewhere, as by a visitor of `on`. What
/// the body spawns last may begin only where the body first waits.
///
/// Threads: strands only: its body's, its children's, and those that they wait for.
class group {
public:
    group(const group&) = delete;
    group& operator=(const group&) = delete;

    /// Starts `work` as a strand of its own, or queues it for when the limit lets it
    /// start. A stop does not undo that: it still starts in its turn, as it may own
    /// what has to be dropped, and ends where it first waits. Its value is thrown away;
    /// for that, and to stop it alone, there is `spawn_with_handle`.
    ///
    /// Lifetime: `work` may borrow what is declared outside of `with_group`, and when
    /// that returns, it has ended. The body's own locals and lambdas it may not: they
    /// end with the body, before the children do.
    ///
    /// Requires: nothing local on a parallel runtime; the program ends with a text.
    /// Errors: a child's error stops its siblings and the body, and is what
    /// `with_group` throws.
    /// Allocates: one block for the strand, from `allocate_frame`.
    template <class A>
    COIL_SPAWNS void spawn(A&& work);

    /// Asks all children to stop, those to come as well; the body goes on, and its
    /// result stands.
    void request_stop(stop_level level = stop_level::soft) noexcept;

    [[nodiscard]] group_stats stats() const noexcept;

    /// A child as the group sees it: what `spawn` makes, and what others are made of.
    class member : public strand {
    public:
        member(group& owner, const strand_ops& ops) noexcept
            : strand(owner.place(), ops),
              of_(owner) {}
        void asked_to_stop() noexcept { of_.tell(*this); }
        [[nodiscard]] const context* spawned_in() const noexcept { return &of_.scope_; }

    protected:
        /// Starts it, or queues it for when the limit lets it start.
        void enter_group() noexcept { of_.add(*this); }
        /// Asks this one to stop. Threads: the group's, before it leaves that.
        void ask_alone(stop_level level) noexcept { of_.ask(*this, level); }
        void fail_group(std::exception_ptr error) noexcept {
            of_.fail(std::move(error));
        }
        /// It has ended: the group may be gone afterwards.
        void leave_group(bool is_stopped) noexcept {
            of_.child_ended(*this, is_stopped);
        }
        /// What it runs, or gives, is local: the program ends on a parallel runtime.
        void expect_one_thread() const noexcept { of_.check_not_shared(); }

    private:
        friend group;
        stop_level asked_ = stop_level::none;  // of this one alone
        group& of_;
        member* next_ = nullptr;
        member** link_ = nullptr;  // null before it begins
    };

protected:
    explicit group(group_options options) noexcept : options_(options) {
        COIL_EXPECTS(options.limit > 0 && "a group runs at least one child at a time");
    }
    ~group() = default;

    void open(continuation parent) noexcept;
    void fail(std::exception_ptr error) noexcept;
    /// The body has ended. Returns whether children go on; then `all_ended` follows.
    [[nodiscard]] bool waits_for_children() noexcept;
    /// After `all_ended`: whether somebody has spawned one more since.
    [[nodiscard]] bool waits_again() noexcept {
        return !is_alone() && waits_for_children();
    }
    [[nodiscard]] bool has_children() const noexcept { return stats_.running != 0; }
    [[nodiscard]] bool was_stopped() const noexcept { return was_stopped_; }
    [[nodiscard]] context& scope() noexcept { return scope_; }
    [[nodiscard]] const std::exception_ptr& first_error() const noexcept {
        return error_;
    }
    void close() noexcept;

private:
    /// Waits in the scope, to pass a stop on to the children's strands.
    struct listener : piece {
        explicit listener(group& owner) noexcept : piece(table), of(owner) {}
        group& of;
        static const piece_ops table;
    };

    virtual void all_ended() noexcept = 0;
    void check_not_shared() const noexcept;
    template <class Act>
    auto exclusively(const Act& act) const noexcept;
    template <class Act>
    auto while_locked(const Act& act) const noexcept;
    [[nodiscard]] executor& place() const noexcept {
        return is_shared() ? place_beside_others() : scope_.home().runs_on();
    }
    [[nodiscard]] executor& place_beside_others() const noexcept;
    [[nodiscard]] bool is_shared() const noexcept { return beside_ != nullptr; }
    void ask(member& child, stop_level level) noexcept;
    void tell(member& asked) noexcept;
    void post_news() noexcept;
    void hear_children() noexcept;
    [[nodiscard]] bool is_alone() const noexcept;
    void hear() noexcept;
    void add(member& spawned) noexcept;
    void begin(member& child) noexcept;
    void child_ended(member& ended, bool is_stopped) noexcept;
    [[nodiscard]] bool may_begin() const noexcept;
    void begin_more() noexcept;
    void stop_children(stop_reason why, stop_level level) noexcept;

    detail::nested_scope scope_;
    continuation parent_;
    listener listener_{*this};
    // What children on other threads have to say to the strand of the group.
    message_to<group, &group::hear_children> news_{*this};
    member* running_ = nullptr;
    member* held_back_ = nullptr;  // oldest first
    member** held_back_end_ = &held_back_;
    std::exception_ptr error_;
    group_options options_;
    group_stats stats_;
    stop_reason asked_why_ = stop_reason::none;
    stop_level asked_ = stop_level::none;  // of the children, those to come as well
    bool is_told_ = false;                 // that a stop came from outside
    bool was_stopped_ = false;             // and a child has ended by it
    bool has_body_ended_ = false;          // and waits for the children
    bool has_news_ = false;                // posted, not delivered yet
    atomic<bool> is_over_ = false;         // the body and all children have ended
    executor* beside_ = nullptr;           // its children run beside each other, there:
    mutable spin_lock lock_;               // guards all from `running_` on
};

namespace detail {

/// One child: its strand, its work, and its place in the group; one block.
template <class A>
class group_child : public strand_of<A, group_child<A>, group::member> {
    static_assert(!needs_async_drop<await_result_t<A>>,
                  "a spawned task's result is thrown away, so it may not hold anything "
                  "that needs an async drop");
    static_assert(alignof(A) <= 2 * sizeof(void*),
                  "what is spawned lies in a block that is aligned for two pointers");

public:
    group_child(group& of, A&& work)
        : strand_of<A, group_child, group::member>(of, std::forward<A>(work)) {
        if constexpr (is_local_v<A>) this->expect_one_thread();
        this->enter_group();
    }
    static void* operator new(std::size_t size) { return detail::take_frame(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        detail::give_frame_back(block, size);
    }

    void ended() noexcept {
        const bool is_stopped = this->result().is_stopped();
        if (this->result().has_error()) [[unlikely]]
            this->fail_group(this->result().error());
        // Before the group may end: a value may refer to its owner. The rest is memory.
        this->result().clear();
        this->leave_group(is_stopped);
        delete this;
    }
};

template <class Body>
class group_operation final : public frame_operation<group_operation<Body>>,
                              public group {
    using body_call = call_result_t<Body&, group&>;

public:
    static constexpr const char* what = "with_group";
    using value_type = settled_t<body_call>;

    group_operation(group_options options, Body& body) noexcept
        : group(options),
          body_(body) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        open(parent);
        return running_.call(scope(), body_, static_cast<group&>(*this));
    }
    value_type await_resume() {
        if (first_error()) detail::rethrow(first_error());
        return running_.result.take();
    }

    /// The children have ended, and the body's value is dropped if nobody gets it.
    std::coroutine_handle<> finish() noexcept {
        return first_error() || !stops() ? this->complete() : this->unwind();
    }

private:
    struct last_child_ended : piece {
        explicit last_child_ended(group_operation& o) noexcept
            : piece(table),
              owner(o) {}
        group_operation& owner;
        static std::coroutine_handle<> run(piece& p) noexcept {
            auto& self = static_cast<last_child_ended&>(p).owner;
            self.is_resuming_ = false;
            // Meanwhile somebody may have spawned one more.
            return self.waits_again() ? std::noop_coroutine() : self.end();
        }
        static constexpr piece_ops table = {&run, nullptr, "with_group"};
    };

    std::coroutine_handle<> returned() noexcept {
        if (running_.result.has_error()) fail(running_.result.error());
        return body_ended();
    }
    std::coroutine_handle<> stopped() noexcept {
        request_stop();
        return body_ended();
    }
    std::coroutine_handle<> body_ended() noexcept {
        const bool waits = waits_for_children() && !COIL_PLANTED(group_returns_early);
        return waits ? std::noop_coroutine() : end();
    }
    void all_ended() noexcept override {
        if (std::exchange(is_resuming_, true)) return;
        this->parent().scope().home().wake(resume_);
    }
    std::coroutine_handle<> end() noexcept {
        close();
        if constexpr (dropping::is_needed) {
            if (first_error() || stops()) {
                return dropping_.begin(*this, this->parent(), {&running_.result});
            }
        }
        return finish();
    }
    [[nodiscard]] bool stops() const noexcept {
        return running_.result.is_stopped() || was_stopped();
    }
    using dropping = drops_before_end<group_operation, value_type>;

    Body& body_;
    part<settled_call<body_call>, group_operation, &group_operation::returned,
         &group_operation::stopped>
        running_{*this};
    last_child_ended resume_{*this};
    [[no_unique_address]] dropping dropping_;
    bool is_resuming_ = false;
};

template <class Body>
class [[nodiscard(
    "a group does nothing until it is awaited: write co_await")]] group_recipe {
public:
    static constexpr bool is_local =
        is_local_v<call_result_t<Body&, group&>> ||
        drops_locally_v<settled_t<call_result_t<Body&, group&>>>;

    group_recipe(group_options options, Body&& body)
        : body_(std::forward<Body>(body)),
          options_(options) {}
    group_operation<std::remove_reference_t<Body>> operator co_await() && noexcept {
        return {options_, body_};
    }

private:
    Body body_;
    group_options options_;
};

}  // namespace detail

/// Runs a body that may spawn children, and returns when all of them have ended. The
/// body ends first, with its locals: what children borrow is declared outside of it.
///
/// \snippet coil/core/group_test.cpp  serve until told to stop
///
/// Returns: the body's value, after the last child.
/// Errors: the first error, of the body or of a child, stops all the others; when they
/// have ended it is rethrown. Later errors are counted in `stats().suppressed`. A value
/// of the body that nobody gets, because of an error or a stop, is dropped.
/// Stop: reaches the body and the children, also while only children are left.
/// Allocates: one block per spawned child.
template <class Body>
    requires requires(Body& body, group& g) { body(g); }
auto with_group(group_options options, Body&& body) {
    return detail::group_recipe<Body>(options, std::forward<Body>(body));
}
template <class Body>
auto with_group(Body&& body) {
    if constexpr (requires(group& g) { body(g); }) {
        return detail::group_recipe<Body>({}, std::forward<Body>(body));
    } else {
        return detail::refuse_group_body<Body>();
    }
}

template <class A>
void group::spawn(A&& work) {
    if constexpr (awaitable<A>) {
        new detail::group_child<A>(*this, std::forward<A>(work));
    } else {
        static_assert(!awaitable<std::remove_reference_t<A>>,
                      "spawn uses the task up: write spawn(std::move(it))");
        static_assert(awaitable<std::remove_reference_t<A>>,
                      "spawn needs something awaitable, such as a task; for a lambda "
                      "spawn(coil::call_once(lambda)), which keeps what it captured");
    }
}

}  // namespace coil
