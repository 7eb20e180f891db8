// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/detail/queue.hpp>

#include <vector>

namespace coil::detail {

// One line for all who wait for room, and one for all who wait for items: so these are
// leaves, and what they take is said by what derives from them.

/// Waits for room: to send an item, or to keep it.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::room_leaf : public waiter<room_leaf, F> {
public:
    static constexpr const char* what = Names::send;

protected:
    enum class purpose : bool { send, keep };
    room_leaf(queue& of, purpose room_is_to, std::size_t count) noexcept
        : queue_(of),
          wanted_(count),
          purpose_(room_is_to) {}
    [[nodiscard]] bool has_room() const noexcept { return has_room_; }
    [[nodiscard]] std::optional<permit> take_permit() noexcept {
        if (!has_room_) return std::nullopt;
        return permit(queue_, wanted_);
    }

private:
    friend queue;
    friend leaf_of<room_leaf>;
    friend waiter<room_leaf, F>;
    friend wake_list<room_leaf, F>;
    void woken() noexcept { this->retry(); }
    void forget_promise() noexcept {
        queue_.promised_room_ -= std::exchange(promised_, 0);
    }
    [[nodiscard]] bool try_now() noexcept {
        change c(queue_);
        forget_promise();
        if (queue_.is_closed_) return true;
        if (purpose_ == purpose::keep) {
            promised_ = queue_.promise_room(wanted_);
            has_room_ = promised_ == wanted_;
            if (has_room_) promised_ = 0;  // the permit's
        } else if (queue_.has_free_room()) {
            queue_.put(static_cast<send_leaf&>(*this).take_item(), c);
            has_room_ = true;
        }
        // It waits from this very look on, so none comes between the two.
        if (!has_room_ && !COIL_PLANTED(between_is_missed))
            queue_.senders_.push_back(*this);
        return has_room_;
    }
    void start() noexcept {
        if (!COIL_PLANTED(between_is_missed)) return;
        const guard held(queue_.lock_);
        queue_.senders_.push_back(*this);
    }
    stop_answer on_stop() noexcept {
        change c(queue_);
        if (!this->withdraw()) return stop_answer::later;
        if (COIL_PLANTED(stopped_ones_keep_promises)) return stop_answer::ended;
        forget_promise();
        queue_.wake_senders(c);
        return stop_answer::ended;
    }

    queue& queue_;
    const std::size_t wanted_;
    std::size_t promised_ = 0;
    const purpose purpose_;
    bool has_room_ = false;
};

/// Waits for an item, or for several.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::item_leaf : public waiter<item_leaf, F> {
public:
    static constexpr const char* what = Names::receive;

protected:
    item_leaf(queue& of, bool takes_many) noexcept
        : queue_(of),
          takes_many_(takes_many) {}

private:
    friend queue;
    friend leaf_of<item_leaf>;
    friend waiter<item_leaf, F>;
    friend wake_list<item_leaf, F>;
    void woken() noexcept { this->retry(); }
    void forget_promise() noexcept {
        if (std::exchange(is_promised_, false)) --queue_.promised_items_;
    }
    [[nodiscard]] bool try_now() noexcept {
        change c(queue_);
        forget_promise();
        if (queue_.has_free_item()) {
            if (takes_many_) [[unlikely]] {
                take_many(c);
            } else {
                static_cast<receive_leaf&>(*this).item_.emplace(queue_.take(c));
            }
            return true;
        }
        if (queue_.is_drained()) return true;
        // It waits from this very look on, so none comes between the two.
        if (!COIL_PLANTED(between_is_missed)) queue_.receivers_.push_back(*this);
        return false;
    }
    void take_many(change& c) noexcept {
        auto& to = static_cast<receive_many_leaf&>(*this);
        while (queue_.has_free_item() && to.wants_more())
            to.add_(to, queue_.items_.pop());
        queue_.taken(c);
    }
    void start() noexcept {
        if (!COIL_PLANTED(between_is_missed)) return;
        const guard held(queue_.lock_);
        queue_.receivers_.push_back(*this);
    }
    stop_answer on_stop() noexcept {
        change c(queue_);
        if (!this->withdraw()) return stop_answer::later;
        if (COIL_PLANTED(stopped_ones_keep_promises)) return stop_answer::ended;
        forget_promise();
        queue_.wake_receiver(c);
        return stop_answer::ended;
    }

    queue& queue_;
    const bool takes_many_;
    bool is_promised_ = false;
};

/// The leaf behind `channel::send()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::send_leaf : public room_leaf {
public:
    send_leaf(queue& to, T&& item)
        : room_leaf(to, room_leaf::purpose::send, 1),
          item_(std::move(item)) {}
    send_leaf& attach(continuation parent) noexcept {
        room_leaf::attach(parent);
        return *this;
    }
    /// Whether the item was sent; false if the channel is closed.
    [[nodiscard]] bool await_resume() const noexcept { return this->has_room(); }

private:
    friend room_leaf;
    T&& take_item() noexcept { return std::move(item_); }

    T item_;
};

