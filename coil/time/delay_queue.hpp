// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/core/discard.hpp>
#include <coil/core/leaf.hpp>
#include <coil/time/timer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace coil {

namespace detail {
class delay_times;
}  // namespace detail

/// Names an item of a `delay_queue` while it is there. Another one's names nothing.
class delay_key {
public:
    [[nodiscard]] bool operator==(const delay_key&) const noexcept = default;

private:
    friend detail::delay_times;
    delay_key(std::size_t place, std::uint64_t number) noexcept
        : place_(place),
          number_(number) {}
    std::size_t place_;
    std::uint64_t number_;  // of the insertion
};

namespace detail {

/// What a `delay_queue` knows of its items but their values: a heap of their times, and
/// who waits for the first.
class delay_times {
public:
    class due_leaf;

    delay_times() = default;
    delay_times(const delay_times&) = delete;
    delay_times& operator=(const delay_times&) = delete;
    /// Requires: nobody is waiting.
    ~delay_times() {
        COIL_EXPECTS(waiters_.is_empty() && "a delay_queue died while it was awaited");
    }

    /// How many items there are.
    [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
    [[nodiscard]] bool contains(delay_key key) const noexcept;
    /// When it is due; empty if it is not there any more.
    [[nodiscard]] std::optional<instant> deadline(delay_key key) const noexcept;
    /// Which one is due first; empty if there is none.
    [[nodiscard]] std::optional<delay_key> peek() const noexcept;
    /// Has the item come at `deadline` instead, behind others of that time. False if it
    /// is not there any more: then it has been given, or removed.
    bool reset(delay_key key, instant deadline) noexcept;
    /// The same, `pause` from now. Requires: called from a strand.
    template <class Rep, class Period>
    bool reset(delay_key key, std::chrono::duration<Rep, Period> pause) noexcept {
        return reset(key, after(to_pause(pause)));
    }
    /// No more items: those that are there are given in their time, then `next()`
    /// gives none. May be called again.
    void close() noexcept;
    [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }

protected:
    [[nodiscard]] static instant after(clock::duration pause) noexcept;
    [[nodiscard]] static std::size_t place_of(delay_key key) noexcept {
        return key.place_;
    }
    delay_key add(instant deadline);
    void take_out(delay_key key) noexcept;
    /// Gives up the room behind the last item; returns how much is left.
    std::size_t compact_times();

private:
    struct entry {
        instant deadline{};
        std::uint64_t order = 0;   // among those of one time
        std::uint64_t number = 0;  // 0: free
        std::size_t place = 0;     // in the heap; of a free one, the next that is
    };
    [[nodiscard]] bool is_before(std::size_t a, std::size_t b) const noexcept;
    void put(std::size_t place, std::size_t which) noexcept;
    void rise(std::size_t place) noexcept;
    void sink(std::size_t place) noexcept;
    void first_has_changed() noexcept;
    [[nodiscard]] bool is_at_end() const noexcept {
        return is_closed_ && heap_.empty();
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<entry> entries_;
    std::vector<std::size_t> heap_;  // of their indices
    std::size_t first_free_ = none;
    std::uint64_t numbers_ = 0;         // that were given away
    intrusive_list<due_leaf> waiters_;  // the first has a timer
    bool is_closed_ = false;
};

/// Waits until an item is due, or none will come; it is taken when that is told.
class delay_times::due_leaf : public leaf_of<due_leaf>,
                              public intrusive_list_node,
                              private timer {
public:
    static constexpr const char* what = "delay_queue";

protected:
    explicit due_leaf(delay_times& of) noexcept : timer(fired), of_(of) {}
    due_leaf(due_leaf&& other) noexcept
        : leaf_of(std::move(other)),
          timer(fired),
          of_(other.of_) {}
    ~due_leaf() = default;

private:
    friend delay_times;
    friend leaf_of<due_leaf>;
    [[nodiscard]] bool try_now() noexcept;
    void start() noexcept;
    stop_answer on_stop() noexcept;
    [[nodiscard]] bool is_next() const noexcept;
    void arm() noexcept;
    void arm_again() noexcept;
    static void fired(timer& due) noexcept;

    delay_times& of_;
};

}  // namespace detail

/// Items that come when their time has come, the earliest first: sessions that expire,
/// work that is tried again later. A stream.
///
/// For one thing that happens later `sleep` is right, and a child for each of a few;
/// this is for many that are put off, moved and removed. An item whose time has passed
/// comes at once; items of one time come in the order in which they were put there.
///
/// \snippet coil/time/delay_queue_test.cpp  sessions that expire
///
/// Threads: one strand at a time; its branches may insert while others of them wait.
/// For several strands, let one have it and send it what to do through a `channel`.
/// Allocates: when more items lie in it than ever before, room for twice as many; a
/// wait never does: its timer, for the first item, lies in the awaiting frame.
template <class T>
class delay_queue : public detail::delay_times {
    static_assert(!needs_async_drop<T>,
                  "a delay_queue has no place to await the async drop of items that "
                  "are left in it: put a handle there instead");
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "an item is moved where no error could be told: its move constructor "
                  "must be noexcept; put a std::unique_ptr to it there instead");

public:
    using value_type = T;
    using key = delay_key;
    class next_leaf;

