// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/channel.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace coil {

namespace detail {
struct oneshot_names : channel_names {
    static constexpr const char* receive = "oneshot::receive";
    static constexpr const char* closed = "oneshot::wait_closed";
};
}  // namespace detail

/// One value, handed over once: the reply to a request that went through a `channel`.
///
/// Who is asked closes it instead, if there will be no value; who asked, if it wants
/// none any more. For several values use `channel`; for news without a value, `event`,
/// or a `oneshot<void>` where it may turn out that they never come.
///
/// \snippet coil/sync/oneshot_test.cpp  a request and its reply
///
/// Its ends, a `sender` and a `receiver`, close it when they end, however that comes
/// about: so each side hears that the other has gone.
///
/// \snippet coil/sync/oneshot_test.cpp  an answer that may be wanted no more
///
/// Threads: `oneshot` from any thread, also outside of runtimes; `local::oneshot`,
/// without atomics, from the strands of one.
/// Memory: what precedes `send()` is visible to who receives the value.
/// Allocates: never; the value lies in the object.
template <class T, flavour F>
class basic_oneshot {
    using kept = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    using slot = basic_channel<kept, 1, F, detail::oneshot_names>;

public:
    using value_type = kept;
    using receive_leaf = typename slot::receive_leaf;
    using closed_leaf = typename slot::closed_leaf;
    class sender;
    class receiver;

    basic_oneshot() = default;

    /// False if a value was sent before, or it is closed; then `value` is unchanged.
    [[nodiscard]] bool send(kept&& value) {
        return slot_.try_send_last(std::move(value));
    }
    [[nodiscard]] bool send(const kept& value)
        requires std::copy_constructible<kept>
    {
        return send(kept(value));
    }
    [[nodiscard]] bool send()
        requires std::is_void_v<T>
    {
        return send(kept());
    }

    /// Waits for the value. `co_await` gives it in an `optional`, which is empty if
    /// there is none: it was closed without one, or somebody else has received it.
    ///
    /// Stop: nothing is lost; the value stays for who receives next.
    [[nodiscard]] receive_leaf receive() noexcept { return slot_.receive(); }
    /// Takes the value if it is there and nobody was promised it.
    [[nodiscard]] std::optional<kept> try_receive() { return slot_.try_receive(); }

    /// No value any more; one that was sent may still be received. May be called again.
    void close() noexcept { slot_.close(); }
    /// Whether a `send` would be refused: a value was sent, or it was closed.
    [[nodiscard]] bool is_closed() const noexcept { return slot_.is_closed(); }
    /// Waits until it is so: for who makes a value that may be wanted no more.
    ///
    /// Stop: leaves the line, and loses nothing.
    [[nodiscard]] closed_leaf wait_closed() noexcept { return slot_.wait_closed(); }

private:
    slot slot_;
};

/// The end of who sends: closes the oneshot when it ends without having sent.
///
/// Requires: the oneshot lives longer, or a value was sent. From one strand at a time.
template <class T, flavour F>
class [[nodiscard]] basic_oneshot<T, F>::sender {
public:
    static constexpr bool is_local = F == flavour::local;

    explicit sender(basic_oneshot& to) noexcept : to_(&to) {}
    sender(sender&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
    sender& operator=(sender&&) = delete;
    ~sender() {
        if (to_ != nullptr) to_->close();
    }

    /// As the oneshot's; once it gave true, this end is done with.
    [[nodiscard]] bool send(kept&& value) {
        // Who receives may end the oneshot, so it is not touched afterwards.
        if (to_ == nullptr || !to_->send(std::move(value))) return false;
        to_ = nullptr;
        return true;
    }
    [[nodiscard]] bool send(const kept& value)
        requires std::copy_constructible<kept>
    {
        return send(kept(value));
    }
    [[nodiscard]] bool send()
        requires std::is_void_v<T>
    {
        return send(kept());
    }
    /// Whether the receiver has gone, or a value was sent.
    [[nodiscard]] bool is_closed() const noexcept {
        return to_ == nullptr || to_->is_closed();
    }
    /// Waits until the receiver has gone. Requires: nothing was sent by this end.
    /// Stop: as the oneshot's.
    [[nodiscard]] closed_leaf wait_closed() noexcept {
        COIL_EXPECTS(to_ != nullptr && "it has sent its value");
        return to_->wait_closed();
    }

private:
    basic_oneshot* to_;
};

/// The end of who receives: closes the oneshot when it ends.
///
/// Requires: the oneshot lives longer. From one strand at a time.
template <class T, flavour F>
class [[nodiscard]] basic_oneshot<T, F>::receiver {
public:
    static constexpr bool is_local = F == flavour::local;

    explicit receiver(basic_oneshot& from) noexcept : from_(&from) {}
    receiver(receiver&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    receiver& operator=(receiver&&) = delete;
    ~receiver() {
        if (from_ != nullptr) from_->close();
    }

    /// As the oneshot's: empty, too, when the sender has gone.
    [[nodiscard]] receive_leaf receive() noexcept { return from_->receive(); }
    [[nodiscard]] std::optional<kept> try_receive() { return from_->try_receive(); }
    /// Whether a value was sent, or the sender has gone: it need not be waited for.
    [[nodiscard]] bool is_closed() const noexcept { return from_->is_closed(); }
    /// It wants no value any more; one that was sent may still be received.
    void close() noexcept { from_->close(); }

private:
    basic_oneshot* from_;
};

template <class T, flavour F>
inline constexpr bool enable_sendable<basic_oneshot<T, F>> =
    F == flavour::movable && sendable<T>;
template <class T, flavour F>
inline constexpr bool enable_shareable<basic_oneshot<T, F>> =
    F == flavour::movable && sendable<T>;

template <class T>
using oneshot = basic_oneshot<T, flavour::movable>;

namespace local {
template <class T>
using oneshot = basic_oneshot<T, flavour::local>;
}  // namespace local

}  // namespace coil
