// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/strand.hpp>
#include <coil/time/delay_queue.hpp>

namespace coil::detail {

instant delay_times::after(clock::duration pause) noexcept {
    const instant current = clock::now();
    return pause < instant::max() - current ? current + pause : instant::max();
}

bool delay_times::contains(delay_key key) const noexcept {
    return key.place_ < entries_.size() && entries_[key.place_].number == key.number_;
}

std::optional<instant> delay_times::deadline(delay_key key) const noexcept {
    if (!contains(key)) return std::nullopt;
    return entries_[key.place_].deadline;
}

std::optional<delay_key> delay_times::peek() const noexcept {
    if (heap_.empty()) return std::nullopt;
    return delay_key(heap_.front(), entries_[heap_.front()].number);
}

bool delay_times::reset(delay_key key, instant deadline) noexcept {
    if (!contains(key)) return false;
    entry& moved = entries_[key.place_];
    moved.deadline = deadline;
    moved.order = ++numbers_;
    rise(moved.place);
    sink(moved.place);
    first_has_changed();
    return true;
}

void delay_times::close() noexcept {
    is_closed_ = true;
    first_has_changed();
}

delay_key delay_times::add(instant deadline) {
    if (first_free_ == none) {
        entries_.emplace_back().place = none;
        first_free_ = entries_.size() - 1;
    }
    heap_.push_back(none);
    const std::size_t which = first_free_;
    entry& added = entries_[which];
    first_free_ = added.place;
    const std::uint64_t number = ++numbers_;
    added = {deadline, number, number, 0};
    put(heap_.size() - 1, which);
    rise(heap_.size() - 1);
    first_has_changed();
    return {which, number};
}

void delay_times::take_out(delay_key key) noexcept {
    entry& taken = entries_[key.place_];
    const std::size_t place = taken.place;
    const std::size_t last = heap_.back();
    heap_.pop_back();
    if (last != key.place_) {
        put(place, last);
        rise(place);
        sink(entries_[last].place);
    }
    taken.number = 0;
    taken.place = std::exchange(first_free_, key.place_);
    first_has_changed();
}

std::size_t delay_times::compact_times() {
    while (!entries_.empty() && entries_.back().number == 0) entries_.pop_back();
    first_free_ = none;
    for (std::size_t i = entries_.size(); i-- > 0;)
        if (entries_[i].number == 0) entries_[i].place = std::exchange(first_free_, i);
    entries_.shrink_to_fit();
    heap_.shrink_to_fit();
    return entries_.size();
}

bool delay_times::is_before(std::size_t a, std::size_t b) const noexcept {
    const entry& left = entries_[a];
    const entry& right = entries_[b];
    return left.deadline != right.deadline ? left.deadline < right.deadline
                                           : left.order < right.order;
}

void delay_times::put(std::size_t place, std::size_t which) noexcept {
    heap_[place] = which;
    entries_[which].place = place;
}

void delay_times::rise(std::size_t place) noexcept {
    const std::size_t rising = heap_[place];
    for (; place > 0 && is_before(rising, heap_[(place - 1) / 2]);
         place = (place - 1) / 2)
        put(place, heap_[(place - 1) / 2]);
    put(place, rising);
}

void delay_times::sink(std::size_t place) noexcept {
    const std::size_t sinking = heap_[place];
    for (;;) {
        std::size_t child = 2 * place + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && is_before(heap_[child + 1], heap_[child]))
            ++child;
        if (!is_before(heap_[child], sinking)) break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, sinking);
}

void delay_times::first_has_changed() noexcept {
    if (!is_at_end()) {
        if (due_leaf* const first = waiters_.front()) first->arm_again();
        return;
    }
    while (due_leaf* const next = waiters_.pop_front()) {
        next->cancel();
        if (next->is_linked()) next->retry();
    }
}

// Who waits is first come first served.
bool delay_times::due_leaf::is_next() const noexcept {
    const due_leaf* const first = of_.waiters_.front();
    return first == nullptr || first == this;
}

bool delay_times::due_leaf::try_now() noexcept {
    if (of_.is_at_end()) return true;
    if (!is_next() || of_.heap_.empty() ||
        of_.entries_[of_.heap_.front()].deadline > clock::now())
        return false;
    leave_list();  // the next one is armed when the item is taken
    return true;
}

void delay_times::due_leaf::start() noexcept {
    if (!is_in_list()) of_.waiters_.push_back(*this);
    if (is_next()) arm();
}

void delay_times::due_leaf::arm() noexcept {
    if (of_.heap_.empty()) return;  // until something is inserted
    timer_service* const timers = home().runs_on().timers();
    COIL_EXPECTS(timers != nullptr && "this runtime has no timers");
    timers->arm(*this, of_.entries_[of_.heap_.front()].deadline);
}

void delay_times::due_leaf::arm_again() noexcept {
    cancel();
    if (is_linked()) arm();  // else it has fired, and looks in its turn
}

stop_answer delay_times::due_leaf::on_stop() noexcept {
    cancel();
    if (!is_linked()) return stop_answer::later;  // it has fired, and looks once more
    const bool was_next = is_next();
    leave_list();
    if (due_leaf* const next = of_.waiters_.front(); was_next && next != nullptr)
        next->arm_again();
    return stop_answer::ended;
}

void delay_times::due_leaf::fired(timer& due) noexcept {
    auto& self = static_cast<due_leaf&>(due);
    if (!self.goes_to(self.home())) self.retry();
}

}  // namespace coil::detail
