// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/runtime/current_thread.hpp>

#include <signal.h>

#include <memory>

namespace coil {

current_thread_runtime::current_thread_runtime(std::unique_ptr<io_driver> with,
                                               run_options options)
    : owned_driver{std::move(with)},
      event_loop(*outside),
      options_(options),
      signals_(*this),
      pool_({.threads_max = options.blocking_threads_max,
             .keep_alive = options.blocking_keep_alive,
             .thread_name = options.thread_name,
             .hooks = options.hooks}),
      daemons_(*this) {
    set_pieces_per_turn(options.budget);
    set_seed(options.seed);
}

current_thread_runtime::~current_thread_runtime() = default;

void* current_thread_runtime::find_service(const service_kind& kind) noexcept {
    if (&kind == &io_driver::kind) return outside.get();
    if (&kind == &blocking_pool::kind) return &pool_;
    if (&kind == &signal_hub::kind) return &signals_;
    if (&kind == &coil::daemons::kind) return &daemons_;
    return nullptr;
}

void current_thread_runtime::own_daemons::end() noexcept {
    if (!request_stop()) return may_begin_again();
    const clock::duration granted = of_.options_.daemon_deadline;
    of_.timers()->arm(*this, from_now(*of_.timers(), granted));
    is_due_ = false;
    of_.run_until(is_due_);
    cancel();
    if (alive() != 0) {
        report_and_hurry(granted);
        is_due_ = false;
        of_.run_until(is_due_);
    }
    may_begin_again();
}

current_thread_runtime::stop_on_signals::stop_on_signals(current_thread_runtime& of)
    : of_(of) {
    if (of.options_.stop_on_signals) listen(of.signals_, {SIGINT, SIGTERM});
}

void current_thread_runtime::stop_on_signals::arrived(int number) noexcept {
    answer(number);
    context& whole = of_.main_strand()->root();
    if (!whole.stop_requested()) {
        whole.request_stop(stop_reason::shutdown);
    } else {
        whole.request_stop(stop_reason::shutdown, stop_level::hard);
        ignore();
    }
}

}  // namespace coil
