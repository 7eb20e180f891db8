// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>
#include <coil/sync/event.hpp>

#include <optional>

namespace coil {

template <flavour F>
class basic_stop_source;

namespace detail {

/// The work in a scope of its own, and beside it what listens to the source.
template <flavour F, class A>
class stopped_by_operation : public frame_operation<stopped_by_operation<F, A>> {
    using value = await_result_t<A>;
    using wait_leaf = typename basic_event<F>::wait_leaf;

public:
    static constexpr const char* what = "stopped_by";
    using value_type = std::conditional_t<
        std::is_void_v<value>, bool,
        std::conditional_t<std::is_reference_v<value>, std::remove_reference_t<value>*,
                           std::optional<value>>>;

    stopped_by_operation(basic_stop_source<F>& source, A&& work) noexcept
        : asked_(source.asked_.wait()),
          part_(std::forward<A>(work)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        scope_.open(parent.scope());
        listening_.open(parent.scope());
        if (!listening_.stop_requested()) {  // else neither of them would begin
            is_listening_ = true;
            (void)listener_.begin(std::move(asked_), listening_);
        }
        return work_.begin(std::forward<A>(part_), scope_);
    }
    [[nodiscard("it tells whether the work was stopped: ask for that")]] value_type
    await_resume() {
        if (work_.result.is_stopped()) return {};
        if constexpr (std::is_void_v<value>) {
            work_.result.take();
            return true;
        } else if constexpr (std::is_lvalue_reference_v<value>) {
            return std::addressof(work_.result.take());
        } else {
            return value_type(work_.result.take());
        }
    }

private:
    std::coroutine_handle<> heard() noexcept {
        // A stop by somebody else is none by the source.
        if (!has_ended_ && !scope_.stop_requested()) {
            is_asked_ = true;
            scope_.request_stop(stop_reason::requested);
        }
        return listened();
    }
    std::coroutine_handle<> listened() noexcept {
        is_listening_ = false;
        return has_ended_ ? finish() : std::noop_coroutine();
    }
    std::coroutine_handle<> ended() noexcept {
        has_ended_ = true;
        if (!is_listening_) return finish();
        listening_.request_stop(stop_reason::sibling_ended);
        return std::noop_coroutine();
    }
    std::coroutine_handle<> finish() noexcept {
        scope_.close();
        listening_.close();
        const bool is_unwound = work_.result.is_stopped() && !is_asked_;
        return is_unwound ? this->unwind() : this->complete();
    }

    wait_leaf asked_;
    A&& part_;
    nested_scope scope_;
    nested_scope listening_;
    part<child<wait_leaf>, stopped_by_operation, &stopped_by_operation::heard,
         &stopped_by_operation::listened>
        listener_{*this};
    part<child<A>, stopped_by_operation, &stopped_by_operation::ended,
         &stopped_by_operation::ended>
        work_{*this};
    bool is_listening_ = false;
    bool has_ended_ = false;
    bool is_asked_ = false;
};

template <flavour F, class A>
class [[nodiscard(
    "stopped_by does nothing until it is awaited: write co_await")]] stopped_by_recipe {
public:
    static constexpr bool is_local = F == flavour::local || is_local_v<A>;

    stopped_by_recipe(basic_stop_source<F>& source, A&& work)
        : source_(source),
          work_(std::forward<A>(work)) {}
    stopped_by_operation<F, A> operator co_await() && noexcept {
        return {source_, std::forward<A>(work_)};
    }

private:
    basic_stop_source<F>& source_;
    A work_;
};

}  // namespace detail

/// Asks work to stop, from wherever one likes: from another thread, another strand, a
/// `std::stop_callback`. What it stops is what is awaited with `stopped_by`.
///
/// Inside a strand, `race`, `with_timeout` and groups need none.
///
/// \snippet coil/sync/stop_source_test.cpp  a std::stop_token stops it
///
/// Threads: `stop_source` from any thread, also outside of runtimes;
/// `local::stop_source`, without atomics, from the strands of one.
/// Memory: what precedes `request_stop()` is visible once the work has stopped.
/// Allocates: never.
template <flavour F>
class basic_stop_source {
public:
    static constexpr bool is_local = F == flavour::local;

    /// Stops all that listens, and all that will. Asking again does nothing.
    void request_stop() noexcept { asked_.set(); }
    [[nodiscard]] bool stop_requested() const noexcept { return asked_.is_set(); }

private:
    template <flavour, class>
    friend class detail::stopped_by_operation;
    basic_event<F> asked_;
};

using stop_source = basic_stop_source<flavour::movable>;

namespace local {
using stop_source = basic_stop_source<flavour::local>;
}  // namespace local

/// Runs `work`; when `source` is asked to, stops it and awaits its end. If it was asked
/// before, work that has to wait does not begin to.
///
/// Returns: as `with_timeout`, an `optional`, empty if it was stopped by the source;
/// `bool` for `void`, a pointer for a reference. A result that arrives in spite of the
/// stop is delivered. Errors: those of `work`. Stop: from outside reaches `work`, and
/// the await ends as stopped. Allocates: never.
template <flavour F, awaitable A>
auto stopped_by(basic_stop_source<F>& source, A&& work) {
    return detail::stopped_by_recipe<F, A>(source, std::forward<A>(work));
}

template <flavour F, class A>
    requires(!awaitable<A>)
auto stopped_by(basic_stop_source<F>&, A&&) {
    return detail::refuse_parts<A>();
}

}  // namespace coil
