// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which types may move to another thread: what they are made of, and what they say.
#include <coil/core/core.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/mutex.hpp>

#include <any>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

coil::task<> work();
template <class T>
T& made();
void use(const auto&...) {}

/// A coroutine that holds one across an await.
#define HOLDS(...)                        \
    {                                     \
        auto& held = made<__VA_ARGS__>(); \
        co_await work();                  \
        use(held);                        \
    }

/// Belongs to the thread that made it.
struct window {
    int number = 0;
};
template <>
inline constexpr bool coil::enable_sendable<window> = false;

// Members and bases.

struct framed {
    int width = 0;
    window shown;
};
struct desktop {
    std::vector<std::pair<int, framed>> all;
};
struct dialog : window {};
struct choice {
    union {
        window shown;
        int number;
    };
};
struct numbered {
    int number;
    std::string name;
};
/// Says that what it holds does no harm.
struct guarded {
    window* shown;
};
template <>
inline constexpr bool coil::enable_sendable<guarded> = true;
struct guards_it {
    guarded shown;
};

coil::task<> by_parts(){HOLDS(window)   // expected-error {{'held' is held}}
                        HOLDS(framed)   // expected-error {{'held' is held}}
                        HOLDS(desktop)  // expected-error {{'held' is held}}
                        HOLDS(dialog)   // expected-error {{'held' is held}}
                        HOLDS(choice)   // expected-error {{'held' is held}}
                        HOLDS(numbered) HOLDS(guarded) HOLDS(guards_it)}

// The standard's.

coil::task<> by_elements(){
    HOLDS(std::vector<window>)              // expected-error {{'held' is held}}
    HOLDS(std::deque<framed>)               // expected-error {{'held' is held}}
    HOLDS(std::map<std::string, window>)    // expected-error {{'held' is held}}
    HOLDS(std::optional<window>)            // expected-error {{'held' is held}}
    HOLDS(std::variant<int, window>)        // expected-error {{'held' is held}}
    HOLDS(std::tuple<int, window>)          // expected-error {{'held' is held}}
    HOLDS(std::pair<window*, int>)          // expected-error {{'held' is held}}
    HOLDS(std::array<window, 2>)            // expected-error {{'held' is held}}
    HOLDS(std::unique_ptr<window>)          // expected-error {{'held' is held}}
    HOLDS(std::unique_ptr<int, window>)     // expected-error {{'held' is held}}
    HOLDS(std::shared_ptr<window>)          // expected-error {{'held' is held}}
    HOLDS(std::weak_ptr<window>)            // expected-error {{'held' is held}}
    HOLDS(std::span<window>)                // expected-error {{'held' is held}}
    HOLDS(std::reference_wrapper<window>)   // expected-error {{'held' is held}}
    HOLDS(std::vector<window>::iterator)    // expected-error {{'held' is held}}
    HOLDS(std::map<int, window>::iterator)  // expected-error {{'held' is held}}
} coil::task<> of_the_standard() {
    HOLDS(std::vector<std::string>)
    HOLDS(std::map<std::string, numbered>)
    HOLDS(std::shared_ptr<numbered>)
    HOLDS(std::string_view)
    HOLDS(std::atomic<int>)
    HOLDS(std::mutex)
    HOLDS(std::unique_ptr<std::mutex>)
    HOLDS(std::exception_ptr)
    HOLDS(std::coroutine_handle<>)
    HOLDS(void (*)(window&))
}

// Locks that are held.

/// A lock as one writes it oneself.
template <class M>
struct holding {
    using mutex_type = M;
    explicit holding(M& of);
    ~holding();
};
struct [[clang::scoped_lockable]] scoped {
    ~scoped();
};
coil::task<> locks() {
    HOLDS(std::unique_lock<std::mutex>)  // expected-error {{'held' is held}}
    HOLDS(std::lock_guard<std::mutex>)   // expected-error {{'held' is held}}
    HOLDS(std::optional<std::unique_lock<std::mutex>>)  // expected-error {{'held'}}
    HOLDS(holding<std::mutex>)  // expected-error {{'held' is held}}
    HOLDS(scoped)               // expected-error {{'held' is held}}
}

// Coil's.

struct server {
    coil::local::event stopped;
};
coil::task<> of_coil() {
    HOLDS(coil::event)
    HOLDS(coil::mutex)
    HOLDS(coil::channel<int>)
    HOLDS(coil::task<int>)
    HOLDS(coil::group)
    HOLDS(coil::local::event)     // expected-error {{'held' is held}}
    HOLDS(coil::local::mutex)     // expected-error {{'held' is held}}
    HOLDS(coil::local_task<>)     // expected-error {{'held' is held}}
    HOLDS(coil::channel<window>)  // expected-error {{'held' is held}}
    HOLDS(coil::channel<framed>)  // expected-error {{'held' is held}}
    HOLDS(server)                 // expected-error {{'held' is held}}
}

// Types that refer to themselves, or to each other.

struct node {
    node* next = nullptr;
    int value = 0;
};
struct window_node {
    window_node* next = nullptr;
    window shown;
};
struct right;
struct left {
    right* other = nullptr;
};
struct right {
    left* other = nullptr;
    window* shown = nullptr;
};
coil::task<> recursive() {
    HOLDS(node)
    HOLDS(window_node)  // expected-error {{'held' is held}}
    HOLDS(left)         // expected-error {{'held' is held}}
    HOLDS(right)        // expected-error {{'held' is held}}
}

// Partial specializations and conditions.

template <class T>
class counted {
    T* of_ = nullptr;
};
template <class T>
inline constexpr bool coil::enable_sendable<counted<T>> = !std::is_const_v<T>;
template <class T>
inline constexpr bool coil::enable_sendable<std::shared_ptr<counted<T>>> = false;
coil::task<> said_of_a_template() {
    HOLDS(counted<window>)
    HOLDS(counted<const int>)             // expected-error {{'held' is held}}
    HOLDS(std::shared_ptr<counted<int>>)  // expected-error {{'held' is held}}
}

// Known gaps: what cannot be seen is trusted.

struct hidden;
struct shape {
    virtual ~shape() = default;
};
coil::task<> trusted() {
    HOLDS(std::function<void()>)
    HOLDS(std::any)
    HOLDS(hidden)
    HOLDS(std::unique_ptr<hidden>)
    HOLDS(std::unique_ptr<shape>)
    HOLDS(void*)
}
