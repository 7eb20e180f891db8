// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/inbox.hpp>
#include <coil/base/planted.hpp>

namespace coil {

namespace {
remote_message* newest_of(std::uintptr_t word) noexcept {
    return reinterpret_cast<remote_message*>(word);
}
}  // namespace

bool inbox::push(remote_message& message) noexcept {
    const auto added = reinterpret_cast<std::uintptr_t>(&message);
    std::uintptr_t seen = word_.load(memory_order_relaxed);
    do {
        message.next_ = newest_of(seen & ~marks);
        if (COIL_PLANTED(messages_hide_stops)) seen &= ~asked_to_stop;
        // release: pairs with the acquire in drain(), so the owner sees the result.
        // acquire: pairs with try_rest(), so whoever found the owner resting sees it.
    } while (!word_.compare_exchange_weak(seen, added | (seen & asked_to_stop),
                                          memory_order_acq_rel));
    return seen == resting;
}

bool inbox::take_up() noexcept {
    std::uintptr_t mark = resting;
    if (word_.load(memory_order_relaxed) != resting) return false;  // relaxed: a hint
    // acquire: pairs with try_rest(), so we see the owner as it was left.
    return word_.compare_exchange_strong(mark, 0, memory_order_acquire);
}

bool inbox::ask_to_stop() noexcept {
    std::uintptr_t seen = word_.load(memory_order_relaxed);
    // acq_rel: as in push().
    while (!word_.compare_exchange_weak(seen, (seen & ~resting) | asked_to_stop,
                                        memory_order_acq_rel)) {}
    return seen == resting;
}

inbox::news inbox::drain() noexcept {
    if ((word_.load(memory_order_relaxed) & ~resting) == 0) return {};
    // acquire: pairs with the release in push() and ask_to_stop().
    const std::uintptr_t taken = word_.exchange(0, memory_order_acquire);
    remote_message* newest = newest_of(taken & ~marks);
    if (COIL_PLANTED(newest_message_alone) && newest != nullptr)
        newest->next_ = nullptr;
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
    return word_.compare_exchange_strong(nothing, resting, memory_order_release);
}

bool inbox::wake_up() noexcept {
    std::uintptr_t mark = resting;
    // relaxed: the owner's own mark; a failure means that something is to be drained.
    return word_.compare_exchange_strong(mark, 0, memory_order_relaxed);
}

}  // namespace coil