/// Room for items, which nobody else can take. Gives back what is not used when it
/// ends. From one strand at a time.
///
/// Requires: its channel lives longer, unless it is used up.
template <class T, std::size_t Capacity, flavour F, class Names>
class [[nodiscard(
    "the room is given back at once: give the permit a name, auto permit = "
    "co_await ...")]] queue<T, Capacity, F, Names>::permit {
public:
    static constexpr bool is_local = F == flavour::local;

    permit(permit&& other) noexcept
        : of_(other.of_),
          left_(std::exchange(other.left_, 0)) {}
    permit& operator=(permit&& other) noexcept {
        permit before(std::move(*this));
        of_ = other.of_;
        left_ = std::exchange(other.left_, 0);
        return *this;
    }
    ~permit() { give_back(); }

    /// Sends at once. False if the channel was closed meanwhile; then `item` is
    /// unchanged. Requires: `left()` is not 0.
    [[nodiscard]] bool send(T&& item) {
        COIL_EXPECTS(left_ > 0 && "a permit is for so many items, and no more");
        if (!of_->put_reserved(std::move(item))) return false;
        --left_;
        return true;
    }
    [[nodiscard]] bool send(const T& item)
        requires std::copy_constructible<T>
    {
        return send(T(item));
    }
    /// For how many items it is.
    [[nodiscard]] std::size_t left() const noexcept { return left_; }
    /// Before its end; then it is for none.
    void give_back() noexcept {
        if (left_ > 0) of_->give_room_back(std::exchange(left_, 0));
    }

private:
    friend queue;
    friend room_leaf;
    permit(queue& of, std::size_t count) noexcept : of_(&of), left_(count) {}

    queue* of_;
    std::size_t left_;
};

/// The leaf behind `channel::reserve()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::reserve_leaf : public room_leaf {
public:
    reserve_leaf(queue& of, std::size_t count) noexcept
        : room_leaf(of, room_leaf::purpose::keep, count) {}
    reserve_leaf& attach(continuation parent) noexcept {
        room_leaf::attach(parent);
        return *this;
    }
    /// Empty if the channel is closed.
    [[nodiscard]] std::optional<permit> await_resume() noexcept {
        return this->take_permit();
    }
};

/// The leaf behind `channel::receive()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::receive_leaf : public item_leaf {
public:
    explicit receive_leaf(queue& from) noexcept : item_leaf(from, false) {}
    receive_leaf& attach(continuation parent) noexcept {
        item_leaf::attach(parent);
        return *this;
    }
    [[nodiscard]] std::optional<T> await_resume() { return std::move(item_); }

private:
    friend item_leaf;
    std::optional<T> item_;
};

/// The leaf behind `channel::receive_many()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::receive_many_leaf : public item_leaf {
public:
    /// Requires: `to` has room for as many.
    receive_many_leaf(queue& from, std::vector<T>& to, std::size_t limit) noexcept
        : item_leaf(from, true),
          to_(to),
          limit_(limit) {}
    receive_many_leaf& attach(continuation parent) noexcept {
        item_leaf::attach(parent);
        return *this;
    }
    [[nodiscard]] std::size_t await_resume() const noexcept { return count_; }

private:
    friend item_leaf;
    // Not more than there is room for: nothing is allocated under the lock.
    [[nodiscard]] bool wants_more() const noexcept {
        return count_ < limit_ && to_.size() < to_.capacity();
    }
    static void add(receive_many_leaf& self, T&& item) noexcept {
        self.to_.push_back(std::move(item));
        ++self.count_;
    }

    // By a pointer, so that who receives one by one does not link what a vector needs.
    void (*const add_)(receive_many_leaf&, T&&) noexcept = &add;
    std::vector<T>& to_;
    std::size_t limit_;
    std::size_t count_ = 0;
};

/// The leaf behind `channel::wait_closed()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue<T, Capacity, F, Names>::closed_leaf : public waiter<closed_leaf, F> {
public:
    static constexpr const char* what = Names::closed;

    explicit closed_leaf(queue& of) noexcept : queue_(of) {}
    void await_resume() const noexcept {}

private:
    friend leaf_of<closed_leaf>;
    friend waiter<closed_leaf, F>;
    friend wake_list<closed_leaf, F>;
    [[nodiscard]] bool try_now() noexcept {
        const guard held(queue_.lock_);
        if (queue_.is_closed_) return true;
        // It waits from this very look on, so none comes between the two.
        if (!COIL_PLANTED(between_is_missed)) queue_.closing_.push_back(*this);
        return false;
    }
    void start() noexcept {
        if (!COIL_PLANTED(between_is_missed)) return;
        const guard held(queue_.lock_);
        queue_.closing_.push_back(*this);
    }
    void woken() noexcept { this->complete(); }
    stop_answer on_stop() noexcept {
        const guard held(queue_.lock_);
        return this->withdraw() ? stop_answer::ended : stop_answer::later;
    }

    queue& queue_;
};

}  // namespace coil::detail
