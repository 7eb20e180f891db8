// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/call.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/io/buffer.hpp>
#include <coil/io/byte_stream.hpp>

#include <algorithm>
#include <utility>

namespace coil {

struct buffered_writer_options {
    std::size_t size = 16 * 1024;  ///< Bytes that it holds back at most; at least 1.
    bool flushes_lines = false;    ///< Up to the last LF, what is written goes out.
};

namespace detail {
struct buffered_writers;
}

/// A writer that holds small writes back, and sends them by few calls. It is there only
/// in the body of `with_buffered_writer`, so that its last bytes are not forgotten.
///
/// Large writes pass it by, together with what it holds if `To` is a `vectored_writer`.
template <byte_writer To>
class buffered_writer {
public:
    buffered_writer(const buffered_writer&) = delete;
    buffered_writer& operator=(const buffered_writer&) = delete;
    ~buffered_writer() = default;

    /// Takes some of `bytes`: at once while there is room for all of them.
    /// Errors: those of the writer below, of which earlier bytes may be the reason.
    /// Stop: none of `bytes` was taken.
    [[nodiscard]] auto write(std::span<const std::byte> bytes)
        -> task_like<std::size_t, To, write_call_t<To>> {
        std::span<const std::byte> urgent = bytes.first(size_to_flush(bytes));
        for (;;) {
            const bool has_room = bytes.size() <= held_.size_max() - held_.size();
            if (urgent.empty() && has_room) {
                held_.append(bytes);
                co_return bytes.size();
            }
            const std::span<const std::byte> next = urgent.empty() ? bytes : urgent;
            std::size_t count = 0;
            if constexpr (vectored_writer<To>) {
                const std::span<const std::byte> both[] = {held_.unread(), next};
                count = co_await to_.write_vectored(both);
            } else {
                count = co_await to_.write(held_.is_empty() ? next : held_.unread());
            }
            const std::size_t taken = count - take_off(count);
            if (taken > 0) co_return taken;
        }
    }

    /// Sends what it holds, and has the writer below do so, too, if that can.
    /// Stop: nothing is lost; it may be called again.
    [[nodiscard]] auto flush() -> task_like<void, To, write_call_t<To>> {
        while (!held_.is_empty()) take_off(co_await to_.write(held_.unread()));
        if constexpr (requires { to_.flush(); }) co_await to_.flush();
    }

    /// Sends what it holds, and says that nothing more will be written.
    [[nodiscard]] auto shutdown() -> task_like<void, To, write_call_t<To>>
        requires requires(To& to) { to.shutdown(); }
    {
        co_await flush();
        if constexpr (awaitable<decltype(to_.shutdown())>) {
            co_await to_.shutdown();
        } else {
            to_.shutdown();
        }
    }

    /// How many bytes it holds back.
    [[nodiscard]] std::size_t size() const noexcept { return held_.size(); }

private:
    friend detail::buffered_writers;

    buffered_writer(To& to, buffered_writer_options how) noexcept
        : to_(to),
          held_(how.size),
          flushes_lines_(how.flushes_lines) {
        COIL_EXPECTS(how.size > 0 && "a buffer has room for something");
    }

    [[nodiscard]] std::size_t size_to_flush(
        std::span<const std::byte> bytes) const noexcept {
        if (!flushes_lines_) return 0;
        std::size_t size = bytes.size();
        while (size > 0 && bytes[size - 1] != std::byte{'\n'}) --size;
        return size;
    }
    /// Gives how many of `count` written bytes were held here.
    std::size_t take_off(std::size_t count) noexcept {
        COIL_EXPECTS(count > 0 &&
                     "a writer takes at least one byte of what it is given");
        const std::size_t held = std::min(count, held_.size());
        held_.consume(held);
        return held;
    }

    To& to_;
    buffer held_;
    bool flushes_lines_;
};

namespace detail {
/// Who may make them.
struct buffered_writers {
    template <byte_writer To>
    [[nodiscard]] static buffered_writer<To> make(
        To& to, buffered_writer_options how) noexcept {
        return {to, how};
    }
};
}  // namespace detail

/// Calls `body(out)`, sync or async, with a `buffered_writer` that writes to `to`, and
/// then flushes that. Gives what the body gives.
///
/// \snippet coil/io/buffered_writer_test.cpp  many small writes, one call
///
/// Errors: those of the body, and of `to`; without one, all has gone out.
/// Stop: as an error: what was not flushed before is gone, and a message was cut.
/// Lifetime: `to` must outlive the await.
/// Allocates: a frame, and the buffer as soon as something is held back.
template <byte_writer To, class Body>
auto with_buffered_writer(To& to COIL_LOSES_WHEN_STOPPED, Body body,
                          buffered_writer_options how = {})
    -> task_like<settled_t<call_result_t<Body&, buffered_writer<To>&>>, To,
                 write_call_t<To>, Body, call_result_t<Body&, buffered_writer<To>&>> {
    using called = call_result_t<Body&, buffered_writer<To>&>;
    using value = settled_t<called>;
    static_assert(!needs_async_drop<value>,
                  "what the body gives is lost if the flush behind it fails, and there "
                  "is no place to await its async drop");
    buffered_writer<To> out = detail::buffered_writers::make(to, how);
    if constexpr (!awaitable<called> && std::is_void_v<value>) {
        body(out);
        co_await out.flush();
    } else if constexpr (!awaitable<called>) {
        value given = body(out);
        co_await out.flush();
        co_return std::forward<value>(given);
    } else if constexpr (std::is_void_v<value>) {
        co_await body(out);
        co_await out.flush();
    } else {
        value given = co_await body(out);
        co_await out.flush();
        co_return std::forward<value>(given);
    }
}

}  // namespace coil
