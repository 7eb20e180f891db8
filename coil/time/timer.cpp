// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/strand.hpp>
#include <coil/time/timer.hpp>

#include <bit>
#include <new>
#include <type_traits>

namespace coil {

clock::time_point clock::now() noexcept {
    const strand* current = strand::current();
    COIL_EXPECTS(current != nullptr && "now() is called from a strand");
    COIL_EXPECTS(current->runs_on().timers() != nullptr &&
                 "this runtime has no timers");
    return current->runs_on().timers()->now();
}

static_assert(std::is_standard_layout_v<timer>, "a timer begins with its links");

void timer::take_out() noexcept {
    if (link_.next == nullptr || COIL_PLANTED(cancelled_timers_stay)) return;
    link_.previous->next = link_.next;
    link_.next->previous = link_.previous;
    link_ = {};
}

void timer::cancel_shared() noexcept {
    if (shared_by_->withdraw(*this)) {
        shared_by_ = nullptr;
    } else if (!COIL_PLANTED(cancel_leaves_news)) {
        strand::current()->drain();
        COIL_ASSERT(shared_by_ == nullptr && "a timer is its strand's");
    }
}

bool timer::go_to(strand& home) noexcept {
    deadline_ = on_its_way;
    ::new (static_cast<void*>(&news_)) remote_message(&arrived);
    home.post(news_);
    return true;
}

void timer::arrived(remote_message& news) noexcept {
    auto& self = reinterpret_cast<timer&>(news);
    ::new (static_cast<void*>(&self.link_)) detail::timer_link;
    self.shared_by_ = nullptr;
    self.fire_(self);
}

void timer_wheel::slot_list::push(timer& added) noexcept {
    added.link_ = {&head, head.previous};
    head.previous->next = &added.link_;
    head.previous = &added.link_;
}

void timer_wheel::slot_list::take_all_from(slot_list& other) noexcept {
    while (timer* moved = other.pop()) push(*moved);
}

timer* timer_wheel::slot_list::pop() noexcept {
    if (is_empty()) return nullptr;
    auto* const first = reinterpret_cast<timer*>(head.next);
    first->take_out();
    return first;
}

namespace {
std::uint64_t ticks_of(instant at) noexcept {
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
}
}  // namespace

timer_wheel::timer_wheel(instant start) noexcept : elapsed_(ticks_of(start)) {}

void timer_wheel::arm(timer& armed, instant deadline) noexcept {
    armed.take_out();
    armed.deadline_ = deadline;
    if (deadline.time_since_epoch().count() < 0 || ticks_of(deadline) <= elapsed_) {
        late_.push(armed);
    } else {
        insert(armed);
    }
}

void timer_wheel::insert(timer& added) noexcept {
    const std::uint64_t at = ticks_of(added.deadline_);
    const auto differing = static_cast<unsigned>(std::bit_width(at ^ elapsed_));
    const unsigned level = differing == 0 ? 0 : (differing - 1) / level_bits;
    const auto slot = static_cast<unsigned>(at >> (level * level_bits)) % slot_count;
    slots_[level][slot].push(added);
    occupied_[level] |= std::uint64_t{1} << slot;
    const std::uint64_t start = at >> (level * level_bits) << (level * level_bits);
    if (start < next_start_) next_start_ = start;
}

// The first occupied slot, lowest level first: lower levels lie earlier in time.
bool timer_wheel::find_next(unsigned& level, std::uint64_t& start) const noexcept {
    for (level = 0; level < level_count; ++level) {
        while (occupied_[level] != 0) {
            const auto slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
            if (slots_[level][slot].is_empty()) {
                occupied_[level] &= ~(std::uint64_t{1} << slot);
                continue;
            }
            const unsigned shift = level * level_bits;
            const unsigned above = shift + level_bits;
            const std::uint64_t upper = above >= 64 ? 0 : elapsed_ >> above << above;
            start = upper | std::uint64_t{slot} << shift;
            return true;
        }
    }
    return false;
}

instant timer_wheel::next_event() const noexcept {
    if (!late_.is_empty()) return instant(instant::duration(elapsed_));
    unsigned level = 0;
    std::uint64_t start = 0;
    if (!find_next(level, start)) return instant::max();
    return instant(instant::duration(start > elapsed_ ? start : elapsed_));
}

unsigned timer_wheel::advance(instant now) noexcept {
    const std::uint64_t target = ticks_of(now);
    if (target < next_start_ && late_.is_empty()) {
        if (target > elapsed_) elapsed_ = target;
        return 0;
    }
    unsigned fired = 0;
    slot_list due;  // so that what is armed meanwhile waits
    due.take_all_from(late_);
    unsigned level = 0;
    std::uint64_t start = 0;
    bool has_next = false;
    while ((has_next = find_next(level, start)) && start <= target) {
        slot_list entered;
        const auto slot =
            static_cast<unsigned>(start >> (level * level_bits)) % slot_count;
        entered.take_all_from(slots_[level][slot]);
        if (start > elapsed_) elapsed_ = start;
        while (timer* moved = entered.pop()) {
            const std::uint64_t early = COIL_PLANTED(timers_fire_early) ? 63 : 0;
            if (ticks_of(moved->deadline_) <= elapsed_ + early) {
                due.push(*moved);
            } else {
                insert(*moved);
            }
        }
    }
    next_start_ = has_next ? start : never;
    if (target > elapsed_) elapsed_ = target;
    while (timer* next = due.pop()) {
        ++fired;
        next->fire_(*next);
    }
    return fired;
}

}  // namespace coil
