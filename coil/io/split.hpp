// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/atomic.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/frame.hpp>
#include <coil/io/byte_stream.hpp>
#include <coil/stream/sink.hpp>
#include <coil/stream/stream.hpp>

#include <utility>

namespace coil {

namespace detail {

/// How many halves there still are, where they may be on two threads and where not.
template <flavour F>
class half_count {
public:
    [[nodiscard]] bool leave() noexcept {
        // acq_rel: pairs with the other half's, which used the whole until then.
        return halves_.fetch_sub(1, memory_order_acq_rel) == 1;
    }

private:
    atomic<int> halves_ = 2;
};
template <>
class half_count<flavour::local> {
public:
    [[nodiscard]] bool leave() noexcept { return --halves_ == 0; }

private:
    int halves_ = 2;
};

/// Two strands use it at the same time, so where these may be on two threads is said by
/// what it is, not by what it refers to.
template <class Whole>
inline constexpr flavour half_flavour =
    sendable<Whole> && shareable<Whole> ? flavour::movable : flavour::local;

/// What two halves are of. It ends with the last of them.
template <class Whole>
class split_whole {
    static_assert(alignof(Whole) <= 2 * sizeof(void*));

public:
    explicit split_whole(Whole&& whole) : object(std::move(whole)) {}
    void leave() noexcept {
        if (count_.leave()) delete this;
    }
    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        release_frame(block, size);
    }

    Whole object;

private:
    half_count<half_flavour<Whole>> count_;
};

/// One of the two.
template <class Whole>
class half {
public:
    static constexpr bool is_local = half_flavour<Whole> == flavour::local;

    explicit half(split_whole<Whole>& of) noexcept : of_(&of) {}
    half(half&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    half& operator=(half&& other) noexcept {
        if (this == &other) return *this;
        leave();
        of_ = std::exchange(other.of_, nullptr);
        return *this;
    }
    ~half() { leave(); }

    [[nodiscard]] bool is_half_of_same(const half& other) const noexcept {
        return of_ != nullptr && of_ == other.of_;
    }
    void leave() noexcept {
        if (of_ != nullptr) std::exchange(of_, nullptr)->leave();
    }
    [[nodiscard]] Whole& whole() const noexcept {
        COIL_EXPECTS(of_ != nullptr && "this half is still one");
        return of_->object;
    }

private:
    split_whole<Whole>* of_;
};

template <class Whole>
concept gives = byte_reader<Whole> || stream<Whole>;
template <class Whole, class T>
concept has_send = requires(Whole& to, T&& item) { to.send(static_cast<T&&>(item)); };

}  // namespace detail

template <class Whole>
class writing_half;

/// The half that `split` gives to who reads: a `byte_reader` or a `stream`, as the
/// whole.
template <class Whole>
class reading_half {
public:
    static constexpr bool is_local = detail::half<Whole>::is_local;
    static constexpr bool is_resumable = is_resumable_v<Whole>;

    explicit reading_half(detail::split_whole<Whole>& of) noexcept : half_(of) {}

    /// As the whole's.
    [[nodiscard]] auto read(std::span<std::byte> into)
        requires byte_reader<Whole>
    {
        return half_.whole().read(into);
    }
    [[nodiscard]] auto read_vectored(std::span<const std::span<std::byte>> into)
        requires vectored_reader<Whole>
    {
        return half_.whole().read_vectored(into);
    }
    [[nodiscard]] auto next()
        requires stream<Whole>
    {
        return half_.whole().next();
    }

    [[nodiscard]] bool is_of(const writing_half<Whole>& other) const noexcept {
        return half_.is_half_of_same(other.half_);
    }

private:
    template <class W>
    friend W reunite(reading_half<W> reading, writing_half<W> writing);

    detail::half<Whole> half_;
};

/// The half that `split` gives to who writes: a `byte_writer` or a `sink`, as the
/// whole.
template <class Whole>
class writing_half {
public:
    static constexpr bool is_local = detail::half<Whole>::is_local;

    explicit writing_half(detail::split_whole<Whole>& of) noexcept : half_(of) {}

    /// As the whole's.
    [[nodiscard]] auto write(std::span<const std::byte> bytes)
        requires byte_writer<Whole>
    {
        return half_.whole().write(bytes);
    }
    [[nodiscard]] auto write_vectored(
        std::span<const std::span<const std::byte>> buffers)
        requires vectored_writer<Whole>
    {
        return half_.whole().write_vectored(buffers);
    }
    template <class T>
        requires detail::has_send<Whole, T>
    auto send(T&& item) {
        return half_.whole().send(std::forward<T>(item));
    }
    /// Says that nothing more will be written. To destroy this half does not.
    decltype(auto) shutdown()
        requires requires(Whole& whole) { whole.shutdown(); }
    {
        return half_.whole().shutdown();
    }

private:
    friend reading_half<Whole>;
    template <class W>
    friend W reunite(reading_half<W> reading, writing_half<W> writing);

    detail::half<Whole> half_;
};

template <class Whole>
struct split_halves {
    reading_half<Whole> reading;
    writing_half<Whole> writing;
};

/// Makes two objects of one that goes both ways (a `byte_stream`, or what is a stream
/// and a sink), for two owners that need not end together. Where one of them outlives
/// the other, as a function its children, lend both the whole instead: it costs
/// nothing.
///
/// \snippet coil/io/split_test.cpp  one reads and one writes, and then one does both
///
/// \snippet coil/io/split_test.cpp  a stream and a sink
///
/// The whole ends when both halves have.
/// Requires: one read and one write of the whole may wait at the same time.
/// Threads: each half from one at a time; the two at the same time if the whole is
/// `shareable`, as a `tcp_stream`, and otherwise they are local.
/// Allocates: one block, as a frame.
template <class Whole>
[[nodiscard]] split_halves<Whole> split(Whole whole) {
    static_assert(detail::gives<Whole>,
                  "what is split can be read: a byte_reader, or a stream");
    static_assert(!needs_async_drop<Whole>,
                  "the last half has no place to await the async drop of the whole: "
                  "lend the whole to both");
    auto& shared = *new detail::split_whole<Whole>(std::move(whole));
    return {reading_half<Whole>(shared), writing_half<Whole>(shared)};
}

/// Makes one object of its two halves again.
///
/// Requires: they are halves of one, which `reading.is_of(writing)` tells, and nothing
/// waits on them; others end the program with a text.
template <class Whole>
[[nodiscard]] Whole reunite(reading_half<Whole> reading, writing_half<Whole> writing) {
    COIL_EXPECTS(reading.is_of(writing) && "the two are halves of one");
    return std::move(reading.half_.whole());
}

}  // namespace coil
