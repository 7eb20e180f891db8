// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/intrusive_list.hpp>

#include <doctest/doctest.h>

namespace {
struct waiter : coil::intrusive_list_node {
    explicit waiter(int n) : number(n) {}
    int number;
};
}  // namespace

TEST_CASE("intrusive_list: gives elements in the order of their arrival") {
    //! [a queue of waiters]
    coil::intrusive_list<waiter> queue;
    waiter first{1};
    waiter second{2};
    queue.push_back(first);
    queue.push_back(second);
    CHECK(queue.pop_front() == &first);
    CHECK(queue.pop_front() == &second);
    CHECK(queue.pop_front() == nullptr);
    //! [a queue of waiters]
}

TEST_CASE("intrusive_list: an element that dies leaves the list") {
    coil::intrusive_list<waiter> queue;
    waiter first{1};
    {
        waiter second{2};
        queue.push_back(second);
        queue.push_back(first);
    }
    CHECK(queue.front() == &first);
    first.leave_list();
    CHECK(queue.is_empty());
}
