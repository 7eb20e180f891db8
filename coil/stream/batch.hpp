// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/trampoline.hpp>
#include <coil/core/call.hpp>
#include <coil/stream/detail/source.hpp>
#include <coil/time/timer.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace coil {

namespace detail {
template <class S>
class batch_operation;
}  // namespace detail

/// The stream that `source | chunk_ready(size)` and `chunk_within(size, time)` give.
template <class S>
class batch_stream : public detail::source_drop<S> {
public:
    using value_type = std::vector<stream_value_t<S>>;
    static constexpr bool is_local = detail::source<S>::is_local;
    static constexpr bool is_resumable = true;

    batch_stream(S&& from, std::size_t size, clock::duration within)
        : from_(std::forward<S>(from)),
          size_(size),
          within_(within) {}

    [[nodiscard]] auto next() noexcept {
        return detail::next_of<batch_stream, detail::batch_operation<S>>(*this);
    }
    decltype(auto) async_drop(exit_reason why)
        requires detail::owned_with_drop<S>
    {
        return from_.async_drop(why);
    }

private:
    friend detail::batch_operation<S>;
    detail::source<S> from_;
    std::size_t size_;
    clock::duration within_;  // of the first item
    value_type kept_;
    std::optional<instant> due_;  // of what is kept
    bool has_ended_ = false;
};

namespace detail {

/// Asks the source for an item, in a scope that is stopped once there is one and no
/// other is there, or its time is over.
template <class S>
class batch_operation : public frame_operation<batch_operation<S>>, private timer {
    using next_type = stream_next_t<S>;
    using values = typename batch_stream<S>::value_type;

public:
    static constexpr const char* what = "chunk";

    explicit batch_operation(batch_stream<S>& of) noexcept : timer(fired), of_(of) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        scope_.open(parent.scope());
        is_over_ = of_.has_ended_ || of_.kept_.size() >= of_.size_;
        return run();
    }
    std::optional<values> await_resume() {
        if (asked_.result.has_error()) (void)asked_.result.take();
        if (pushed_.result.has_error()) (void)pushed_.result.take();
        of_.due_.reset();
        if (of_.kept_.empty()) return std::nullopt;
        return std::exchange(of_.kept_, values());
    }

private:
    static void fired(timer& due) noexcept {
        auto& self = static_cast<batch_operation&>(due);
        if (self.goes_to(self.parent().scope().home())) return;
        if (!self.scope_.stop_requested()) self.wait_no_longer();
    }
    void wait_no_longer() noexcept {
        is_late_ = true;
        scope_.request_stop(stop_reason::timed_out);
    }
    [[nodiscard]] timer_service& timers() const noexcept {
        timer_service* const found = this->parent().scope().home().runs_on().timers();
        COIL_EXPECTS(found != nullptr && "this runtime has no timers");
        return *found;
    }

    std::coroutine_handle<> run() noexcept {
        std::coroutine_handle<> next;
        while (!is_over_ && !is_late_) {
            const auto begin = [this] { return ask(); };
            if (loop_.ends_at_once(next, begin)) continue;
            if (!of_.kept_.empty()) limit_wait();
            return next;
        }
        close();
        return this->complete();
    }
    std::coroutine_handle<> ask() noexcept {
        asked_.result.clear();
        return asked_.call(scope_,
                           [this]() -> next_type { return of_.from_.get().next(); });
    }
    void limit_wait() noexcept {
        if (of_.within_.count() <= 0) {
            wait_no_longer();
        } else if (!std::exchange(is_armed_, true)) {
            timers().arm(*this, *of_.due_);
        }
    }
    std::coroutine_handle<> has_answer() noexcept {
        auto& answer = asked_.result;
        if (answer.has_value() && static_cast<bool>(answer.value())) {
            return pushed_.call(scope_, [this] {
                of_.kept_.push_back(give_item(asked_.result.value()));
            });
        }
        is_over_ = true;
        of_.has_ended_ = answer.has_value();
        return has_gone_on();
    }
    std::coroutine_handle<> has_pushed() noexcept {
        if (pushed_.result.has_error() || of_.kept_.size() >= of_.size_)
            is_over_ = true;
        if (!of_.due_.has_value() && of_.within_.count() > 0)
            of_.due_ = from_now(timers(), of_.within_);
        return has_gone_on();
    }
    std::coroutine_handle<> was_stopped() noexcept {
        if (is_late_ && !this->parent().scope().stop_requested()) return has_gone_on();
        close();
        return this->unwind();
    }
    std::coroutine_handle<> has_gone_on() noexcept {
        return loop_.must_go_on() ? run() : std::noop_coroutine();
    }
    void close() noexcept {
        cancel();
        scope_.close();
    }

    batch_stream<S>& of_;
    nested_scope scope_;
    trampoline loop_;
    part<settled_call<next_type>, batch_operation, &batch_operation::has_answer,
         &batch_operation::was_stopped>
        asked_{*this};
    part<settled_call<void>, batch_operation, &batch_operation::has_pushed,
         &batch_operation::has_pushed>
        pushed_{*this};
    bool is_over_ = false;
    bool is_late_ = false;  // nobody waits for another item
    bool is_armed_ = false;
};

struct batch_adaptor : adaptor {
    batch_adaptor(std::size_t items, clock::duration time) noexcept
        : size(items),
          within(time) {}
    template <class S>
    auto apply(S&& from) const {
        static_assert(
            is_resumable_v<S>,
            "these chunks stop waiting for their source when they are to be "
            "given, and this source would end by that: read it into a channel");
        return batch_stream<S>(std::forward<S>(from), size, within);
    }
    std::size_t size;
    clock::duration within;
};

}  // namespace detail

/// `source | chunk_ready(size)`: vectors of what is there: waits for one item, and
/// takes with it those that can be had without waiting, up to `size`. What is borrowed
/// is copied. For full chunks use `chunk`.
///
/// \snippet coil/stream/batch_test.cpp  one write for all that came
///
/// Requires: a source that is resumable; `size` is at least 1.
/// Errors: the source's, from `next()`; items read before are in the next chunk.
/// Stop: reaches the source; items read before are in the next chunk.
/// Allocates: what the vectors do.
inline auto chunk_ready(std::size_t size) {
    COIL_EXPECTS(size > 0);
    return detail::batch_adaptor(size, clock::duration::zero());
}

/// `source | chunk_within(size, time)`: vectors of `size` items, or of those that came
/// within `time` of the first of them.
///
/// \snippet coil/stream/batch_test.cpp  rows by the hundred, or each second
///
/// Requires, Errors, Stop, Allocates: as for `chunk_ready`.
template <class Rep, class Period>
auto chunk_within(std::size_t size, std::chrono::duration<Rep, Period> time) {
    COIL_EXPECTS(size > 0);
    return detail::batch_adaptor(size, to_pause(time));
}

}  // namespace coil
