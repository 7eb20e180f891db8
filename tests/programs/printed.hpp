// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// What programs that were printed as C++ are written in: see `as_cpp.hpp`.

#include <coil/core/closure.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include "any_ints.hpp"
#include "leaves.hpp"

#include <iterator>
#include <optional>
#include <vector>

namespace programs::printed {

using namespace coil;
using namespace std::chrono_literals;
using programs::any_ints, programs::ask_stop, programs::fail, programs::foreign,
    programs::late, programs::late_end;

inline thread_local event* events = nullptr;
inline thread_local channel<int>* queues = nullptr;

class resource;
using loot = std::optional<resource>;
using work_function = local_task<loot>();

local_task<> run(local_task<loot> part);

/// Has an async destructor that runs what it is made of.
class resource {
public:
    explicit resource(work_function* at_the_end) : at_the_end_(at_the_end) {}
    resource(resource&& other) noexcept
        : at_the_end_(std::exchange(other.at_the_end_, nullptr)) {}
    resource& operator=(resource&&) = delete;
    local_task<> async_drop() {
        if (at_the_end_ != nullptr) co_await run(std::exchange(at_the_end_, nullptr)());
    }

private:
    work_function* at_the_end_;
};

inline local_task<> run(local_task<loot> part) {
    loot given = co_await std::move(part);
    co_await drop(given);
}
inline local_task<resource> make(local_task<loot> before, work_function* at_the_end) {
    co_await run(std::move(before));
    co_return resource(at_the_end);
}
inline local_task<loot> use(owned<resource>, work_function* body) {
    loot given = co_await body();
    co_return given;
}
inline local_generator<int> items(std::vector<work_function*> before_each) {
    int item = 0;
    for (work_function* const before : before_each) {
        co_await run(before());
        co_yield ++item;
    }
}
template <class... Generator>
local_generator<int> delegate(Generator... inner) {
    local_generator<int> all[] = {std::move(inner)...};
    for (local_generator<int>& each : all) co_yield elements_of(std::move(each));
}
[[gsl::suppress("coil-async-drop")]] inline local_resource_generator<int> owned_items(
    resource kept, std::vector<work_function*> before) {
    co_await own(std::move(kept));
    int item = 1;
    for (work_function* const each : before) {
        co_await run(each());
        co_yield ++item;
    }
}

/// A program as text, and as it was printed from that.
struct sample {
    const char* text;
    local_task<loot> (*work)();
};
extern const sample samples[];
extern const std::size_t sample_count;

}  // namespace programs::printed
