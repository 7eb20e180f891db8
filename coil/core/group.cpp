// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/group.hpp>

namespace coil {

const piece_ops group::listener::table = {
    nullptr,
    [](piece& told) noexcept {
        auto& self = static_cast<listener&>(told);
        self.of.is_told_ = true;
        self.of.scope_.add(self);  // a harder stop may follow
        self.of.stop_children(self.of.scope_.reason(), self.of.scope_.level());
        return stop_answer::later;
    },
    "with_group",
    [](const piece& waiting) noexcept {
        return static_cast<const listener&>(waiting).of.parent_;
    },
    [](const piece& waiting, strand_visitor& visitor) {
        const group& of = static_cast<const listener&>(waiting).of;
        for (member* m = of.running_; m != nullptr; m = m->next) {
            visitor.visit(*m);
        }
    },
};

void group::open(continuation parent) noexcept {
    parent_ = parent;
    scope_.open(parent.scope());
    scope_.add(listener_);
}

void group::close() noexcept {
    listener_.unlink();
    scope_.close();
}

void group::add(member& spawned) noexcept {
    if (held_back_ == nullptr && may_begin()) return begin(spawned);
    *held_back_end_ = &spawned;
    held_back_end_ = &spawned.next;
    ++stats_.waiting;
}

bool group::may_begin() const noexcept {
    if (COIL_PLANTED(held_back_never_begin) && asked_ != stop_level::none) return false;
    return stats_.running < options_.limit;
}

void group::begin(member& child) noexcept {
    child.next = running_;
    child.link = &running_;
    if (running_ != nullptr) running_->link = &child.next;
    running_ = &child;
    ++stats_.running;
    if (scope_.stop_requested())
        child.root().request_stop(scope_.reason(), scope_.level());
    if (asked_ != stop_level::none) child.root().request_stop(asked_why_, asked_);
    child.start();
}

void group::begin_more() noexcept {
    while (held_back_ != nullptr && may_begin()) {
        member& next = *held_back_;
        held_back_ = next.next;
        if (held_back_ == nullptr) held_back_end_ = &held_back_;
        --stats_.waiting;
        begin(next);
    }
}

void group::remove(member& ended) noexcept {
    *ended.link = ended.next;
    if (ended.next != nullptr) ended.next->link = ended.link;
    --stats_.running;
}

void group::child_ended(bool is_stopped) noexcept {
    was_stopped_ = was_stopped_ || (is_stopped && is_told_);
    begin_more();
    if (running_ == nullptr) all_ended();
}

void group::fail(std::exception_ptr error) noexcept {
    if (error_) {
        if (!COIL_PLANTED(later_errors_uncounted)) ++stats_.suppressed;
        return;
    }
    error_ = std::move(error);
    scope_.request_stop(stop_reason::sibling_ended);
}

void group::stop_children(stop_reason why, stop_level level) noexcept {
    if (level > asked_) {
        asked_why_ = why;
        asked_ = level;
    }
    for (member* m = running_; m != nullptr; m = m->next) {
        m->root().request_stop(why, level);
    }
}

}  // namespace coil
