// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/runtime/detail/provided_buffers.hpp>
#include <coil/runtime/io_driver.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace coil::detail {

/// Connections that were taken and that nobody has asked for yet, in order.
class connection_queue {
public:
    connection_queue() = default;
    connection_queue(const connection_queue&) = delete;
    connection_queue& operator=(const connection_queue&) = delete;
    ~connection_queue() {
        while (!is_empty()) ::close(pop());
    }
    [[nodiscard]] bool is_empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] std::size_t length() const noexcept { return length_; }
    [[nodiscard]] bool try_push(int descriptor) noexcept {
        auto* const added = new (std::nothrow) node{descriptor, nullptr};
        if (added == nullptr) return false;
        (is_empty() ? first_ : last_->next) = added;
        last_ = added;
        ++length_;
        return true;
    }
    [[nodiscard]] int pop() noexcept {
        const std::unique_ptr<node> popped(std::exchange(first_, first_->next));
        --length_;
        return popped->descriptor;
    }

private:
    struct node {
        int descriptor;
        node* next;
    };
    node* first_ = nullptr;
    node* last_ = nullptr;
    std::size_t length_ = 0;
};

/// A socket on io_uring: who waits, what the system was asked for, and what came that
/// nobody has read yet. Included by .cpp files only.
class uring_socket final : public intrusive_list_node,  // of the closed ones'
                           public io_source {
public:
    explicit uring_socket(int descriptor) noexcept : io_source(descriptor) {}

    [[nodiscard]] io_operation*& waiting(io_operation::kind what) noexcept {
        using asks = io_operation::kind;
        if (what == asks::wait_closed || what == asks::wait_gone) return watcher;
        const bool writes = what == asks::write || what == asks::write_vectored ||
                            what == asks::connect || what == asks::poll_writable;
        return writes ? writer : reader;
    }
    void forget(io_operation& asked) noexcept {
        io_operation*& place = waiting(asked.asked);
        if (place == &asked) place = nullptr;
        asked.is_told = false;
    }
    void hear_last_word(std::int32_t word) noexcept {
        last_word = word;
        has_last_word = true;
    }
    [[nodiscard]] bool is_asked_of_system() const noexcept {
        return arrives || is_lent || is_watched || is_polled[0] || is_polled[1];
    }

    std::int32_t last_word = 0;  // an error, or 0: the end
    io_operation* reader = nullptr;
    io_operation* writer = nullptr;
    io_operation* watcher = nullptr;  // of the peer's end, or of its going
    std::unique_ptr<connection_queue> connections;  // a listener's
    provided_buffers::queue unread;
    bool has_last_word = false;  // what arrives is over, and nobody has heard it
    bool arrives = false;        // the system was asked for bytes or connections
    bool is_ebbing = false;      // ... and asked to stop that
    bool is_lent = false;        // the writer's memory is the system's
    bool is_taken_back = false;  // ... which was asked to give it back
    bool is_watched = false;     // the system was asked for the peer's end
    bool has_ended : 1 = false;  // ... and has told: it writes no more
    bool is_gone : 1 = false;    // ... or it reads no more, either
    bool is_polled[2] = {};      // the system was asked when one may read, or write
    bool is_closed = false;      // it is there only for completions that are due
};

/// Sockets that were closed while completions were due. It owns them.
class closed_sockets {
public:
    closed_sockets() = default;
    closed_sockets(const closed_sockets&) = delete;
    closed_sockets& operator=(const closed_sockets&) = delete;
    /// Requires: no completion will be reaped.
    ~closed_sockets() {
        while (uring_socket* const closed = all_.pop_front()) delete closed;
    }
    [[nodiscard]] bool is_empty() const noexcept { return all_.is_empty(); }
    void add(uring_socket& closed) noexcept { all_.push_back(closed); }
    /// Its last completion has come.
    void end(uring_socket& closed) noexcept { delete &closed; }

private:
    intrusive_list<uring_socket> all_;
};

}  // namespace coil::detail
