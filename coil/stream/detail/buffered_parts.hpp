// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/merge_slot.hpp>

#include <cstddef>
#include <optional>

namespace coil {

template <class S, class F, bool IsOrdered>
class buffered_stream;

}  // namespace coil

namespace coil::detail {

/// Where one item is worked on, until what came of it has been taken.
template <class Owner, class S, class F>
struct buffered_slot : settled_call<call_with_t<F, S>> {
    buffered_slot() noexcept : settled_call<call_with_t<F, S>>(table) {}
    Owner* owner = nullptr;
    buffered_slot* next = nullptr;  // free, or in the order in which they are given
    std::optional<stream_item_t<S>> item;
    bool is_done = false;

private:
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& self = static_cast<buffered_slot&>(b);
        self.collect();
        return self.owner->work_ended(self);
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& self = static_cast<buffered_slot&>(b);
        self.collect_stopped();
        return self.owner->work_ended(self);
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const buffered_slot&>(b).owner->awaited_by();
    }
    static constexpr branch_ops table = {&completed, &stopped, &parent_of, "buffered"};
};

/// The question for the next item.
template <class Owner, class S>
struct buffered_asking : settled_call<stream_next_t<S>> {
    explicit buffered_asking(Owner& o) noexcept
        : settled_call<stream_next_t<S>>(table),
          owner(o) {}
    Owner& owner;

private:
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& self = static_cast<buffered_asking&>(b);
        self.collect();
        return self.owner.source_answered();
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& self = static_cast<buffered_asking&>(b);
        self.collect_stopped();
        return self.owner.source_answered();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const buffered_asking&>(b).owner.awaited_by();
    }
    static constexpr branch_ops table = {&completed, &stopped, &parent_of, "buffered"};
};

/// Begins one thing after the other, each when the one before has begun to wait.
template <class Owner>
struct buffered_starter : piece {
    explicit buffered_starter(Owner& o) noexcept : piece(table), owner(o) {}
    Owner& owner;
    bool is_queued = false;

private:
    static std::coroutine_handle<> run(piece& p) noexcept {
        auto& self = static_cast<buffered_starter&>(p);
        self.is_queued = false;
        return self.owner.run();
    }
    static constexpr piece_ops table = {&run, nullptr, "buffered"};
};

/// Stops what works, then drops the source.
template <class Stream>
class buffered_drop : public frame_operation<buffered_drop<Stream>> {
public:
    static constexpr const char* what = "buffered";

    explicit buffered_drop(Stream& of) noexcept : of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        joined_.scope = &parent.scope();
        return of_.stop_all(continuation(static_cast<branch&>(joined_)));
    }
    void await_resume() const noexcept {}

private:
    std::coroutine_handle<> was_joined() noexcept {
        if (std::exchange(of_.is_reopened_, false)) of_.idle_->close();
        return drop_.begin(of_.from_, exit_reason::returned, this->parent());
    }

    Stream& of_;
    part<listening_branch, buffered_drop, &buffered_drop::was_joined,
         &buffered_drop::was_joined>
        joined_{*this};
    value_drop<typename Stream::source_type> drop_;
};

/// What `buffered` calls, and for how many items at a time.
template <class F>
struct limited {
    using function_type = F;
    F function;
    std::size_t limit;
};

template <bool IsOrdered>
struct buffered_rule : function_rule {
    template <class Limited, class S>
    static constexpr bool takes = takes_items<typename Limited::function_type, S>;
    template <class Limited, class S>
    static constexpr bool fits() {
        using value = std::remove_cvref_t<
            settled_t<call_with_t<typename Limited::function_type, S>>>;
        static_assert(!needs_async_drop_v<value>,
                      "coil::buffered has no place to await the async drop of a value "
                      "that nobody takes: give a handle instead");
        return !needs_async_drop_v<value>;
    }
    template <class S, class Limited>
    using made = buffered_stream<S, typename Limited::function_type, IsOrdered>;
};

template <class F, bool IsOrdered>
using buffered_adaptor = function_adaptor<limited<F>, buffered_rule<IsOrdered>>;

}  // namespace coil::detail
