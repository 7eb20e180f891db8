// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/runtime/on.hpp>

#include <utility>

namespace coil {

namespace detail {

void visit::begin() noexcept {
    if (there_.is_parallel()) {
        has_begun_ = true;
        there_.start();
    } else {
        const holding held(lock_);
        send();
    }
}

// Under the lock: `there_` has not ended, or waits for the news.
void visit::send() noexcept {
    if (!std::exchange(is_sent_, true)) there_.post(news_);
}

void visit::request_stop(stop_reason why, stop_level level) noexcept {
    const holding held(lock_);
    if (is_over_) return;
    why_ = why;
    asked_ = level;
    if (there_.is_parallel()) {
        there_.ask_to_stop();
    } else {
        send();
    }
}

void visit::arrived() noexcept {
    bool is_over = false;
    {
        const holding held(lock_);
        is_sent_ = false;
        is_over = is_over_;
    }
    if (is_over) return home_.post(has_ended_);
    if (!std::exchange(has_begun_, true)) there_.start();
    pass_stop_on();
}

void visit::pass_stop_on() noexcept {
    stop_reason why = stop_reason::none;
    stop_level level = stop_level::none;
    {
        const holding held(lock_);
        why = why_;
        level = asked_;
    }
    if (level != stop_level::none) there_.root().request_stop(why, level);
}

void visit::end() noexcept {
    bool is_news_on_its_way = false;
    {
        const holding held(lock_);
        is_over_ = true;
        is_news_on_its_way = is_sent_;
    }
    if (!is_news_on_its_way) home_.post(has_ended_);
}

void refuse_local_there() noexcept {
    fatal("something local was made on an executor that moves its strands: give a ",
          "coil::task, or go to runtime.pinned(worker)");
}

}  // namespace detail

executor& current_executor() noexcept {
    strand* const current = strand::current();
    COIL_EXPECTS(current != nullptr && "it is asked for in a strand");
    return current->runs_on();
}

}  // namespace coil
