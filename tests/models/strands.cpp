// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "strands.hpp"

// tidy: what a thread has of its own is a name of this file alone.
#include <coil/core/strand.cpp>

namespace coil {

void fatal(const char* first, const char*, const char*) noexcept {
    models::give_up(first);
}
void detail::fail(const breach& what) noexcept {
    models::give_up(what.text);
}
void detail::fail(const char*, const char* text, const char*, int) noexcept {
    models::give_up(text);
}

void* allocate_frame(std::size_t size) {
    return models::take_memory(size);
}
void release_frame(void* frame, std::size_t size) noexcept {
    models::give_memory_back(frame, size);
}

}  // namespace coil

namespace coil::models {

void exchange_locals(thread_locals& next) noexcept {
    void* const before = current_strand;
    current_strand = static_cast<strand*>(next.strand);
    next.strand = before;
    const void* const unwinding = unwinding_frame;
    unwinding_frame = static_cast<const coil::detail::promise_base*>(next.unwinding);
    next.unwinding = unwinding;
}

crew::place::place(crew& all, std::size_t thread, timer_service* timers)
    : executor(nothing, timers),
      of(all),
      number(thread) {
    set_parallel();
}

crew::crew(std::size_t threads, timer_service* timers) {
    for (std::size_t i = 0; i < threads; ++i)
        places_.push_back(std::make_unique<place>(*this, i, timers));
}

void crew::begin(strand& made, std::size_t on) {
    ++left_;
    threads_[&made] = on;
    made.start();
}

std::size_t crew::thread_of(strand& known) {
    const auto found = threads_.find(&known);
    if (found != threads_.end()) return found->second;
    const std::size_t on = for_new_.empty()
                               ? static_cast<place&>(known.runs_on()).number
                               : for_new_[next_new_++ % for_new_.size()];
    return threads_[&known] = on;
}

void crew::schedule(strand& ready) noexcept {
    if (lent_ && threads_.find(&ready) == threads_.end()) {
        ++lent_->count;
        expect(lent_->queue.push(ready), "few are lent");
        return;
    }
    place& on = *places_[thread_of(ready)];
    on.queue.push_back(&ready);
    on.order.give();
}

strand* crew::take_lent(std::size_t thread) {
    auto& queue = lent_->queue;
    strand* const taken =
        thread == lent_->from ? queue.pop() : queue.steal_into(lent_->thiefs);
    if (taken == nullptr) return nullptr;
    --lent_->count;
    threads_[taken] = thread;
    return taken;
}

strand* crew::take_work(std::size_t thread) {
    place& mine = *places_[thread];
    if (mine.queue.empty()) return has_lent() ? take_lent(thread) : nullptr;
    strand* const next = mine.queue.front();
    mine.queue.pop_front();
    mine.order.take();
    return next;
}

void crew::work(std::size_t thread) {
    place& mine = *places_[thread];
    const auto has_something = [&] {
        return !mine.queue.empty() || has_lent() || left_ == 0;
    };
    for (;;) {
        if (!has_something()) wait_until(has_something);
        if (strand* const next = take_work(thread)) {
            next->run_turn_on(mine);
        } else if (left_ == 0) {
            return;
        } else if (has_lent()) {
            pause();
        }
    }
}

program crew::working(std::function<void()> after) {
    program p{{}, std::move(after)};
    for (std::size_t i = 0; i < places_.size(); ++i)
        p.threads.emplace_back([this, i] { work(i); });
    return p;
}

}  // namespace coil::models
