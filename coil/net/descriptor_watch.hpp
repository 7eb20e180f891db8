// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/io_driver.hpp>

namespace coil::net {

/// Waits until somebody else's descriptor can be read or written: that of a client
/// library which reads by itself, of a pipe, an eventfd, a timer. For TCP there is
/// `tcp_stream`, which reads and writes, too.
///
/// \snippet coil/net/descriptor_watch_test.cpp  bytes of a pipe
///
/// A wait takes nothing and looks at the descriptor as it is: one that can be read
/// already does not wait, however much of it was read before. An end or an error counts
/// as something to read; the read tells which.
///
/// A plain file never waits here, whatever its disk does.
///
/// Errors: `std::system_error` where the system does not wait for such a thing.
/// Stop: of a wait; nothing is lost.
/// Threads: those of the runtime that it was made on, one at a time.
/// Memory: it keeps a duplicate of the descriptor. So the descriptor may be closed
/// before, but what it stands for stays open until this is gone, too.
/// Allocates: one block, as it is made.
class descriptor_watch {
public:
    class readable_leaf;
    class writable_leaf;

    /// Throws: `std::system_error`, if it is none or there are too many.
    explicit descriptor_watch(int descriptor);

    /// Waits until a read would not wait.
    /// Requires: no other wait to read it.
    [[nodiscard]] readable_leaf wait_readable() noexcept;
    /// Waits until a write would not wait.
    /// Requires: no other wait to write to it.
    [[nodiscard]] writable_leaf wait_writable() noexcept;

private:
    io_handle duplicate_;
};

/// The leaf behind `descriptor_watch::wait_readable`.
class descriptor_watch::readable_leaf : public io_leaf<readable_leaf> {
public:
    static constexpr const char* what = "a descriptor to read";
    explicit readable_leaf(const io_handle& on) noexcept
        : io_leaf(kind::poll_readable, on, nullptr, 0) {}
    void await_resume() const { take_result(); }
};

/// The leaf behind `descriptor_watch::wait_writable`.
class descriptor_watch::writable_leaf : public io_leaf<writable_leaf> {
public:
    static constexpr const char* what = "a descriptor to write to";
    explicit writable_leaf(const io_handle& on) noexcept
        : io_leaf(kind::poll_writable, on, nullptr, 0) {}
    void await_resume() const { take_result(); }
};

inline descriptor_watch::readable_leaf descriptor_watch::wait_readable() noexcept {
    return readable_leaf(duplicate_);
}
inline descriptor_watch::writable_leaf descriptor_watch::wait_writable() noexcept {
    return writable_leaf(duplicate_);
}

}  // namespace coil::net
