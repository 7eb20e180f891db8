// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/io/byte_pipe.hpp>

#include <utility>

namespace coil {

bool byte_pipe::read_leaf::try_now() noexcept {
    const std::size_t there = from_.held_.size();
    if (there == 0) return from_.is_ended_ || from_.is_broken_;
    count_ = std::min(there, into_.size());
    std::memcpy(into_.data(), from_.held_.unread().data(), count_);
    from_.held_.consume(count_);
    if (from_.writer_ != nullptr) std::exchange(from_.writer_, nullptr)->retry();
    return true;
}

bool byte_pipe::write_leaf::try_now() noexcept {
    if (to_.is_broken_ || to_.is_ended_ || bytes_.empty()) return true;
    count_ = std::min(bytes_.size(), to_.held_.size_max() - to_.held_.size());
    if (count_ == 0) return false;
    try {
        to_.held_.append(bytes_.first(count_));
    } catch (const std::bad_alloc&) {  // the await tells of it
        count_ = 0;
        has_no_memory_ = true;
        return true;
    }
    if (to_.reader_ != nullptr) std::exchange(to_.reader_, nullptr)->retry();
    return true;
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
