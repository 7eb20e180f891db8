// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>
#include <coil/core/strand.hpp>

namespace coil {

/// A strand with the awaitable that it runs: what a runtime's `run` and a group's
/// `spawn` are made of. The end function finds the result in `result()`.
///
/// Threads: its executor's.
template <class A>
class strand_of : public strand {
public:
    using value_type = await_result_t<A>;

    strand_of(executor& runs_on, A&& work, end_function* ended)
        : strand(runs_on, ended),
          work_{std::forward<A>(work)} {}
    ~strand_of() { end_work(); }

    /// Queues it; it begins in its first turn.
    void start() noexcept { wake(first_); }
    [[nodiscard]] outcome<value_type>& result() noexcept { return root_.result; }

private:
    struct first_piece : piece {
        explicit first_piece(strand_of& o) noexcept : piece(table), owner(o) {}
        strand_of& owner;
        static std::coroutine_handle<> run(piece& p) noexcept {
            strand_of& self = static_cast<first_piece&>(p).owner;
            return self.root_.begin(std::forward<A>(self.work_.of), self.root());
        }
        static constexpr piece_ops table = {&run, nullptr, "strand"};
    };
    struct root_branch : detail::child<A> {
        explicit root_branch(strand_of& o) noexcept
            : detail::child<A>(table),
              owner(o) {}
        strand_of& owner;
        static std::coroutine_handle<> completed(branch& b) noexcept {
            static_cast<root_branch&>(b).collect();
            return static_cast<root_branch&>(b).owner.end();
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            static_cast<root_branch&>(b).collect_stopped();
            return static_cast<root_branch&>(b).owner.end();
        }
        static continuation parent_of(const branch&) noexcept { return {}; }
        static constexpr branch_ops table = {&completed, &stopped, &parent_of,
                                             "strand"};
    };

    std::coroutine_handle<> end() noexcept {
        end_work();
        mark_ended();
        return std::noop_coroutine();
    }
    // While it is still the current strand: what the work captured may ask for it.
    void end_work() noexcept {
        if (std::exchange(has_work_, false)) work_.~holder();
    }

    struct holder {
        A of;
    };
    union {
        holder work_;
    };
    bool has_work_ = true;
    first_piece first_{*this};
    root_branch root_{*this};
};

}  // namespace coil
