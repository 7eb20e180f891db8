// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/mailbox.hpp>

#include <atomic>

namespace coil {

remote_message* mailbox::asleep() noexcept {
    static constinit char mark = 0;
    return reinterpret_cast<remote_message*>(&mark);
}

void mailbox::post(remote_message& message) noexcept {
    remote_message* seen = std::atomic_ref(word_).load(std::memory_order_relaxed);
    do {
        message.next_ = seen == asleep() ? nullptr : seen;
        // release: pairs with the acquire in drain(), so the owner sees the result.
    } while (!std::atomic_ref(word_).compare_exchange_weak(
        seen, &message, std::memory_order_release, std::memory_order_relaxed));
    if (seen == asleep() && !COIL_PLANTED(posts_without_waking))
        notify();  // only then may this mailbox be touched again
}

bool mailbox::drain() noexcept {
    if (std::atomic_ref(word_).load(std::memory_order_relaxed) == nullptr) return false;
    // acquire: pairs with the release in post().
    remote_message* newest =
        std::atomic_ref(word_).exchange(nullptr, std::memory_order_acquire);
    if (newest == asleep()) return false;
    remote_message* oldest = nullptr;
    while (newest != nullptr) {
        remote_message* next = newest->next_;
        newest->next_ = oldest;
        oldest = newest;
        newest = next;
    }
    const bool had_any = oldest != nullptr;
    while (oldest != nullptr) {
        remote_message* next = oldest->next_;  // delivering may end the message
        oldest->deliver_(*oldest);
        oldest = next;
    }
    return had_any;
}

bool mailbox::try_sleep() noexcept {
    remote_message* none = nullptr;
    // relaxed: only announces; the messages themselves are acquired in drain().
    return std::atomic_ref(word_).compare_exchange_strong(none, asleep(),
                                                          std::memory_order_relaxed);
}

bool mailbox::wake_up() noexcept {
    remote_message* mark = asleep();
    // relaxed: as above; a failure means that messages wait to be drained.
    return std::atomic_ref(word_).compare_exchange_strong(mark, nullptr,
                                                          std::memory_order_relaxed);
}

}  // namespace coil
