// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <source_location>

// In the place of coil/base/atomic.hpp's class where COIL_MODELLED is set: each
// operation is the checker's to decide.

namespace coil::models {

/// Where in the source an operation stands.
struct site {
    const char* file;
    int line;
    int column;
};

std::uint64_t load(const void* word, memory_order order, site at);
void store(const void* word, std::uint64_t value, memory_order order, site at);
/// Reads the latest value and writes what `change(arguments, it)` gives, unless that
/// says no; returns what was read.
struct change {
    std::uint64_t (*to)(std::uint64_t read, std::uint64_t by);
    std::uint64_t by;
    bool only_if_equal = false;
    std::uint64_t expected = 0;
};
std::uint64_t modify(const void* word, change how, memory_order order, site at);
void begin(const void* word, std::uint64_t value);
void end(const void* word);

}  // namespace coil::models

namespace coil {

template <class T>
class atomic {
    static_assert(std::is_trivially_copyable_v<T> &&
                  sizeof(T) <= sizeof(std::uint64_t));
    using source = std::source_location;
    static models::site site_of(const source& at) noexcept {
        return {at.file_name(), static_cast<int>(at.line()),
                static_cast<int>(at.column())};
    }
    static std::uint64_t bits(T value) noexcept {
        if constexpr (std::is_pointer_v<T>) {
            return reinterpret_cast<std::uintptr_t>(value);
        } else {
            return static_cast<std::uint64_t>(value);
        }
    }
    static T value(std::uint64_t bits) noexcept {
        if constexpr (std::is_pointer_v<T>) {
            return reinterpret_cast<T>(static_cast<std::uintptr_t>(bits));
        } else {
            return static_cast<T>(bits);
        }
    }

public:
    atomic() noexcept : atomic(T{}) {}
    atomic(T initial) noexcept { models::begin(this, bits(initial)); }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;
    ~atomic() { models::end(this); }

    T load(memory_order order, source at = source::current()) const {
        return value(models::load(this, order, site_of(at)));
    }
    void store(T to, memory_order order, source at = source::current()) {
        models::store(this, bits(to), order, site_of(at));
    }
    T exchange(T to, memory_order order, source at = source::current()) {
        const models::change put{[](std::uint64_t, std::uint64_t by) { return by; },
                                 bits(to)};
        return value(models::modify(this, put, order, site_of(at)));
    }
    T fetch_add(T more, memory_order order, source at = source::current()) {
        const models::change add{[](std::uint64_t read, std::uint64_t by) {
                                     return bits(static_cast<T>(read + by));
                                 },
                                 bits(more)};
        return value(models::modify(this, add, order, site_of(at)));
    }
    T fetch_sub(T less, memory_order order, source at = source::current()) {
        return fetch_add(static_cast<T>(0 - less), order, at);
    }
    bool compare_exchange_strong(T& seen, T wanted, memory_order order,
                                 source at = source::current()) {
        const models::change put{[](std::uint64_t, std::uint64_t by) { return by; },
                                 bits(wanted), true, bits(seen)};
        const T read = value(models::modify(this, put, order, site_of(at)));
        const bool was_equal = seen == read;
        seen = read;
        return was_equal;
    }
    bool compare_exchange_weak(T& seen, T wanted, memory_order order,
                               source at = source::current()) {
        return compare_exchange_strong(seen, wanted, order, at);
    }
};

}  // namespace coil
