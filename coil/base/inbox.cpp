// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/inbox.hpp>

#include <atomic>

namespace coil {

namespace {
remote_message* newest_of(std::uintptr_t word) noexcept {
    return reinterpret_cast<remote_message*>(word);
}
}  // namespace

bool inbox::push(remote_message& message) noexcept {
    const auto added = reinterpret_cast<std::uintptr_t>(&message);
    std::uintptr_t seen = std::atomic_ref(word_).load(std::memory_order_relaxed);
    do {
        message.next_ = newest_of(seen & ~marks);
        // release: pairs with the acquire in drain(), so the owner sees the result.
        // acquire: pairs with try_rest(), so whoever found the owner resting sees it.
    } while (!std::atomic_ref(word_).compare_exchange_weak(
        seen, added | (seen & asked_to_stop), std::memory_order_acq_rel,
        std::memory_order_relaxed));
    return seen == resting;
}

bool inbox::ask_to_stop() noexcept {
    std::uintptr_t seen = std::atomic_ref(word_).load(std::memory_order_relaxed);
    // acq_rel: as in push().
    while (!std::atomic_ref(word_).compare_exchange_weak(
        seen, (seen & ~resting) | asked_to_stop, std::memory_order_acq_rel,
        std::memory_order_relaxed)) {}
    return seen == resting;
}

inbox::news inbox::drain() noexcept {
    if ((std::atomic_ref(word_).load(std::memory_order_relaxed) & ~resting) == 0)
        return {};
    // acquire: pairs with the release in push() and ask_to_stop().
    const std::uintptr_t taken =
        std::atomic_ref(word_).exchange(0, std::memory_order_acquire);
    remote_message* newest = newest_of(taken & ~marks);
    remote_message* oldest = nullptr;
    while (newest != nullptr) {
        remote_message* next = newest->next_;
        newest->next_ = oldest;
        oldest = newest;
        newest = next;
    }
    const bool had_messages = oldest != nullptr;
    while (oldest != nullptr) {
        remote_message* next = oldest->next_;  // delivering may end the message
        oldest->deliver_(*oldest);
        oldest = next;
    }
    return {had_messages, (taken & asked_to_stop) != 0};
}

bool inbox::try_rest() noexcept {
    std::uintptr_t nothing = 0;
    // release: pairs with the acquire in push(), for who takes the owner up again.
    return std::atomic_ref(word_).compare_exchange_strong(
        nothing, resting, std::memory_order_release, std::memory_order_relaxed);
}

bool inbox::wake_up() noexcept {
    std::uintptr_t mark = resting;
    // relaxed: the owner's own mark; a failure means that something is to be drained.
    return std::atomic_ref(word_).compare_exchange_strong(mark, 0,
                                                          std::memory_order_relaxed);
}

}  // namespace coil
