// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>
#include <coil/core/strand.hpp>

namespace coil {

/// A strand with the awaitable that it runs: what a runtime's `run` and a group's
/// `spawn` are made of. `Derived` has a public `ended()`, which the loop calls last of
/// all; it finds the result in `result()` and may free the strand. It may have an
/// `asked_to_stop()`, for what other threads ask, and a `spawned_in()`, the context
/// that waits for it. `Strand` may be a class derived from `strand`.
///
/// Threads: its executor's.
template <class A, class Derived, class Strand = strand>
class strand_of : public Strand, private detail::child<A> {
    using root_work = detail::child<A>;

public:
    using value_type = await_result_t<A>;

    /// `place` is what `Strand` is made from.
    template <class Place>
    strand_of(Place& place, A&& work)
        : Strand(place, table),
          root_work(root_branch),
          work_{std::forward<A>(work)} {}
    ~strand_of() { end_work(); }

    [[nodiscard]] outcome<value_type>& result() noexcept { return root_work::result; }

private:
    static std::coroutine_handle<> run(piece& root) noexcept {
        context& scope = static_cast<context&>(root);
        auto& self = static_cast<strand_of&>(scope.home());
        return self.root_work::begin(std::forward<A>(self.work_.of), scope);
    }
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& self = static_cast<strand_of&>(static_cast<root_work&>(b));
        self.collect();
        return self.end();
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& self = static_cast<strand_of&>(static_cast<root_work&>(b));
        self.collect_stopped();
        return self.end();
    }
    static void end_of(strand& s) noexcept { static_cast<Derived&>(s).ended(); }
    static continuation parent_of(const branch&) noexcept { return {}; }
    static void ask(strand& s) noexcept {
        if constexpr (requires(Derived& self) { self.asked_to_stop(); })
            static_cast<Derived&>(s).asked_to_stop();
    }
    static const context* outside(const strand& s) noexcept {
        if constexpr (requires(const Derived& self) { self.spawned_in(); }) {
            return static_cast<const Derived&>(s).spawned_in();
        } else {
            return nullptr;
        }
    }
    static constexpr strand_ops table = {
        {&run, nullptr, "strand"}, &end_of, &ask, &outside};
    static constexpr branch_ops root_branch = {&completed, &stopped, &parent_of,
                                               "strand"};

    std::coroutine_handle<> end() noexcept {
        end_work();
        this->mark_ended();
        return std::noop_coroutine();
    }
    // While it is still the current strand: what the work captured may ask for it.
    void end_work() noexcept {
        if (std::exchange(has_work_, false)) work_.~holder();
    }

    struct holder {
        A of;
    };
    bool has_work_ = true;  // first: it fits behind what the base ends with
    union {
        holder work_;
    };
};

}  // namespace coil
