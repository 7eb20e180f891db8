// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "alike.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace alike {

/// An object that logs `+name` when it is made and `-name` when it ends.
///
/// Copies are logged, moves are not: a coroutine moves its parameters into its frame
/// and its result out of it, where a function builds both in place.
class traced {
public:
    traced(journal& log, std::string name) : log_(&log), name_(std::move(name)) {
        log("+" + name_);
    }
    traced(const traced& other) : log_(other.log_), name_(other.name_) {
        (*log_)("copy", name_);
    }
    traced(traced&& other) noexcept
        : log_(std::exchange(other.log_, nullptr)),
          name_(other.name_) {}
    /// The old value ends.
    traced& operator=(traced other) noexcept {
        std::swap(log_, other.log_);
        std::swap(name_, other.name_);
        return *this;
    }
    ~traced() {
        if (log_ != nullptr) (*log_)("-" + name_);
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int size() const noexcept { return static_cast<int>(name_.size()); }

private:
    journal* log_;
    std::string name_;
};

// What most programs are made of. Each is a pair, too.

/// Takes its time, and says when it begins and when it ends.
inline void step(sync_log& log, const char* what) {
    log(what);
    log("done", what);
}
inline task<> step(async_log& log, const char* what) {
    log(what);
    co_await log.pause();
    log("done", what);
}

/// Gives `value`, after a while.
template <class T>
T get(sync_log& log, T value) {
    log("get", value);
    log("got", value);
    return value;
}
template <class T>
task<T> get(async_log& log, T value) {
    log("get", value);
    co_await log.pause();
    log("got", value);
    co_return value;
}

/// Makes an object, after a while.
inline traced make(sync_log& log, std::string name) {
    log("make", name);
    return traced(log, std::move(name));
}
inline task<traced> make(async_log& log, std::string name) {
    log("make", name);
    co_await log.pause();
    co_return traced(log, std::move(name));
}

/// Fails, after a while. Gives an `int` in theory, so that it may stand in expressions.
inline int fail(sync_log& log, const char* why) {
    log("fail", why);
    throw std::runtime_error(why);
}
inline task<int> fail(async_log& log, const char* why) {
    log("fail", why);
    co_await log.pause();
    throw std::runtime_error(why);
    co_return 0;
}

}  // namespace alike
