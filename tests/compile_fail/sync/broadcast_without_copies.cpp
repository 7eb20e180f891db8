// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every receiver gets an item of its own.
#include <coil/core/task.hpp>
#include <coil/sync/broadcast.hpp>

#include <memory>

coil::task<> work() {
    coil::broadcast<std::unique_ptr<int>, 4> news;
    auto mine = news.subscribe();
    news.send(std::make_unique<int>(1));
    auto first = co_await mine.receive();
}
// expected-error@coil/sync/broadcast.hpp:* {{each receiver of a broadcast gets a copy of the item, and this one cannot be copied: send a std::shared_ptr to it instead, or use a channel, where each item is for one receiver}}
// expected-note@*:* 0+ {{in instantiation of}}
