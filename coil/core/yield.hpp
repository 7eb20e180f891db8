// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>

namespace coil {

/// Gives way: to the other branches of this strand and to the other strands. The rest
/// runs in this strand's next turn.
///
/// \snippet coil/core/yield_test.cpp  two strands take turns
///
/// Stop: a stop that came before it, or while it gives way, ends it.
class yield_now : public leaf_of<yield_now> {
public:
    static constexpr const char* what = "yield_now";

    void await_resume() const noexcept {}
    /// It is ready at once, so it never waits in its context.
    void begin() noexcept {
        context& scope = parent().scope();
        set_ops(giving_way);
        scope.home().wake(*this);  // `go_on` looks for a stop
    }

private:
    friend leaf_of<yield_now>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept {
        set_ops(giving_way);
        complete();
    }
    stop_answer on_stop() noexcept { return stop_answer::ended; }

    // It brings nothing that could be lost, so here a stop beats the completion.
    static std::coroutine_handle<> go_on(piece& waited) noexcept {
        const continuation parent = static_cast<yield_now&>(waited).parent();
        if (!parent.scope().stop_requested()) [[likely]]
            return parent.complete();
        parent.scope().home().unwind(parent);
        return {};
    }
    static constexpr piece_ops giving_way = {&go_on, nullptr, what, &leaf::parent_of};
};

/// Ends this coroutine, and what awaits it, as stopped: up to whoever looks.
///
/// Work that learns of a stop by other means (a library's own cancel) passes it on so.
class stop_here : public leaf_of<stop_here> {
public:
    static constexpr const char* what = "stop_here";

    [[noreturn]] void await_resume() const noexcept {
        fatal("a stop_here was resumed");
    }

private:
    friend leaf_of<stop_here>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept { complete_stopped(); }
    stop_answer on_stop() noexcept { return stop_answer::ended; }
};

/// Tells a computing loop whether it has been asked to stop. Now and then it gives way,
/// so that timers and other strands get their turn, from which a stop may come.
///
/// \snippet coil/core/yield_test.cpp  a loop that can be stopped
///
/// Returns: from `co_await`, a bool. Unlike other leaves it is answered under a stop.
class stop_requested : public leaf {
public:
    using is_coil_leaf = void;

    stop_requested() noexcept : leaf(giving_way) {}
    stop_requested& attach(continuation parent) noexcept {
        COIL_EXPECTS(!this->parent() && "a leaf can be awaited once");
        set_parent(parent);
        return *this;
    }
    [[nodiscard]] bool await_ready() noexcept { return home().spend(); }
    void await_suspend(std::coroutine_handle<>) noexcept { begin(); }
    void begin() noexcept { home().wake(*this); }
    [[nodiscard]] bool await_resume() const noexcept {
        return parent().scope().stop_requested();
    }

private:
    static constexpr piece_ops giving_way = {&leaf::resume_parent, nullptr,
                                             "stop_requested", &leaf::parent_of};
};

}  // namespace coil
