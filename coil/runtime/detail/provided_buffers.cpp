// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/provided_buffers.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace coil::detail {

namespace {
constexpr std::size_t ring_bytes = provided_buffers::count * sizeof(io_uring_buf);
constexpr std::size_t all_bytes =
    ring_bytes + provided_buffers::count * provided_buffers::size;
static_assert(ring_bytes % 4096 == 0, "the buffers begin on a page");
}  // namespace

// Shared, so that a fork does not part us from the pages that the system writes to.
int provided_buffers::set_up(ring& with) noexcept {
    void* const place = ::mmap(nullptr, all_bytes, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return errno;
    ring_ = static_cast<io_uring_buf_ring*>(place);
    bytes_ = static_cast<std::byte*>(place) + ring_bytes;
    io_uring_buf_reg asked = {};
    asked.ring_addr = reinterpret_cast<std::uintptr_t>(place);
    asked.ring_entries = count;
    asked.bgid = group;
    const int error = io_uring_register_buf_ring(&with.raw(), &asked, 0);
    if (error < 0) return -error;
    io_uring_buf_ring_init(ring_);
    for (std::uint16_t number = 0; number < count; ++number) give_back(number);
    return 0;
}

provided_buffers::~provided_buffers() {
    if (ring_ != nullptr) ::munmap(ring_, all_bytes);
}

void provided_buffers::give_back(std::uint16_t number) noexcept {
    io_uring_buf_ring_add(ring_, place_of(number), size, number,
                          io_uring_buf_ring_mask(count), 0);
    io_uring_buf_ring_advance(ring_, 1);
}

void provided_buffers::append(queue& to, std::uint16_t number,
                              std::size_t length) noexcept {
    filled_[number] = {.end = static_cast<std::uint16_t>(length)};
    if (to.is_empty()) {
        to.first = number;
    } else {
        filled_[to.last].next = number;
    }
    to.last = number;
    ++to.length;
}

std::size_t provided_buffers::take(queue& from, void* into, std::size_t room) noexcept {
    auto* next = static_cast<std::byte*>(into);
    while (room > 0 && !from.is_empty()) {
        filled& piece = filled_[from.first];
        const std::size_t part =
            std::min<std::size_t>(room, std::size_t{piece.end} - piece.begin);
        std::memcpy(next, place_of(from.first) + piece.begin, part);
        next += part;
        room -= part;
        piece.begin = static_cast<std::uint16_t>(piece.begin + part);
        if (piece.begin == piece.end) pop(from);
    }
    return static_cast<std::size_t>(next - static_cast<std::byte*>(into));
}

void provided_buffers::discard(queue& all) noexcept {
    while (!all.is_empty()) pop(all);
}

void provided_buffers::pop(queue& from) noexcept {
    const std::uint16_t read = from.first;
    from.first = filled_[read].next;
    --from.length;
    give_back(read);
}

}  // namespace coil::detail
