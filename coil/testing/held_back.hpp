// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/stream/stream.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace coil::testing {

/// The same work, but it is not ready at its first step: it gives way once.
template <awaitable A>
auto pending_once(A work) -> task_like<await_result_t<A>, A> {
    co_await yield_now();
    co_return co_await std::move(work);
}

/// The items of `S`, each of which has to be waited for: it gives way before each, and
/// before the end. So what reads it meets a wait wherever there may be one.
///
/// \snippet coil/testing/held_back_test.cpp  a wait before each item
///
/// Lifetime: a stream given as an lvalue is borrowed, another moves in.
/// Stop: nothing is lost, if `S` loses nothing.
template <class S>
    requires stream<S>
class interleaved {
public:
    static constexpr bool is_resumable = is_resumable_v<S>;

    explicit interleaved(S&& from) : from_(std::forward<S>(from)) {}

    [[nodiscard]] auto next() -> task_like<stream_item_t<S>, stream_next_t<S>> {
        co_await yield_now();
        co_return co_await from_.next();
    }

private:
    S from_;
};
template <class S>
interleaved(S&&) -> interleaved<S>;

/// What became of something that a test gave away; see `tracked`.
struct fate {
    int items = 0;            ///< That came out of it, or went in.
    bool has_ended = false;   ///< It had no more items.
    int asked_after_end = 0;  ///< How often it was asked for more, or sent more.
    bool is_closed = false;   ///< By `close()` or `shutdown()`.
    bool is_destroyed = false;
};

/// A stream, a sink or a byte writer that tells what is done to it, also when it is
/// gone.
///
/// \snippet coil/testing/held_back_test.cpp  what became of a stream
///
/// Lifetime: refers to the fate.
template <class Of>
class tracked {
public:
    tracked(Of of, fate& told) : of_(std::move(of)), told_(&told) {}
    tracked(tracked&& other) noexcept(std::is_nothrow_move_constructible_v<Of>)
        : of_(std::move(other.of_)),
          told_(std::exchange(other.told_, nullptr)) {}
    tracked& operator=(tracked&&) = delete;
    ~tracked() {
        if (told_ != nullptr) told_->is_destroyed = true;
    }

    [[nodiscard]] auto next()
        requires stream<Of>
    {
        note_use();
        return next_of(of_, *told_);
    }
    template <class T>
        requires requires(Of& to, T&& item) { to.send(static_cast<T&&>(item)); }
    auto send(T&& item) {
        note_use();
        ++told_->items;
        return of_.send(std::forward<T>(item));
    }
    auto write(std::span<const std::byte> bytes)
        requires requires(Of& to) { to.write(bytes); }
    {
        note_use();
        ++told_->items;
        return of_.write(bytes);
    }

    decltype(auto) close()
        requires requires(Of& of) { of.close(); }
    {
        told_->is_closed = true;
        return of_.close();
    }
    decltype(auto) shutdown()
        requires requires(Of& of) { of.shutdown(); }
    {
        told_->is_closed = true;
        return of_.shutdown();
    }

private:
    template <stream S>
    static auto next_of(S& from, fate& told)
        -> task_like<stream_item_t<S>, stream_next_t<S>> {
        auto item = co_await from.next();
        if (static_cast<bool>(item)) {
            ++told.items;
        } else {
            told.has_ended = true;
        }
        co_return std::move(item);
    }
    void note_use() noexcept {
        if (told_->has_ended || told_->is_closed) ++told_->asked_after_end;
    }

    Of of_;
    fate* told_;
};

}  // namespace coil::testing
