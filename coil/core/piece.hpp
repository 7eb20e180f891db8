// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/base/compiler.hpp>

#include <coroutine>

namespace coil {

/// How a waiting piece answers when it is asked to stop.
enum class stop_answer : unsigned char {
    ended,  ///< It is off every list: its parent may be unwound now.
    later,  ///< It will complete by itself, with a value, an error or as stopped.
};

class piece;
class strand;
class continuation;

/// Told of strands, one by one.
class strand_visitor {
public:
    virtual void visit(strand& found) = 0;

protected:
    ~strand_visitor() = default;
};

/// What the strand's loop may do with a piece; one static table per kind.
struct piece_ops {
    std::coroutine_handle<> (*run)(piece&) noexcept;  ///< Its turn has come.
    stop_answer (*stop)(piece&) noexcept;             ///< Null: an inner context.
    const char* what;  ///< The word that reports use: "event", "sleep".
    /// Who awaits it, for backtraces; null if nobody can.
    continuation (*parent)(const piece&) noexcept = nullptr;
    /// Tells of the strands that it waits for; null if there are none.
    void (*visit)(const piece&, strand_visitor&) = nullptr;
};

/// Something a strand can run or stop: a leaf, a branch to start, a context.
///
/// A piece is in at most one list at a time: its context's list while it waits,
/// the strand's ready list once it has completed. So one pair of links serves both.
class piece {
public:
    explicit piece(const piece_ops& ops) noexcept : ops_(&ops) {}
    piece(const piece&) = delete;
    piece& operator=(const piece&) = delete;
    ~piece() { unlink(); }

    [[nodiscard]] const piece_ops& ops() const noexcept { return *ops_; }
    void set_ops(const piece_ops& ops) noexcept { ops_ = &ops; }

    /// In a list that it can be taken out of (a context's, or one of stops).
    [[nodiscard]] bool is_linked() const noexcept { return link_ != nullptr; }

    void link_into(piece*& head) noexcept {
        next_ = head;
        link_ = &head;
        if (head != nullptr) head->link_ = &next_;
        head = this;
    }

    void unlink() noexcept {
        if (link_ == nullptr) return;
        *link_ = next_;
        if (next_ != nullptr) next_->link_ = link_;
        link_ = nullptr;
    }

private:
    friend class ready_list;
    friend class context;
    friend class strand;

    piece* next_ = nullptr;
    piece** link_ = nullptr;  // what points at us; null while not in a stop list
    const piece_ops* ops_;
};

/// First in, first out; pieces in it have completed and cannot be taken out.
class ready_list {
public:
    [[nodiscard]] bool is_empty() const noexcept { return head_ == nullptr; }

    void push(piece& added) noexcept {
        added.next_ = nullptr;
        if (head_ == nullptr) {
            head_ = &added;
        } else {
            tail_->next_ = &added;
        }
        tail_ = &added;
    }

    void push_front(piece& added) noexcept {
        added.next_ = head_;
        if (head_ == nullptr) tail_ = &added;
        head_ = &added;
    }

    /// Takes over all of `later`, behind what is here.
    void append(ready_list& later) noexcept {
        if (later.head_ == nullptr) return;
        if (head_ == nullptr) {
            head_ = later.head_;
        } else {
            tail_->next_ = later.head_;
        }
        tail_ = later.tail_;
        later.head_ = nullptr;
    }

    piece& pop() noexcept {
        piece& first = *head_;
        head_ = first.next_;
        return first;
    }

    [[nodiscard]] unsigned count() const noexcept {
        unsigned n = 0;
        for (const piece* p = head_; p != nullptr; p = p->next_) ++n;
        return n;
    }

    /// Takes out the piece at `index`, for an executor that chooses who runs.
    piece& pop_at(unsigned index) noexcept {
        piece* before = nullptr;
        piece* found = head_;
        for (; index > 0 && found != tail_; --index) {
            before = found;
            found = found->next_;
        }
        if (before == nullptr) return pop();
        before->next_ = found->next_;
        if (found == tail_) tail_ = before;
        return *found;
    }

private:
    piece* head_ = nullptr;
    piece* tail_ = nullptr;  // valid only while there is a head
};

}  // namespace coil
