// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/sync/remote_event.hpp>

#include <atomic>

namespace coil {

remote_event::~remote_event() {
    COIL_EXPECTS(waiter_ == nullptr && "a remote_event died while it was awaited");
    // relaxed: whoever set it has returned; if the message is on its way, take it in.
    if (std::atomic_ref(is_posted_).load(std::memory_order_relaxed)) mailbox_.drain();
}

void remote_event::set() noexcept {
    // acq_rel: pairs with the exchange in arrived(); release for what precedes set().
    if (std::atomic_ref(is_posted_).exchange(true, std::memory_order_acq_rel)) return;
    mailbox_.post(message_);
}

void remote_event::arrived() noexcept {
    // acq_rel: pairs with set(); one after this posts anew, one before it is seen now.
    std::atomic_ref(is_posted_).exchange(false, std::memory_order_acq_rel);
    is_set_ = !COIL_PLANTED(remote_event_forgets);
    if (wait_leaf* waiting = std::exchange(waiter_, nullptr)) waiting->retry();
}

}  // namespace coil
