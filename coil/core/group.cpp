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
            visitor.visit(m->ops->runs(*m));
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
    *held_back_end_ = &spawned;
    held_back_end_ = &spawned.next;
    ++stats_.waiting;
    start_more();
}

void group::start_more() noexcept {
    if (COIL_PLANTED(held_back_never_begin) && asked_ != stop_level::none) return;
    while (held_back_ != nullptr && stats_.running < options_.limit) {
        member& next = *held_back_;
        held_back_ = next.next;
        if (held_back_ == nullptr) held_back_end_ = &held_back_;
        next.next = running_;
        next.link = &running_;
        if (running_ != nullptr) running_->link = &next.next;
        running_ = &next;
        --stats_.waiting;
        ++stats_.running;
        if (scope_.stop_requested()) {
            next.ops->runs(next).root().request_stop(scope_.reason(), scope_.level());
        }
        if (asked_ != stop_level::none)
            next.ops->runs(next).root().request_stop(asked_why_, asked_);
        next.ops->start(next);
    }
}

void group::remove(member& ended) noexcept {
    *ended.link = ended.next;
    if (ended.next != nullptr) ended.next->link = ended.link;
    --stats_.running;
}

void group::child_ended(std::exception_ptr error, bool is_stopped) noexcept {
    if (error) fail(std::move(error));
    was_stopped_ = was_stopped_ || (is_stopped && is_told_);
    start_more();
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
        m->ops->runs(*m).root().request_stop(why, level);
    }
}

}  // namespace coil
