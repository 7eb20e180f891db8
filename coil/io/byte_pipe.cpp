// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/io/byte_pipe.hpp>

#include <utility>

namespace coil {

bool byte_pipe::read_leaf::try_now() noexcept {
    if (from_.held_.is_empty()) return from_.is_ended_ || from_.is_broken_;
    count_ = from_.give(into_);
    for (const std::span<std::byte> part : more_) count_ += from_.give(part);
    if (from_.writer_ != nullptr) std::exchange(from_.writer_, nullptr)->retry();
    return true;
}

bool byte_pipe::write_leaf::try_now() noexcept {
    if (to_.is_broken_ || to_.is_ended_ || size_ == 0) return true;
    try {
        count_ = to_.take(bytes_);
        for (const std::span<const std::byte> part : more_) count_ += to_.take(part);
    } catch (const std::bad_alloc&) {  // the await tells of it, or the next one
        has_no_memory_ = count_ == 0;
    }
    if (has_no_memory_) return true;
    if (count_ == 0) return false;
    if (to_.reader_ != nullptr) std::exchange(to_.reader_, nullptr)->retry();
    return true;
}

std::size_t byte_pipe::give(std::span<std::byte> into) noexcept {
    const std::size_t count = std::min(held_.size(), into.size());
    if (count == 0) return 0;
    std::memcpy(into.data(), held_.unread().data(), count);
    held_.consume(count);
    return count;
}

std::size_t byte_pipe::take(std::span<const std::byte> bytes) {
    const std::size_t count = std::min(bytes.size(), held_.size_max() - held_.size());
    held_.append(bytes.first(count));
    return count;
}

void byte_pipe::close_writing() noexcept {
    is_ended_ = true;
    wake_both();
}

void byte_pipe::close_reading() noexcept {
    is_broken_ = true;
    held_.consume(held_.size());
    held_.release();
    wake_both();
}

void byte_pipe::wake_both() noexcept {
    if (reader_ != nullptr) std::exchange(reader_, nullptr)->retry();
    if (writer_ != nullptr) std::exchange(writer_, nullptr)->retry();
}

}  // namespace coil
