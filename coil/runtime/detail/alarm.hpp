// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil::detail {

/// What wakes a driver's thread while it waits: a descriptor that can be read once it
/// was rung.
///
/// Threads: `ring()` from any, and from signal handlers; the rest from the driver's.
class alarm {
public:
    alarm() = default;
    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;
    ~alarm();
    /// Before anything else. Returns: an error number if the system has none left.
    [[nodiscard]] int open() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    void ring() noexcept;
    /// Whether it was rung since it was last heard.
    [[nodiscard]] bool hear() noexcept;

private:
    int descriptor_ = -1;
};

}  // namespace coil::detail
