// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/ring.hpp>
#include <coil/testing/denied_uring.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>
#include <vector>

using coil::detail::ring;
using coil::testing::is_uring_allowed;

namespace {

void ask_for_nothing(io_uring_sqe& made, std::uint64_t number) {
    io_uring_prep_nop(&made);
    io_uring_sqe_set_data64(&made, number);
}
std::uint64_t reap_all(ring& of, std::vector<unsigned>& came) {
    std::uint64_t count = 0;
    for (io_uring_cqe seen = {}; of.reap(seen); ++count) ++came.at(seen.user_data);
    return count;
}

}  // namespace

TEST_CASE("ring: more entries than it has places go to the system in between") {
    if (!is_uring_allowed()) return;
    ring asked;
    REQUIRE(asked.set_up() == 0);
    std::vector<unsigned> came(3 * ring::entries);
    for (std::size_t i = 0; i < came.size(); ++i) {
        io_uring_sqe* const made = asked.try_entry();
        REQUIRE(made != nullptr);
        ask_for_nothing(*made, i);
    }
    asked.poll();
    CHECK(reap_all(asked, came) == came.size());
    CHECK(std::ranges::count(came, 1U) == std::ssize(came));
}

TEST_CASE("ring: completions that find no place are kept and none is lost") {
    if (!is_uring_allowed()) return;
    ring asked;
    REQUIRE(asked.set_up() == 0);
    std::vector<unsigned> came(3 * ring::completions);
    std::uint64_t reaped = 0;
    for (std::size_t i = 0; i < came.size(); ++i) {
        io_uring_sqe* made = asked.try_entry();
        if (made == nullptr) {  // a system that takes no more until some are taken
            reaped += reap_all(asked, came);
            made = asked.try_entry();
        }
        REQUIRE(made != nullptr);
        ask_for_nothing(*made, i);
    }
    const bool has_overflown =
        reaped > 0 ||
        (IO_URING_READ_ONCE(*asked.raw().sq.kflags) & IORING_SQ_CQ_OVERFLOW) != 0;
    CHECK(has_overflown);
    while (reaped < came.size()) {
        asked.poll();
        const std::uint64_t more = reap_all(asked, came);
        REQUIRE(more > 0);
        reaped += more;
    }
    CHECK(std::ranges::count(came, 1U) == std::ssize(came));
}
