// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/core/backtrace.hpp>
#include <coil/runtime/daemons.hpp>

#include <cstdio>
#include <exception>

namespace coil {

void daemons::add(daemon& spawned, bool is_local) noexcept {
    if (is_local && spawned.is_parallel()) {
        fatal(
            "a local daemon was spawned on a runtime of many threads, where it would ",
            "leave its own: spawn a coil::task");
    }
    const holding held(lock_);
    spawned.next = all_;
    all_ = &spawned;
    ++alive_;
    spawned.start();
    if (!is_ending_) return;
    // By another daemon, which cannot know: the new one is stopped as all are.
    if (spawned.is_parallel()) {
        spawned.asked = stop_level::soft;
        spawned.ask_to_stop();
    } else {
        spawned.stop(stop_level::soft);
    }
}

void daemons::ended(daemon& gone) noexcept {
    bool was_last = false;
    {
        const holding held(lock_);
        daemon** link = &all_;
        while (*link != &gone) link = &(*link)->next;
        *link = gone.next;
        was_last = --alive_ == 0 && is_ending_;
    }
    if (was_last) all_ended();
}

bool daemons::request_stop() noexcept {
    {
        const holding held(lock_);
        is_ending_ = true;
        if (all_ == nullptr) return false;
    }
    ask(stop_level::soft);
    return true;
}

void daemons::ask(stop_level how) noexcept {
    if (!place_.is_parallel()) {
        for (daemon* each = all_; each != nullptr; each = each->next) each->stop(how);
        return;
    }
    const holding held(lock_);  // meanwhile none of them can end
    for (daemon* each = all_; each != nullptr; each = each->next) {
        each->asked = how;
        each->ask_to_stop();
    }
}

void daemons::report_and_hurry(std::chrono::nanoseconds waited) noexcept {
    {
        const holding held(lock_);
        if (alive_ == 0) return;
        const double seconds = std::chrono::duration<double>(waited).count();
        std::fprintf(stderr,
                     "coil: %.1f s after the runtime began to end, it waits for "
                     "%zu of its daemons:",
                     seconds, alive_);
        for (const daemon* each = all_; each != nullptr; each = each->next)
            std::fprintf(stderr, " '%s'", each->name.c_str());
        std::fputc('\n', stderr);
    }
    ask(stop_level::hard);
}

// On its own thread.
void daemons::daemon::asked_to_stop() noexcept {
    stop_level how = stop_level::none;
    {
        const holding held(of.lock_);
        how = asked;
    }
    stop(how);
}

void daemons::daemon::stop(stop_level how) noexcept {
    if (how == stop_level::hard) {
        const std::string waits = backtrace(*this);
        std::fprintf(stderr, "coil: the daemon '%s'\n%s", name.c_str(), waits.c_str());
    }
    root().request_stop(stop_reason::shutdown, how);
}

void daemons::failed(const daemon& which, const std::exception_ptr& error) noexcept {
    std::string what = "an exception";
#if COIL_EXCEPTIONS
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& told) {
        what = told.what();
    } catch (...) {}
#else
    (void)error;
#endif
    what = "' failed, and nobody hears it: " + what;
    fatal("the daemon '", which.name.c_str(), what.c_str());
}

}  // namespace coil
