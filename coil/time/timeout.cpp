// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/time/timeout.hpp>

#include <algorithm>

namespace coil {

namespace detail {

const piece_ops time_limit::table = {nullptr, nullptr, "with_timeout"};

instant time_limit::earliest(const context& from) noexcept {
    instant earliest = instant::max();
    const context* at = &from;
    for (; at != nullptr && !at->is_shielded(); at = at->around(from.home())) {
        if (&at->ops() == &table)
            earliest = std::min(earliest, static_cast<const time_limit&>(*at).end_);
    }
    return earliest;
}

}  // namespace detail

clock::duration time_left::await_resume() const noexcept {
    const context& here = parent_.scope();
    const instant end = detail::time_limit::earliest(here);
    if (end == instant::max()) return clock::duration::max();
    const instant now = here.home().runs_on().timers()->now();
    return std::max(end - now, clock::duration::zero());
}

}  // namespace coil
