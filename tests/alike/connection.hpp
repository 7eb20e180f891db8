// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop.hpp>

#include "traced.hpp"

#include <exception>
#include <string>
#include <utility>

namespace alike {

/// Closes at the end of its scope; says whether that was an error's doing.
class sync_connection {
public:
    sync_connection(sync_log& log, std::string name)
        : log_(&log),
          name_(std::move(name)) {
        step(log, ("open " + name_).c_str());
    }
    sync_connection(sync_connection&& other) noexcept
        : log_(std::exchange(other.log_, nullptr)),
          name_(std::move(other.name_)) {}
    sync_connection& operator=(sync_connection&&) = delete;
    ~sync_connection() {
        if (log_ == nullptr) return;
        const bool is_error = std::uncaught_exceptions() > 0;
        step(*log_, ((is_error ? "abort " : "close ") + name_).c_str());
    }
    int use(const char* what) {
        step(*log_, what);
        return static_cast<int>(name_.size());
    }

private:
    sync_log* log_;
    std::string name_;
};

class async_connection {
public:
    async_connection(async_log& log, std::string name)
        : log_(&log),
          name_(std::move(name)) {}
    task<> async_drop(coil::exit_reason why) {
        const bool is_error = why == coil::exit_reason::error;
        co_await step(*log_, ((is_error ? "abort " : "close ") + name_).c_str());
    }
    task<int> use(const char* what) {
        co_await step(*log_, what);
        co_return static_cast<int>(name_.size());
    }

private:
    async_log* log_;
    std::string name_;
};

inline sync_connection open(sync_log& log, std::string name) {
    return {log, std::move(name)};
}
inline task<async_connection> open(async_log& log, std::string name) {
    co_await step(log, ("open " + name).c_str());
    co_return async_connection(log, std::move(name));
}

}  // namespace alike
