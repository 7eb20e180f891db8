// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/mailbox.hpp>

namespace coil {

void mailbox::post(remote_message& message) noexcept {
    if (messages_.push(message) && !COIL_PLANTED(posts_without_waking))
        notify();  // only then may this mailbox be touched again
}

}  // namespace coil
