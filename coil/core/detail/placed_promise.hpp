// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/frame.hpp>

namespace coil::detail {

/// Of a task with a `frame_place&` among its parameters. What the place gave begins
/// with the place's address.
template <class Promise>
struct placed_promise : Promise {
    using Promise::Promise;

    template <class... Parameters>
    static void* operator new(std::size_t size, Parameters&... parameters) {
        frame_place* place = nullptr;
        (find(place, parameters), ...);
        void* const taken = place->allocate(size + before);
        *static_cast<frame_place**>(taken) = place;
        return static_cast<char*>(taken) + before;
    }
    static void operator delete(void* frame, std::size_t size) noexcept {
        void* const taken = static_cast<char*>(frame) - before;
        (*static_cast<frame_place**>(taken))->release(taken, size + before);
    }

private:
    static constexpr std::size_t before = 2 * sizeof(void*);
    static void find(frame_place*& found, frame_place& given) noexcept {
        found = &given;
    }
    template <class Other>
    static void find(frame_place*&, const Other&) noexcept {}
};

}  // namespace coil::detail
