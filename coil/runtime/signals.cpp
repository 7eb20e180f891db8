// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/io_driver.hpp>
#include <coil/runtime/signals.hpp>

#include <signal.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <mutex>
#include <thread>

namespace coil {

namespace {

constexpr int signal_count = 64;
constexpr std::size_t places_per_signal = 8;  // listening runtimes in one process

/// Who wants a signal: read by the handler, written under the mutex.
struct route {
    std::atomic<signal_hub*> hubs[places_per_signal];
    std::atomic<bool> is_unanswered = false;  // the last one that came
    std::size_t hub_count = 0;                // without those that paused
    struct sigaction before = {};
};

struct routing {
    std::mutex mutex;
    route routes[signal_count];
    std::atomic<int> handlers_running = 0;
};
constinit routing process;

void handle(int number) noexcept {
    const int error_before = errno;  // of whom we interrupt
    // seq_cst, as below: whoever clears a place sees us running, or we see it cleared.
    process.handlers_running.fetch_add(1);
    route& way = process.routes[number - 1];
    way.is_unanswered.store(true);
    for (const auto& place : way.hubs) {
        if (signal_hub* const hub = place.load()) hub->raise(number);
    }
    process.handlers_running.fetch_sub(1);
    errno = error_before;
}

std::uint64_t bit_of(int number) noexcept {
    return std::uint64_t{1} << (number - 1);
}

template <class F>
void for_each_signal(std::uint64_t numbers, F&& call) {
    for (; numbers != 0; numbers &= numbers - 1) call(std::countr_zero(numbers) + 1);
}

}  // namespace

signal_listener::~signal_listener() {
    ignore();
}

void signal_listener::listen(signal_hub& hub, std::initializer_list<int> numbers) {
    hub_ = &hub;
    hub.add(*this);
    for (const int number : numbers) hub.route_to(*this, number);
}

void signal_listener::ignore() noexcept {
    if (hub_ != nullptr) std::exchange(hub_, nullptr)->remove(*this);
}

signal_hub::~signal_hub() {
    COIL_ASSERT(listeners_ == nullptr);
}

namespace {

// 0, or an error number.
int begin_to_hear(int number) noexcept {
    route& way = process.routes[number - 1];
    if (way.hub_count == 0) {
        struct sigaction ours = {};
        ours.sa_handler = [](int caught) { handle(caught); };
        ours.sa_flags = SA_RESTART;
        ::sigfillset(&ours.sa_mask);
        if (::sigaction(number, &ours, &way.before) != 0) return errno;
    }
    ++way.hub_count;
    return 0;
}

// Whether nobody else hears it.
bool end_hearing(int number) noexcept {
    route& way = process.routes[number - 1];
    if (--way.hub_count != 0) return false;
    ::sigaction(number, &way.before, nullptr);
    return true;
}

// One hub holds one place, for as many of its listeners as there are.
void take_place(signal_hub& hub, int number) {
    route& way = process.routes[number - 1];
    std::atomic<signal_hub*>* free = nullptr;
    for (auto& place : way.hubs) {
        if (place.load() == nullptr) free = &place;
    }
    if (free == nullptr) throw_system_error(EAGAIN, "runtimes that listen to a signal");
    if (const int error = begin_to_hear(number)) throw_system_error(error, "sigaction");
    free->store(&hub);
}

void leave_place(const signal_hub& hub, int number) noexcept {
    for (auto& place : process.routes[number - 1].hubs) {
        if (place.load() != &hub) continue;
        place.store(nullptr);
        break;
    }
}

}  // namespace

// Its hub keeps its place, so that to listen again cannot fail.
bool signal_listener::pause(int number) noexcept {
    if ((numbers_ & ~paused_ & bit_of(number)) == 0) return false;
    paused_ |= bit_of(number);
    const std::scoped_lock lock(process.mutex);
    return end_hearing(number) &&
           process.routes[number - 1].is_unanswered.exchange(false);
}

void signal_listener::answer(int number) noexcept {
    process.routes[number - 1].is_unanswered.store(false);
}

void signal_listener::resume() noexcept {
    if (paused_ == 0) return;
    const std::scoped_lock lock(process.mutex);
    for_each_signal(std::exchange(paused_, 0),
                    [](int number) { (void)begin_to_hear(number); });
}

std::uint64_t signal_hub::heard() const noexcept {
    std::uint64_t all = 0;
    for (auto* l = listeners_; l != nullptr; l = l->next_) all |= l->numbers_;
    return all;
}

void signal_hub::add(signal_listener& listener) noexcept {
    listener.next_ = listeners_;
    listeners_ = &listener;
}

void signal_hub::route_to(signal_listener& listener, int number) {
    if (number < 1 || number > signal_count) {
        throw_system_error(EINVAL, "a signal's number");
    }
    if ((heard() & bit_of(number)) == 0) {
        const std::scoped_lock lock(process.mutex);
        take_place(*this, number);
    }
    listener.numbers_ |= bit_of(number);
}

void signal_hub::remove(signal_listener& listener) noexcept {
    auto** link = &listeners_;
    while (*link != &listener) link = &(*link)->next_;
    *link = listener.next_;
    const std::uint64_t unheard = std::exchange(listener.numbers_, 0) & ~heard();
    const std::scoped_lock lock(process.mutex);
    for_each_signal(unheard, [&](int number) { leave_place(*this, number); });
    for_each_signal(unheard & ~std::exchange(listener.paused_, 0),
                    [](int number) { (void)end_hearing(number); });
    // A handler on another thread may still be about to post to this runtime.
    while (process.handlers_running.load() != 0) std::this_thread::yield();
}

void signal_hub::raise(int number) noexcept {
    // release: pairs with the acquire in delivered(), which empties it. acquire: with
    // its release: whoever finds it empty may post the message once more.
    if (std::atomic_ref(pending_).fetch_or(bit_of(number), std::memory_order_acq_rel) ==
        0) {
        executor_.remote().post(*this);
    }
}

void signal_hub::delivered(remote_message& news) noexcept {
    auto& self = static_cast<signal_hub&>(news);
    // acq_rel: pairs with raise(). From now on the message is free.
    self.tell(std::atomic_ref(self.pending_).exchange(0, std::memory_order_acq_rel));
}

void signal_hub::tell(std::uint64_t numbers) noexcept {
    for_each_signal(numbers, [this](int number) {
        for (auto* listener = listeners_; listener != nullptr;) {
            auto* const next = listener->next_;  // it may leave when it is told
            if ((listener->numbers_ & bit_of(number)) != 0) listener->arrived(number);
            listener = next;
        }
    });
}

signals::signals(std::initializer_list<int> numbers) {
    strand* const current = strand::current();
    COIL_EXPECTS(current != nullptr && "signals are listened to in a strand");
    auto* const hub = current->runs_on().find_service<signal_hub>();
    COIL_EXPECTS(hub != nullptr && "this runtime has signals");
    listen(*hub, numbers);
}

signals::~signals() {
    COIL_EXPECTS(waiting_ == nullptr && "nobody waits for signals that are gone");
}

signals::next_signal signals::next() noexcept {
    return next_signal(*this);
}

void signals::arrived(int number) noexcept {
    answer(number);
    arrived_ |= bit_of(number);
    if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->wake();
}

bool signals::next_signal::try_now() noexcept {
    if (of_.arrived_ == 0) return false;
    number_ = std::countr_zero(of_.arrived_) + 1;
    of_.arrived_ &= of_.arrived_ - 1;
    return true;
}

void signals::next_signal::start() noexcept {
    COIL_EXPECTS(of_.waiting_ == nullptr && "one await at a time waits for a signal");
    of_.waiting_ = this;
}

stop_answer signals::next_signal::on_stop() noexcept {
    if (of_.waiting_ == this) of_.waiting_ = nullptr;
    return stop_answer::ended;
}

}  // namespace coil
