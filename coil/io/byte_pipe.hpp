// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/core/sendable.hpp>
#include <coil/io/buffer.hpp>

#include <cstring>
#include <new>
#include <stdexcept>

namespace coil {

/// What a write to a `byte_pipe` throws when nobody will read it any more.
class broken_pipe : public std::runtime_error {
public:
    broken_pipe() : std::runtime_error("nobody reads from this pipe any more") {}
};

/// Bytes from one strand to another of the same runtime, in memory: one direction of a
/// `duplex`, which stands in for a connection where there is no network.
///
/// A writer waits while `size_max` bytes are unread. One read and one write may wait.
///
/// Threads: those of one runtime.
class byte_pipe {
public:
    class read_leaf;
    class write_leaf;

    explicit byte_pipe(std::size_t size_max = 64 * 1024) noexcept : held_(size_max) {
        COIL_EXPECTS(size_max > 0 && "a pipe has room for something");
    }
    byte_pipe(const byte_pipe&) = delete;
    byte_pipe& operator=(const byte_pipe&) = delete;
    /// Requires: nobody waits.
    ~byte_pipe() { COIL_EXPECTS(reader_ == nullptr && writer_ == nullptr); }

    [[nodiscard]] read_leaf read(std::span<std::byte> into) noexcept;
    [[nodiscard]] read_leaf read_vectored(
        std::span<const std::span<std::byte>> into) noexcept;
    /// Errors: `broken_pipe` once either side has closed; `std::bad_alloc`.
    [[nodiscard]] write_leaf write(std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] write_leaf write_vectored(
        std::span<const std::span<const std::byte>> buffers) noexcept;

    /// Nothing more will be written: a read gives what is left, then 0.
    void close_writing() noexcept;
    /// Nothing more will be read: what is left is thrown away, and a read gives 0.
    void close_reading() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return held_.size(); }

private:
    [[nodiscard]] std::size_t give(std::span<std::byte> into) noexcept;
    [[nodiscard]] std::size_t take(std::span<const std::byte> bytes);
    void wake_both() noexcept;

    buffer held_;
    read_leaf* reader_ = nullptr;
    write_leaf* writer_ = nullptr;
    bool is_ended_ = false;
    bool is_broken_ = false;
};

template <>
inline constexpr bool enable_shareable<byte_pipe> = false;

/// The leaf behind `byte_pipe::read` and `read_vectored`.
class byte_pipe::read_leaf : public leaf_of<read_leaf> {
public:
    static constexpr const char* what = "pipe read";
    read_leaf(byte_pipe& from, std::span<std::byte> into) noexcept
        : from_(from),
          into_(into) {
        COIL_EXPECTS(!into.empty() && "reading needs room");
    }
    read_leaf(byte_pipe& from, std::span<const std::span<std::byte>> into) noexcept
        : from_(from),
          more_(into) {
        std::size_t room = 0;
        for (const std::span<std::byte> part : into) room += part.size();
        COIL_EXPECTS(room > 0 && "reading needs room");
    }
    [[nodiscard]] std::size_t await_resume() const noexcept { return count_; }

private:
    friend byte_pipe;
    friend leaf_of<read_leaf>;
    [[nodiscard]] bool try_now() noexcept;
    void start() noexcept {
        COIL_EXPECTS(from_.reader_ == nullptr && "one read waits at a time");
        from_.reader_ = this;
    }
    stop_answer on_stop() noexcept {
        if (from_.reader_ == this) from_.reader_ = nullptr;
        return stop_answer::ended;
    }

    byte_pipe& from_;
    std::span<std::byte> into_;
    std::span<const std::span<std::byte>> more_;  // behind that
    std::size_t count_ = 0;
};

/// The leaf behind `byte_pipe::write` and `write_vectored`.
class byte_pipe::write_leaf : public leaf_of<write_leaf> {
public:
    static constexpr const char* what = "pipe write";
    write_leaf(byte_pipe& to, std::span<const std::byte> bytes) noexcept
        : to_(to),
          bytes_(bytes),
          size_(bytes.size()) {}
    write_leaf(byte_pipe& to,
               std::span<const std::span<const std::byte>> buffers) noexcept
        : to_(to),
          more_(buffers) {
        for (const std::span<const std::byte> part : buffers) size_ += part.size();
    }
    [[nodiscard]] std::size_t await_resume() const {
        if (has_no_memory_) throw std::bad_alloc();
        const bool was_refused = to_.is_ended_ && count_ == 0 && size_ > 0;
        if (to_.is_broken_ || was_refused) throw broken_pipe();
        return count_;
    }

private:
    friend byte_pipe;
    friend leaf_of<write_leaf>;
    [[nodiscard]] bool try_now() noexcept;
    void start() noexcept {
        COIL_EXPECTS(to_.writer_ == nullptr && "one write waits at a time");
        to_.writer_ = this;
    }
    stop_answer on_stop() noexcept {
        if (to_.writer_ == this) to_.writer_ = nullptr;
        return stop_answer::ended;
    }

    byte_pipe& to_;
    std::span<const std::byte> bytes_;
    std::span<const std::span<const std::byte>> more_;  // behind that
    std::size_t size_ = 0;                              // of all
    std::size_t count_ = 0;
    bool has_no_memory_ = false;
};

inline byte_pipe::read_leaf byte_pipe::read(std::span<std::byte> into) noexcept {
    return {*this, into};
}
inline byte_pipe::read_leaf byte_pipe::read_vectored(
    std::span<const std::span<std::byte>> into) noexcept {
    return {*this, into};
}
inline byte_pipe::write_leaf byte_pipe::write(
    std::span<const std::byte> bytes) noexcept {
    return {*this, bytes};
}
inline byte_pipe::write_leaf byte_pipe::write_vectored(
    std::span<const std::span<const std::byte>> buffers) noexcept {
    return {*this, buffers};
}

/// A connection in memory: what `first()` writes, `second()` reads, and back.
///
/// \snippet coil/io/byte_pipe_test.cpp  a connection without a network
///
/// Lifetime: the ends refer to it.
class duplex {
public:
    /// One end: a `byte_stream`.
    class end {
    public:
        end(byte_pipe& in, byte_pipe& out) noexcept : in_(&in), out_(&out) {}
        [[nodiscard]] byte_pipe::read_leaf read(std::span<std::byte> into) noexcept {
            return in_->read(into);
        }
        [[nodiscard]] byte_pipe::read_leaf read_vectored(
            std::span<const std::span<std::byte>> into) noexcept {
            return in_->read_vectored(into);
        }
        [[nodiscard]] byte_pipe::write_leaf write(
            std::span<const std::byte> bytes) noexcept {
            return out_->write(bytes);
        }
        [[nodiscard]] byte_pipe::write_leaf write_vectored(
            std::span<const std::span<const std::byte>> buffers) noexcept {
            return out_->write_vectored(buffers);
        }
        /// Nothing more will be written.
        void shutdown() noexcept { out_->close_writing(); }
        /// Nothing more will be read or written.
        void close() noexcept {
            in_->close_reading();
            out_->close_writing();
        }

    private:
        byte_pipe* in_;
        byte_pipe* out_;
    };

    explicit duplex(std::size_t size_max = 64 * 1024) noexcept
        : there_(size_max),
          back_(size_max) {}
    [[nodiscard]] end first() noexcept { return {back_, there_}; }
    [[nodiscard]] end second() noexcept { return {there_, back_}; }

private:
    byte_pipe there_;
    byte_pipe back_;
};

}  // namespace coil
