// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/leaf.hpp>
#include <coil/io/buffer.hpp>
#include <coil/io/byte_stream.hpp>

#include <algorithm>
#include <new>

namespace coil {

/// A writer into memory, behind what is unread in a `buffer`, which grows. It never
/// waits.
///
/// \snippet coil/io/memory_writer_test.cpp  a writer for who writes to connections
///
/// Lifetime: refers to `to`.
class memory_writer {
public:
    class write_leaf;

    explicit memory_writer(buffer& to COIL_LIFETIMEBOUND) noexcept : to_(to) {}

    /// Takes what the buffer has room for.
    /// Errors: `too_long` if that is nothing; `std::bad_alloc`.
    [[nodiscard]] write_leaf write(std::span<const std::byte> bytes) noexcept;

private:
    buffer& to_;
};

/// The leaf behind `memory_writer::write`.
class memory_writer::write_leaf : public leaf_of<write_leaf> {
public:
    static constexpr const char* what = "memory write";
    write_leaf(buffer& to, std::span<const std::byte> bytes) noexcept
        : to_(to),
          bytes_(bytes) {}
    [[nodiscard]] std::size_t await_resume() const {
        if (has_no_memory_) throw std::bad_alloc();
        if (count_ == 0 && !bytes_.empty()) throw too_long();
        return count_;
    }

private:
    friend leaf_of<write_leaf>;
    [[nodiscard]] bool try_now() noexcept {
        const std::size_t room = to_.size_max() - to_.size();
        const std::size_t count = std::min(bytes_.size(), room);
        try {
            to_.append(bytes_.first(count));
            count_ = count;
        } catch (const std::bad_alloc&) {  // the await tells of it
            has_no_memory_ = true;
        }
        return true;
    }
    void start() const noexcept {}
    [[nodiscard]] stop_answer on_stop() const noexcept { return stop_answer::ended; }

    buffer& to_;
    std::span<const std::byte> bytes_;
    std::size_t count_ = 0;
    bool has_no_memory_ = false;
};

inline memory_writer::write_leaf memory_writer::write(
    std::span<const std::byte> bytes) noexcept {
    return {to_, bytes};
}

}  // namespace coil
