// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/channel.hpp>

#include <type_traits>
#include <variant>

namespace coil {

namespace detail {
struct oneshot_names : channel_names {
    static constexpr const char* receive = "oneshot::receive";
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

private:
    slot slot_;
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
