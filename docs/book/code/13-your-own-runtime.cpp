// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! [runtime]
#include <coil/coil.hpp>
#include <coil/core/spawned.hpp>
#include <coil/time/timer.hpp>

#include <atomic>
#include <cstdio>
#include <thread>

using namespace std::chrono_literals;

/// coil as the guest of a game's loop, which calls `frame()` sixty times in a second.
/// Its time is the game's: 16 milliseconds in each frame.
class game_runtime final : private coil::mailbox,
                           private coil::timer_service,
                           public coil::executor {
public:
    game_runtime() noexcept
        : executor(static_cast<mailbox&>(*this), static_cast<timer_service*>(this)),
          wheel_(coil::instant()) {
        claim_thread();  // debug builds find wake-ups from other threads
    }

    /// What the host's loop calls: a turn for whoever is ready.
    void frame() noexcept {
        time_ += 16ms;
        drain();                // what other threads have posted
        wheel_.advance(time_);  // timers that are due
        ready_.run_turn();
    }

private:
    // executor: a strand has something to run. It runs in the next turn, never here.
    void schedule(coil::strand& ready) noexcept override { ready_.push(ready); }

    // timer_service
    [[nodiscard]] coil::instant now() const noexcept override { return time_; }
    void arm(coil::timer& armed, coil::instant deadline) noexcept override {
        wheel_.arm(armed, deadline);
    }

    // mailbox: somebody has posted while we slept. A game never sleeps.
    void notify() noexcept override {}

    coil::strand_queue ready_;
    coil::timer_wheel wheel_;
    coil::instant time_{};
};
//! [runtime]

//! [work]
/// Work that has begun on a runtime, and belongs to whoever holds this.
template <class A>
struct running : coil::strand_of<A, running<A>> {
    running(coil::executor& on, A&& work)
        : coil::strand_of<A, running<A>>(on, std::forward<A>(work)) {
        this->start();
    }
    void ended() noexcept { has_ended = true; }  // `result()` is there
    bool has_ended = false;
};
//! [work]

//! [game]
coil::task<int> enemy(const char* name, std::chrono::milliseconds pace, int steps) {
    for (int i = 1; i <= steps; ++i) {
        co_await coil::sleep(pace);
        std::printf("%s at %d\n", name, i);
    }
    co_return steps;
}

coil::task<int> level() {
    auto [orc, bat] = co_await coil::join(enemy("orc", 40ms, 2), enemy("bat", 20ms, 3));
    co_return orc + bat;
}

int main() {
    game_runtime runtime;
    running game(runtime, level());
    int frames = 0;
    for (; !game.has_ended; ++frames) runtime.frame();  // beside drawing, input, ...
    std::printf("%d steps in %d frames\n", game.result().take(), frames);
}
//! [game]