    delay_queue() = default;

    /// `item` comes at `deadline`. O(log n). Requires: it is not closed.
    key insert(T item, instant deadline) {
        COIL_EXPECTS(!is_closed() && "a closed delay_queue takes no more items");
        if (size() == items_.size()) items_.emplace_back();  // first, as it may fail
        const key given = add(deadline);
        items_[place_of(given)].emplace(std::move(item));
        return given;
    }
    /// The same, `pause` from now. Requires: called from a strand.
    template <class Rep, class Period>
    key insert(T item, std::chrono::duration<Rep, Period> pause) {
        return insert(std::move(item), after(to_pause(pause)));
    }
    /// Takes it out before its time; empty if it is not there any more. O(log n).
    std::optional<T> remove(key which) noexcept {
        if (!contains(which)) return std::nullopt;
        return take(which);
    }
    /// The item; null if it is not there any more. Valid until the next `insert`.
    [[nodiscard]] T* find(key which) noexcept {
        return contains(which) ? &*items_[place_of(which)] : nullptr;
    }

    /// Waits until an item is due. `co_await` gives it in an `optional`, which is empty
    /// once the queue is closed and has given all.
    ///
    /// Stop: nothing is lost; the item stays for who asks next.
    [[nodiscard]] next_leaf next() noexcept { return next_leaf(*this); }

    /// Gives memory back that was needed for more items. Keys stay what they are.
    void compact() {
        items_.resize(compact_times());
        items_.shrink_to_fit();
    }

private:
    std::optional<T> take(key which) noexcept {
        std::optional<T> taken = std::exchange(items_[place_of(which)], std::nullopt);
        take_out(which);
        return taken;
    }

    std::vector<std::optional<T>> items_;  // each where its entry is
};

/// The leaf behind `delay_queue::next()`.
template <class T>
class [[nodiscard(
    "it does nothing until it is awaited: write co_await")]] delay_queue<T>::next_leaf
    : public due_leaf {
public:
    explicit next_leaf(delay_queue& from) noexcept : due_leaf(from), from_(from) {}
    next_leaf& attach(continuation parent) noexcept {
        due_leaf::attach(parent);
        return *this;
    }
    [[nodiscard]] std::optional<T> await_resume() noexcept {
        // Nobody came in between: it is due still.
        const auto first = from_.peek();
        return first ? from_.take(*first) : std::nullopt;
    }

private:
    delay_queue& from_;
};

template <class T>
inline constexpr bool enable_sendable<delay_queue<T>> = sendable<T>;

}  // namespace coil
