// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two tasks, a timer and a channel on static storage: what a device without a heap
// runs. The program gives frames from a pool of its own, so it links no operator new.
#include <coil/core/join.hpp>
#include <coil/core/task.hpp>
#include <coil/runtime/event_loop.hpp>
#include <coil/sync/channel.hpp>
#include <coil/time/sleep.hpp>

#include <cstddef>
#include <cstdio>

using namespace std::chrono_literals;

namespace {

constexpr std::size_t block_size = 1024;
constexpr std::size_t block_count = 8;

struct block {
    block* next;
};
alignas(16) unsigned char pool[block_count][block_size];
block* free_blocks = nullptr;
std::size_t blocks_used = 0;
std::size_t blocks_used_max = 0;

/// Its clock jumps to the next deadline: nothing happens outside.
class device final : public coil::driver {
public:
    [[nodiscard]] coil::instant now() noexcept override { return now_; }
    bool wait(coil::instant deadline) noexcept override {
        if (deadline > now_) now_ = deadline;
        return false;
    }
    void wake() noexcept override {}

private:
    coil::instant now_{};
};

coil::task<> measure(coil::channel<int, 4>& readings) {
    for (int value = 1; value <= 10; ++value) {
        co_await coil::sleep(10ms);
        const bool is_open = co_await readings.send(value);
        if (!is_open) break;
    }
    readings.close();
}

coil::task<int> add_up(coil::channel<int, 4>& readings) {
    int sum = 0;
    while (auto value = co_await readings.receive()) sum += *value;
    co_return sum;
}

coil::task<int> run_both() {
    coil::channel<int, 4> readings;
    auto [nothing, sum] = co_await coil::join(measure(readings), add_up(readings));
    co_return sum;
}

}  // namespace

void* coil::allocate_frame(std::size_t size) {
    if (size > block_size || free_blocks == nullptr) coil::fatal("no frame is left");
    block* const taken = free_blocks;
    free_blocks = taken->next;
    if (++blocks_used > blocks_used_max) blocks_used_max = blocks_used;
    return taken;
}

void coil::release_frame(void* frame, std::size_t) noexcept {
    auto* const given = static_cast<block*>(frame);
    given->next = free_blocks;
    free_blocks = given;
    --blocks_used;
}

int main() {
    for (auto& memory : pool) coil::release_frame(memory, block_size);
    blocks_used = 0;
    device outside;
    coil::event_loop loop(outside);
    const int sum = loop.run(run_both()).value();
    std::printf("sum %d, frames %zu at most, %zu left over\n", sum, blocks_used_max,
                blocks_used);
    return sum == 55 && blocks_used == 0 ? 0 : 1;
}
