// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace coil {

class signal_hub;

/// Someone who is told of signals on the runtime's thread. Use `signals`.
class signal_listener {
public:
    signal_listener(const signal_listener&) = delete;
    signal_listener& operator=(const signal_listener&) = delete;

protected:
    signal_listener() = default;
    ~signal_listener();
    /// Begins to listen; the signals' usual effect is off from now on.
    /// Throws: `std::system_error` for a number that cannot be listened to.
    void listen(signal_hub& hub, std::initializer_list<int> numbers);
    /// The signals get their usual effect back unless somebody else listens.
    void ignore() noexcept;
    /// The same for one of its signals, until `resume`; of what others hear it is still
    /// told. True: this was the last one who listened to it, and nobody answered it.
    ///
    /// Threads: any, one at a time. Requires: no other listener of its hub wants it.
    [[nodiscard]] bool pause(int number) noexcept;
    /// Listens to all of its signals again.
    void resume() noexcept;
    /// A signal had an effect here: others who hear of it, and have nothing to do, need
    /// not give it its usual one. Threads: any.
    static void answer(int number) noexcept;

private:
    friend class signal_hub;
    virtual void arrived(int number) noexcept = 0;

    signal_hub* hub_ = nullptr;
    signal_listener* next_ = nullptr;
    std::uint64_t numbers_ = 0;
    std::uint64_t paused_ = 0;  // of these
};

/// A runtime's part in the process' signals: a handler marks them here and posts one
/// message to the runtime, which tells the listeners between two turns.
///
/// Threads: its runtime's; handlers run anywhere.
class signal_hub : private remote_message {
public:
    static constexpr service_kind kind = {"signals"};

    explicit signal_hub(executor& runs_on) noexcept
        : remote_message(delivered),
          executor_(runs_on) {}
    /// Requires: nobody listens.
    ~signal_hub();

    /// From the handler: async-signal-safe.
    void raise(int number) noexcept;

private:
    friend class signal_listener;
    [[nodiscard]] std::uint64_t heard() const noexcept;
    void add(signal_listener& listener) noexcept;
    void route_to(signal_listener& listener, int number);
    void remove(signal_listener& listener) noexcept;
    void tell(std::uint64_t numbers) noexcept;
    static void delivered(remote_message& news) noexcept;

    executor& executor_;
    // Not 0: the message is on its way. Atomic: signals.cpp uses an atomic_ref.
    std::uint64_t pending_ = 0;
    signal_listener* listeners_ = nullptr;
};

/// The process' signals as a stream of their numbers.
///
/// \snippet coil/runtime/signals_test.cpp  reload on SIGHUP
///
/// Like the system's own, a signal that comes again before it was taken counts once.
/// Immovable: the runtime holds its address.
class signals : private signal_listener {
public:
    class next_signal;

    /// Requires: made in a strand whose runtime has signals, as `run` has. One of many
    /// threads has not: see its `stop_on_signals`.
    /// Throws: `std::system_error` for a number that cannot be listened to.
    signals(std::initializer_list<int> numbers);
    explicit signals(std::same_as<int> auto... numbers)
        requires(sizeof...(numbers) > 0)
        : signals({numbers...}) {}
    ~signals();

    /// The next one; never empty.
    /// Stop: nothing is lost, it may be called again.
    [[nodiscard]] next_signal next() noexcept;

private:
    void arrived(int number) noexcept override;

    std::uint64_t arrived_ = 0;
    next_signal* waiting_ = nullptr;
};

/// The leaf behind `signals::next`.
class signals::next_signal : public leaf_of<next_signal> {
public:
    static constexpr const char* what = "a signal";
    explicit next_signal(signals& of) noexcept : of_(of) {}
    std::optional<int> await_resume() const noexcept { return number_; }

private:
    friend class signals;
    friend leaf_of<next_signal>;
    [[nodiscard]] bool try_now() noexcept;
    void start() noexcept;
    stop_answer on_stop() noexcept;
    void wake() noexcept { retry(); }

    signals& of_;
    int number_ = 0;
};

/// Waits for the first of some signals and gives its number. Between two calls a signal
/// has its usual effect: to miss none, keep a `signals`.
template <class... Number>
    requires(std::same_as<Number, int> && ...)
task<int> wait_signal(int number, Number... others) {
    signals awaited{number, others...};
    co_return *co_await awaited.next();
}

}  // namespace coil
