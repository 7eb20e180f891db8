// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <boost/asio.hpp>

boost::asio::awaitable<int> answer() {
    co_return 42;
}

boost::asio::awaitable<void> ask(int& to) {
    to = co_await answer();
}
