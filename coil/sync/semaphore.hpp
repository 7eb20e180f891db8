// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/detail/permits.hpp>

namespace coil {

/// A number of permits: strands take some, waiting until there are enough, and give
/// them back.
///
/// First come first served: who waits for many is not overtaken by who wants few.
///
/// \snippet coil/sync/semaphore_test.cpp  at most two at once
///
/// Threads: `semaphore` from any thread, also outside of runtimes; `local::semaphore`,
/// without atomics, from the strands of one.
/// Memory: what precedes giving permits back is visible to who gets them.
/// Allocates: never; a waiting leaf is queued inside its own frame.
template <flavour F>
class basic_semaphore {
    struct name {
        static constexpr const char* what = "semaphore";
        static constexpr bool is_lock = false;
    };
    using permits = detail::permits<F, name>;

public:
    /// Permits that were taken; gives them back when it ends.
    using permit = typename permits::held;
    static constexpr bool is_local = F == flavour::local;
    using acquire_leaf = typename permits::wait_leaf;

    explicit basic_semaphore(std::size_t count) noexcept : permits_(count) {}

    /// Waits for `count` permits. `co_await` gives a `permit`.
    ///
    /// Stop: leaves the line, and takes none; who has been given them keeps them.
    [[nodiscard]] acquire_leaf acquire(std::size_t count = 1) noexcept {
        return {permits_, count};
    }
    /// Takes them if they are there and nobody waits.
    [[nodiscard]] std::optional<permit> try_acquire(std::size_t count = 1) noexcept {
        return permits_.try_take(count);
    }
    /// There are so many more from now on.
    void add(std::size_t count) noexcept { permits_.add(count); }
    /// How many are there now.
    [[nodiscard]] std::size_t available() const noexcept {
        return permits_.available();
    }

private:
    permits permits_;
};

using semaphore = basic_semaphore<flavour::movable>;

namespace local {
using semaphore = basic_semaphore<flavour::local>;
}  // namespace local

}  // namespace coil
