// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/sendable.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace coil::detail {

/// What a semaphore and the mutexes are made of: a number of permits, and who waits for
/// some, first come first served. Permits go from hand to hand: who is in line gets
/// them before any newcomer. `Name` has the word for reports.
template <flavour F, class Name>
class permits {
public:
    class wait_leaf;

    /// Some permits, which are given back when it ends.
    class [[nodiscard(
        "the permits are given back at once: keep them in a variable")]] held {
    public:
        held(held&& other) noexcept
            : of_(std::exchange(other.of_, nullptr)),
              count_(other.count_) {}
        held& operator=(held&& other) noexcept {
            held before(std::move(*this));
            of_ = std::exchange(other.of_, nullptr);
            count_ = other.count_;
            return *this;
        }
        ~held() { give_back(); }
        /// Before its end; then it holds none.
        void give_back() noexcept {
            if (permits* const of = std::exchange(of_, nullptr)) of->add(count_);
        }
        [[nodiscard]] bool holds() const noexcept { return of_ != nullptr; }

    private:
        friend permits;
        friend wait_leaf;
        held(permits& of, std::size_t count) noexcept : of_(&of), count_(count) {}
        permits* of_;
        std::size_t count_;
    };

    explicit permits(std::size_t available) noexcept : available_(available) {}
    permits(const permits&) = delete;
    permits& operator=(const permits&) = delete;
    ~permits() { COIL_EXPECTS(waiters_.is_empty() && "it died while it was awaited"); }

    [[nodiscard]] std::optional<held> try_take(std::size_t count) noexcept {
        lock_.lock();
        const bool taken = take_if_free(count);
        lock_.unlock();
        return taken ? std::optional(held(*this, count)) : std::nullopt;
    }
    void add(std::size_t count) noexcept {
        wake_list<wait_leaf, F> woken;
        lock_.lock();
        available_ += count;
        hand_out(woken);
        lock_.unlock();
        woken.wake_all();
    }
    [[nodiscard]] std::size_t available() const noexcept {
        lock_.lock();
        const std::size_t count = available_;
        lock_.unlock();
        return count;
    }

private:
    bool take_if_free(std::size_t count) noexcept {
        if (!waiters_.is_empty() || available_ < count) return false;
        available_ -= count;
        return true;
    }
    void hand_out(wake_list<wait_leaf, F>& woken) noexcept {
        while (wait_leaf* const first = waiters_.front()) {
            if (first->count_ > available_) return;
            available_ -= first->count_;
            waiters_.pop_front();
            first->has_ = true;
            woken.add(*first);
        }
    }

    intrusive_list<wait_leaf> waiters_;
    std::size_t available_;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

template <flavour F, class Name>
class permits<F, Name>::wait_leaf : public waiter<wait_leaf, F> {
public:
    static constexpr const char* what = Name::what;

    wait_leaf(permits& of, std::size_t count) noexcept : of_(of), count_(count) {}
    wait_leaf(wait_leaf&&) = default;
    ~wait_leaf() {
        if (has_) of_.add(count_);  // nobody took them
    }
    [[nodiscard]] held await_resume() noexcept {
        has_ = false;
        return held(of_, count_);
    }

private:
    friend permits;
    friend leaf_of<wait_leaf>;
    friend waiter<wait_leaf, F>;
    friend wake_list<wait_leaf, F>;

    [[nodiscard]] bool try_now() noexcept {
        of_.lock_.lock();
        has_ = of_.take_if_free(count_);
        of_.lock_.unlock();
        return has_;
    }
    void start() noexcept {
        of_.lock_.lock();
        const bool has = F == flavour::movable && of_.take_if_free(count_);
        has_ = has;
        if (!has) of_.waiters_.push_back(*this);
        of_.lock_.unlock();  // from now on, others may hand it what it waits for
        if (has) this->complete();
    }
    void woken() noexcept { this->complete(); }
    stop_answer on_stop() noexcept {
        wake_list<wait_leaf, F> woken;
        of_.lock_.lock();
        const bool waited = this->withdraw();
        // Who comes next may want less.
        if (waited && !COIL_PLANTED(stopped_waiter_blocks)) of_.hand_out(woken);
        of_.lock_.unlock();
        woken.wake_all();
        return waited ? stop_answer::ended : stop_answer::later;
    }

    permits& of_;
    std::size_t count_;
    bool has_ = false;
};

}  // namespace coil::detail
