// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/attributes.hpp>

#include <doctest/doctest.h>

#include <thread>

namespace {

COIL_THREAD_LOCAL int mine = 0;

COIL_NOINLINE int twice(int value) {
    return 2 * value;
}

COIL_ALWAYS_INLINE int thrice(int value) {
    return 3 * value;
}

const int& same(const int& value COIL_LIFETIMEBOUND) {
    return value;
}

//! [not across an await]
// Of a table that all strands of this thread use.
class COIL_NOT_ACROSS_AWAIT table_guard {
public:
    explicit table_guard(bool& is_in_use) noexcept : is_in_use_(is_in_use) {
        is_in_use = true;
    }
    table_guard(const table_guard&) = delete;
    ~table_guard() { is_in_use_ = false; }

private:
    bool& is_in_use_;
};
//! [not across an await]

}  // namespace

TEST_CASE("attributes: a thread-local variable is not shared between threads") {
    mine = 1;
    int seen_by_other = -1;
    std::thread([&] { seen_by_other = mine; }).join();
    CHECK(seen_by_other == 0);
    CHECK(mine == 1);
}

TEST_CASE("attributes: the functions they decorate do what they say") {
    const int value = 7;
    CHECK(twice(value) == 14);
    CHECK(thrice(value) == 21);
    CHECK(&same(value) == &value);
    bool is_in_use = false;
    {
        const table_guard held(is_in_use);
        CHECK(is_in_use);
    }
    CHECK(!is_in_use);
}

TEST_CASE("attributes: COIL_EXCEPTIONS says whether a throw can be caught") {
#if COIL_EXCEPTIONS
    bool caught = false;
    try {
        throw 1;
    } catch (int) {
        caught = true;
    }
    CHECK(caught);
#else
    CHECK(COIL_EXCEPTIONS == 0);
#endif
}
