// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/own.hpp>

#include <utility>

namespace coil::detail {

void owned_not_dropped(const char* type) noexcept {
    fatal(
        "an owned parameter was destroyed without its async drop (the task was never "
        "awaited), in ",
        type);
}

const drops::hooks drop_list::table = {
    [](drops& carried, context& outer) noexcept {
        static_cast<drop_list&>(carried).nest_in(outer);
    },
    [](drops& carried) noexcept {
        auto& self = static_cast<drop_list&>(carried);
        self.why_ = exit_reason::stopped;
        self.end_frame();
        return self.run();
    },
    [](drops& carried) noexcept { carried.forget(); },
    [](drops& carried) noexcept { static_cast<drop_list&>(carried).set_error(); },
};

const branch_ops drop_list::runner::table = {
    [](branch& b) noexcept { return static_cast<runner&>(b).list.go_on(); },
    [](branch& b) noexcept { return static_cast<runner&>(b).list.go_on(); },
    [](const branch& b) noexcept {
        return static_cast<const runner&>(b).list.up_->parent;
    },
    "own",
};

drop_list::drop_list(promise_base& owner) noexcept : drops(owner, table, runner_) {
    if (owner.scope != nullptr) nest_in(*owner.scope);
    owner.scope = this;
}

void drop_list::push(owned_base& box) noexcept {
    owned_base*& place = COIL_PLANTED(owned_in_wrong_order) && boxes_ != nullptr
                             ? boxes_->next_
                             : boxes_;
    box.next_ = place;
    place = &box;
}

// Locals and parameters end before what is owned, however the coroutine ends.
void drop_list::end_frame() noexcept {
    promise_base& frame = drops_of().promise();
    up_ = frame.up;
    for (owned_base* box = boxes_; box != nullptr; box = box->next_) box->detach();
    forget();  // before the frame is gone
    if (why_ == exit_reason::stopped) {
        destroy_unwinding(frame);
        up_->child = nullptr;
    } else {
        handle_of(frame).destroy();
        up_->child = gone_child();
    }
    next_ = boxes_;
}

std::coroutine_handle<> drop_list::run() noexcept {
    runner_.scope = outer();
    while (next_ != nullptr) {
        owned_base& first = *std::exchange(next_, next_->next_);
        is_beginning_ = true;
        has_ended_ = false;
        const auto next = first.begin_drop(why_, continuation(runner_));
        is_beginning_ = false;
        if (!has_ended_) return next;
    }
    return end();
}

std::coroutine_handle<> drop_list::go_on() noexcept {
    if (drops_of()) end_frame();
    if (!is_beginning_) return run();
    has_ended_ = true;  // run() goes on by itself
    return std::noop_coroutine();
}

std::coroutine_handle<> drop_list::end() noexcept {
    const continuation parent = up_->parent;
    const bool was_stopped = why_ == exit_reason::stopped;
    unlink();
    owned_base* box = boxes_;  // the oldest, which holds this list, comes last
    while (box != nullptr) std::exchange(box, box->next_)->free();
    if (!was_stopped) return parent.scope().home().end(parent);
    parent.scope().home().unwind(parent);
    return std::noop_coroutine();
}

void owned_base::belong_to(promise_base& frame) noexcept {
    if (!has_drops(frame)) {
        ::new (static_cast<void*>(&list_)) drop_list(frame);
        holds_list_ = true;
    }
    static_cast<drop_list&>(*frame.scope).push(*this);
}

}  // namespace coil::detail
