// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/testing/leaves.hpp>
#include <coil/testing/test.hpp>

#include <atomic>
#include <string>
#include <utility>

namespace coil::testing {

/// Logs `~name` when it is destroyed: locals that show in which order they end.
class trace {
public:
    trace(words& log, std::string name) : log_(log), name_("~" + std::move(name)) {}
    trace(const trace&) = delete;
    trace& operator=(const trace&) = delete;
    ~trace() { log_.push_back(name_); }

private:
    words& log_;
    std::string name_;
};

/// Has an async destructor that gives way once, and says what happens to it: `drop
/// name`, `dropped name`; `lost name` if it is destroyed without having been dropped.
class [[gsl::suppress("coil-async-drop")]] resource {
public:
    resource(words& log, std::string name) : log_(&log), name_(std::move(name)) {}
    resource(resource&& other) noexcept
        : log_(std::exchange(other.log_, nullptr)),
          name_(other.name_) {}
    resource& operator=(resource&&) = delete;
    ~resource() {
        if (log_ != nullptr) log_->push_back("lost " + name_);
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    task<> async_drop() {
        if (log_ == nullptr) co_return;  // its object has been moved on
        log_->push_back("drop " + name_);
        co_await yield_now();
        std::exchange(log_, nullptr)->push_back("dropped " + name_);
    }

private:
    words* log_;
    std::string name_;
};

/// A value that says when it ends, to an owner that has to be there.
class borrowing {
public:
    explicit borrowing(std::atomic<int>& owner) : alive_(&owner) { ++*alive_; }
    borrowing(borrowing&& other) noexcept
        : alive_(std::exchange(other.alive_, nullptr)) {}
    borrowing& operator=(borrowing&&) = delete;
    ~borrowing() {
        if (alive_ != nullptr) --*alive_;
    }

private:
    std::atomic<int>* alive_;
};

/// Gives one after so many turns.
inline task<borrowing> borrow(std::atomic<int>& owner, int turns) {
    for (; turns > 0; --turns) co_await yield_now();
    co_return borrowing(owner);
}

}  // namespace coil::testing
