// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/frame.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>

#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

using namespace coil::testing;
using coil::allocate_frame;
using coil::count_frames;
using coil::release_frame;

namespace {

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Sanitizers keep freed memory for a while, so with them nothing is flat.
bool is_flat(std::size_t early, std::size_t late) {
    const std::size_t allowed = 4 * 1024 * 1024;
    return COIL_SANITIZED || late < early + allowed;
}

/// Hands full batches from one thread to another.
class handover {
public:
    void give(std::vector<void*> batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return batch_.empty(); });
        batch_ = std::move(batch);
        changed_.notify_all();
    }
    std::vector<void*> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !batch_.empty(); });
        changed_.notify_all();
        return std::exchange(batch_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<void*> batch_;
};

}  // namespace

TEST_CASE("frame: blocks are aligned and do not overlap, whatever their size") {
    std::vector<std::pair<unsigned char*, std::size_t>> blocks;
    for (std::size_t size = 1; size <= 20'000; size += 37) {
        auto* block = static_cast<unsigned char*>(allocate_frame(size));
        CHECK(reinterpret_cast<std::uintptr_t>(block) % 16 == 0);
        std::memset(block, static_cast<int>(size % 251), size);
        blocks.emplace_back(block, size);
    }
    bool is_whole = true;
    for (const auto& [block, size] : blocks) {
        for (std::size_t i = 0; i < size; ++i)
            is_whole = is_whole && block[i] == size % 251;
        release_frame(block, size);
    }
    CHECK(is_whole);
}

TEST_CASE("frame: counts what is alive") {
    const std::size_t before = count_frames().alive;
    void* a = allocate_frame(100);
    void* b = allocate_frame(10'000);
    CHECK(count_frames().alive == before + 2);
    release_frame(a, 100);
    std::jthread([b] { release_frame(b, 10'000); }).join();
    CHECK(count_frames().alive == before);
}

#if !COIL_SANITIZED
TEST_CASE("frame: the steady state asks nothing of the heap") {
    for (const std::size_t size : {200U, 3000U, 12'000U}) {
        const std::size_t before = count_frames().from_heap;
        void* some[50];
        for (int round = 0; round < 1000; ++round) {
            for (void*& one : some) one = allocate_frame(size);
            for (void* one : some) release_frame(one, size);
        }
        CHECK(count_frames().from_heap <= before + 50);
    }
}
#endif

TEST_CASE("frame: memory stays flat if another thread frees what this one makes") {
    constexpr int rounds = 600;
    constexpr std::size_t batch_size = 2000;
    handover frames;
    handover empty;
    std::size_t early = 0;
    std::jthread freer([&] {
        for (int round = 0; round < rounds; ++round) {
            for (void* frame : frames.take()) release_frame(frame, 192);
        }
    });
    for (int round = 0; round < rounds; ++round) {
        if (round == rounds / 6) early = resident_bytes();
        std::vector<void*> batch;
        for (std::size_t i = 0; i < batch_size; ++i) {
            batch.push_back(allocate_frame(192));
            std::memset(batch.back(), 1, 192);
        }
        frames.give(std::move(batch));
    }
    freer.join();
    const std::size_t late = resident_bytes();
    CHECK(is_flat(early, late));
}

TEST_CASE("frame: memory stays flat when threads come and go") {
    auto work = [] {
        std::vector<void*> frames;
        for (int i = 0; i < 500; ++i) frames.push_back(allocate_frame(320));
        for (void* frame : frames) release_frame(frame, 320);
    };
    for (int i = 0; i < 20; ++i) std::jthread(work).join();
    const std::size_t alive = count_frames().alive;
    const std::size_t heap_before = count_frames().from_heap;
    const std::size_t early = resident_bytes();
    for (int i = 0; i < 200; ++i) std::jthread(work).join();
    const std::size_t late = resident_bytes();
    CHECK(count_frames().alive == alive);
    CHECK(is_flat(early, late));
    CHECK((COIL_SANITIZED || count_frames().from_heap - heap_before < 20'000));
}

#if COIL_ADDRESS_SANITIZED
namespace {
void use_after_free() {
    auto* frame = static_cast<volatile char*>(allocate_frame(160));
    release_frame(const_cast<char*>(frame), 160);
    frame[40] = 1;
}
void use_coroutine_after_free() {
    auto simple = []() -> coil::task<> { co_return; };
    auto work = simple();
    auto operation = std::move(work).operator co_await();
    const std::uintptr_t* word = reinterpret_cast<const std::uintptr_t*>(&operation);
    const std::uintptr_t frame = word[1];  // the receiver's `child`
    operation.~task_operation();
    volatile auto* freed = reinterpret_cast<volatile char*>(frame);
    ::new (&operation) coil::detail::task_operation<void>(nullptr);
    (void)*freed;
}
}  // namespace

TEST_CASE("frame: a use after free is reported under AddressSanitizer") {
    CHECK(says(last_words(&use_after_free), "heap-use-after-free"));
    CHECK(says(last_words(&use_coroutine_after_free), "heap-use-after-free"));
}
#endif
