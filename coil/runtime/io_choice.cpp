// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/epoll/epoll_driver.hpp>
#include <coil/runtime/io_choice.hpp>
#include <coil/runtime/uring/uring_driver.hpp>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace coil {

namespace {

void say_once(const uring_refusal& why) noexcept {
    static std::atomic<bool> is_said = false;
    // Relaxed: nothing else hangs on it.
    if (is_said.exchange(true, std::memory_order_relaxed)) return;
    std::fprintf(stderr, "coil: using epoll, as there is no io_uring here (%s: %s)\n",
                 why.what, std::strerror(why.error));
}

std::unique_ptr<io_driver> make_uring() {
    uring_refusal why;
    auto made = try_make_uring_driver(why);
    if (made) return made;
    if (why.error == 0) {
        throw_system_error(ENOTSUP, "COIL_IO is uring; this library has no liburing");
    }
    const std::string said = std::string("COIL_IO is uring; ") + why.what;
    throw_system_error(why.error, said.c_str());
}

std::unique_ptr<io_driver> make_best() {
    uring_refusal why;
    if (auto made = try_make_uring_driver(why)) return made;
    if (why.error != 0) say_once(why);
    return std::make_unique<epoll_driver>();
}

}  // namespace

io_choice io_choice_of(const char* text) {
    const std::string_view asked = text == nullptr ? "auto" : text;
    if (asked == "auto" || asked.empty()) return io_choice::automatic;
    if (asked == "epoll") return io_choice::epoll;
    if (asked == "uring") return io_choice::uring;
    const std::string said =
        "COIL_IO is '" + std::string(asked) + "'; it takes epoll, uring or auto";
    throw_system_error(EINVAL, said.c_str());
}

std::unique_ptr<io_driver> make_io_driver(io_choice chosen) {
    switch (chosen) {
        case io_choice::epoll: return std::make_unique<epoll_driver>();
        case io_choice::uring: return make_uring();
        case io_choice::automatic: break;
    }
    return make_best();
}

std::unique_ptr<io_driver> make_io_driver() {
    return make_io_driver(io_choice_of(std::getenv("COIL_IO")));
}

}  // namespace coil
