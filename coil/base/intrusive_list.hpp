// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil {

/// A node of one `intrusive_list`; leaves its list when it is destroyed.
class intrusive_list_node {
public:
    intrusive_list_node() = default;
    intrusive_list_node(const intrusive_list_node&) = delete;
    intrusive_list_node& operator=(const intrusive_list_node&) = delete;
    ~intrusive_list_node() { leave_list(); }

    [[nodiscard]] bool is_in_list() const noexcept { return next_ != nullptr; }
    void leave_list() noexcept {
        if (next_ == nullptr) return;
        previous_->next_ = next_;
        next_->previous_ = previous_;
        next_ = previous_ = nullptr;
    }

private:
    template <class T>
    friend class intrusive_list;
    intrusive_list_node* next_ = nullptr;
    intrusive_list_node* previous_ = nullptr;
};

/// A first-in first-out list whose nodes are base classes of its elements: it owns
/// nothing and allocates nothing.
///
/// \snippet coil/base/intrusive_list_test.cpp  a queue of waiters
///
/// Requires: empty when it is destroyed.
template <class T>
class intrusive_list {
public:
    intrusive_list() noexcept { end_.next_ = end_.previous_ = &end_; }
    intrusive_list(const intrusive_list&) = delete;
    intrusive_list& operator=(const intrusive_list&) = delete;
    ~intrusive_list() { end_.next_ = end_.previous_ = nullptr; }

    [[nodiscard]] bool is_empty() const noexcept { return end_.next_ == &end_; }
    [[nodiscard]] T* front() const noexcept {
        return is_empty() ? nullptr : static_cast<T*>(end_.next_);
    }
    void push_back(T& added) noexcept {
        intrusive_list_node& node = added;
        node.next_ = &end_;
        node.previous_ = end_.previous_;
        end_.previous_->next_ = &node;
        end_.previous_ = &node;
    }
    T* pop_front() noexcept {
        T* const first = front();
        if (first != nullptr) static_cast<intrusive_list_node&>(*first).leave_list();
        return first;
    }

private:
    intrusive_list_node end_;  // circular
};

}  // namespace coil
