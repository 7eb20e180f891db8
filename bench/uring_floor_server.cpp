// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The least that Linux asks of a server on io_uring: multishot accept and receive, one
// ring of buffers for all connections, one system call per turn. As floor_server.cpp it
// parses nothing but the end of a request's head, and does not care for slow readers.
#include "floor.hpp"
#include <liburing.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

constexpr unsigned buffer_count = 1024;
constexpr unsigned buffer_size = 4096;
constexpr int group = 0;

int checked(int result, const char* what) {
    if (result >= 0) return result;
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(-result));
    std::exit(1);
}

/// What a completion is about, in its 64 bits.
enum class about : std::uint64_t { accepted, received, sent };

class server {
public:
    explicit server(bool speaks_http) : speaks_http_(speaks_http) {
        io_uring_params params{};
        params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                       IORING_SETUP_CQSIZE;
        params.cq_entries = 4 * buffer_count;
        checked(io_uring_queue_init_params(buffer_count, &ring_, &params), "io_uring");
        io_uring_register_ring_fd(&ring_);
        provide_buffers();
        io_uring_prep_multishot_accept(entry(about::accepted, 0, 0), listener_, nullptr,
                                       nullptr, 0);
    }

    [[noreturn]] void run() {
        for (;;) {
            io_uring_submit_and_wait(&ring_, 1);
            io_uring_cqe* seen = nullptr;
            unsigned head = 0;
            unsigned count = 0;
            io_uring_for_each_cqe(&ring_, head, seen) {
                ++count;
                handle(*seen);
            }
            io_uring_cq_advance(&ring_, count);
        }
    }

private:
    void provide_buffers() {
        const std::size_t size = buffer_count * sizeof(io_uring_buf);
        void* place = nullptr;
        if (posix_memalign(&place, 4096, size) != 0) std::abort();
        buffers_ = static_cast<io_uring_buf_ring*>(place);
        io_uring_buf_reg asked{};
        asked.ring_addr = reinterpret_cast<std::uint64_t>(place);
        asked.ring_entries = buffer_count;
        asked.bgid = group;
        checked(io_uring_register_buf_ring(&ring_, &asked, 0), "buffers");
        io_uring_buf_ring_init(buffers_);
        for (unsigned i = 0; i < buffer_count; ++i) give_back(i);
    }

    void give_back(unsigned number) {
        io_uring_buf_ring_add(buffers_, buffer(number), buffer_size,
                              static_cast<unsigned short>(number), buffer_count - 1, 0);
        io_uring_buf_ring_advance(buffers_, 1);
    }

    char* buffer(unsigned number) { return &bytes_[std::size_t{number} * buffer_size]; }

    /// An entry whose completion says what it was about, on which socket and buffer.
    io_uring_sqe* entry(about what, int peer, unsigned number) {
        io_uring_sqe* made = io_uring_get_sqe(&ring_);
        if (made == nullptr) {
            io_uring_submit(&ring_);
            made = io_uring_get_sqe(&ring_);
        }
        made->user_data = static_cast<std::uint64_t>(what) << 56 |
                          std::uint64_t{number} << 32 | static_cast<unsigned>(peer);
        return made;
    }

    void handle(const io_uring_cqe& seen) {
        const auto what = static_cast<about>(seen.user_data >> 56);
        const int peer = static_cast<int>(seen.user_data & 0xffffffff);
        if (what == about::accepted) {
            bench::send_at_once(seen.res);
            receive(seen.res);
        } else if (what == about::sent) {
            give_back(seen.user_data >> 32 & 0xffffff);
        } else if (seen.res > 0) {
            answer(peer, static_cast<std::size_t>(seen.res),
                   seen.flags >> IORING_CQE_BUFFER_SHIFT);
            if ((seen.flags & IORING_CQE_F_MORE) == 0) receive(peer);
        } else if (seen.res == -ENOBUFS) {
            receive(peer);
        } else {
            close(peer);
        }
    }

    void receive(int peer) {
        io_uring_sqe* const asked = entry(about::received, peer, 0);
        const std::uint64_t said = asked->user_data;
        io_uring_prep_recv_multishot(asked, peer, nullptr, 0, 0);
        asked->flags |= IOSQE_BUFFER_SELECT;
        asked->buf_group = group;
        asked->user_data = said;
    }

    void answer(int peer, std::size_t count, unsigned number) {
        const std::string_view bytes(buffer(number), count);
        if (speaks_http_) {
            const std::string_view answers = bench::answers_to(bytes);
            if (!answers.empty()) send(peer, answers, number);
        } else {
            send(peer, bytes, number);
        }
    }

    void send(int peer, std::string_view bytes, unsigned number) {
        io_uring_sqe* const asked = entry(about::sent, peer, number);
        const std::uint64_t said = asked->user_data;
        io_uring_prep_send(asked, peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        asked->user_data = said;
    }

    bool speaks_http_;
    int listener_ = bench::listen_on_loopback(SOCK_STREAM);
    io_uring ring_{};
    io_uring_buf_ring* buffers_ = nullptr;
    std::vector<char> bytes_ = std::vector<char>(buffer_count * buffer_size);
};

}  // namespace

int main(int count, char** arguments) {
    return bench::serve<server>(count, arguments);
}
