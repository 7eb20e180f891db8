// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/testing/virtual_time.hpp>

#include "program.hpp"

namespace programs {

/// Virtual time, and what is planned for each piece before it runs.
class planned_runtime final : private coil::testing::virtual_driver,
                              public coil::event_loop {
public:
    explicit planned_runtime(const program& asked) noexcept
        : event_loop(static_cast<virtual_driver&>(*this)),
          asked_(asked),
          order_(asked.order) {
        set_chooses_pieces(true);
    }
    [[nodiscard]] std::int64_t time() noexcept {
        return virtual_driver::now().time_since_epoch().count();
    }
    [[nodiscard]] int pieces() const noexcept { return pieces_; }
    [[nodiscard]] bool had_deadlock() const noexcept { return had_deadlock_; }

private:
    unsigned choose(unsigned ready_count) noexcept override {
        ++pieces_;
        for (const planned_stop& stop : asked_.stops) {
            if (stop.piece != pieces_) continue;
            const auto level =
                stop.is_hard ? coil::stop_level::hard : coil::stop_level::soft;
            main_strand()->root().request_stop(coil::stop_reason::requested, level);
        }
        return asked_.order == 0 ? 0 : order_.below(ready_count);
    }
    void deadlocked() noexcept override {
        if (had_deadlock_) coil::fatal("a program's deadlock that a stop does not end");
        had_deadlock_ = true;
        main_strand()->root().request_stop(coil::stop_reason::shutdown,
                                           coil::stop_level::hard);
    }

    const program& asked_;
    random_numbers order_;
    int pieces_ = 0;
    bool had_deadlock_ = false;
};

}  // namespace programs
