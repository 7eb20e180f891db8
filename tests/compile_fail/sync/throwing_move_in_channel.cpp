// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An item is moved in and out where no error could be told.
#include <coil/sync/channel.hpp>

struct legacy {
    legacy(const legacy&);
};

void work(coil::channel<legacy, 1>& queue) {
    queue.close();
}
// expected-error@coil/sync/channel.hpp:* {{an item is moved where no error could be told: its move constructor must be noexcept; send a std::unique_ptr to it instead}}
// expected-note@*:* 0+ {{in instantiation of}}
