// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/trampoline.hpp>
#include <coil/core/call.hpp>
#include <coil/core/discard.hpp>
#include <coil/stream/detail/source.hpp>

#include <optional>

namespace coil::detail {

/// A context that is opened in one place after the other.
class waiting_room : public context {
public:
    waiting_room() noexcept { set_ops(moving_ops); }
    explicit waiting_room(strand& home) noexcept : context(home, moving_ops) {}
    void open(context& outer) noexcept { nest_in(outer); }
    void reopen(context& outer) noexcept { move_to(outer); }
    void close() noexcept { unlink(); }
};

enum class slot_state : unsigned char {
    idle,     ///< Nobody asked it for its next item.
    waiting,  ///< Its `next()` is being awaited.
    ready,    ///< It has an item, an error, or stopped itself.
    ended,
};

/// One source of a merge, as seen without its type.
struct merge_slot_base {
    explicit merge_slot_base(
        std::coroutine_handle<> (*start)(merge_slot_base&) noexcept)
        : begin(start) {}
    std::coroutine_handle<> (*begin)(merge_slot_base&) noexcept;
    slot_state state = slot_state::idle;
    bool is_stopped = false;  // by itself: nobody asked it to
};

template <class Merge, class S>
class merge_slot : public merge_slot_base, settled_call<stream_next_t<S>> {
    using next_type = stream_next_t<S>;
    using asking = settled_call<next_type>;

public:
    merge_slot() noexcept : merge_slot_base(&start), asking(table) {}
    Merge* owner = nullptr;
    source<S>* from = nullptr;

    /// Requires: it is ready, and was not stopped.
    template <class Value>
    void give_to(std::optional<Value>& item) {
        this->state = slot_state::idle;
        auto taken = this->result.take();
        this->result.clear();
        item.emplace(give_item(taken));
    }

private:
    static std::coroutine_handle<> start(merge_slot_base& b) noexcept {
        auto& self = static_cast<merge_slot&>(b);
        self.state = slot_state::waiting;
        self.is_stopped = false;
        self.result.clear();
        return self.call(self.owner->scope_,
                         [&self]() -> next_type { return self.from->get().next(); });
    }
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& self = static_cast<merge_slot&>(b);
        self.collect();
        const bool has_ended =
            self.result.has_value() && !static_cast<bool>(self.result.value());
        self.state = has_ended ? slot_state::ended : slot_state::ready;
        return self.owner->slot_ended();
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& self = static_cast<merge_slot&>(b);
        self.collect_stopped();
        self.is_stopped = !self.owner->is_stopping();
        self.state = self.is_stopped ? slot_state::ready : slot_state::idle;
        return self.owner->slot_ended();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const merge_slot&>(b).owner->parent_;
    }
    static constexpr branch_ops table = {&completed, &stopped, &parent_of, "merge"};
};

}  // namespace coil::detail
