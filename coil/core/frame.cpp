// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/frame.hpp>

#include <atomic>
#include <new>

// Magazines after J. Bonwick and J. Adams, "Magazines and Vmem", USENIX 2001.

namespace coil {

namespace {

struct block {
    block* next;
    block* next_magazine;  // in the first block of a magazine that lies in the depot
};

/// Sizes up to `max` in steps of `step`; what is smaller belongs to the range before.
struct size_range {
    std::size_t step;
    std::size_t max;
};
constexpr size_range fine = {16, 512};
constexpr size_range medium = {128, 4096};
constexpr size_range large = {1024, 16384};
constexpr unsigned first_medium = fine.max / fine.step;
constexpr unsigned first_large = first_medium + (medium.max - fine.max) / medium.step;
constexpr unsigned class_count =
    first_large + (large.max - medium.max) / large.step + 1;
constexpr unsigned depot_magazines_max = 64;  // per class

constexpr unsigned steps(std::size_t size, std::size_t step) noexcept {
    return static_cast<unsigned>((size + step - 1) / step);
}
constexpr unsigned class_of(std::size_t size) noexcept {
    if (COIL_PLANTED(frames_too_small) && size <= fine.max)
        return static_cast<unsigned>(size / fine.step);
    if (size <= fine.max) return steps(size, fine.step);
    if (size <= medium.max) return first_medium + steps(size - fine.max, medium.step);
    return first_large + steps(size - medium.max, large.step);
}
constexpr std::size_t size_of(unsigned index) noexcept {
    if (index <= first_medium) return index * fine.step;
    if (index <= first_large) return fine.max + (index - first_medium) * medium.step;
    return medium.max + (index - first_large) * large.step;
}
constexpr unsigned blocks_of(unsigned index) noexcept {
    return index <= first_large ? 64 : 8;
}

struct magazine {
    block* first = nullptr;
    unsigned room = 0;  // for so many more; 0 before its first use
};

/// Held for a few instructions only; <mutex> would drag threads into the core.
class spin_lock {
public:
    spin_lock() noexcept {
        // acquire: pairs with the release in the destructor.
        while (held_.test_and_set(std::memory_order_acquire)) {}
    }
    ~spin_lock() { held_.clear(std::memory_order_release); }  // pairs with the above
    spin_lock(const spin_lock&) = delete;
    spin_lock& operator=(const spin_lock&) = delete;

private:
    static constinit inline std::atomic_flag held_;
};

struct depot_class {
    block* first = nullptr;           // full magazines, linked through `next_magazine`
    std::atomic<unsigned> count = 0;  // written under the lock
};
constinit depot_class depot[class_count];
constinit frame_counts counts_of_ended_threads;

void free_chain(block* first) noexcept {
    while (first != nullptr) {
        block* next = first->next;
        ::operator delete(first);
        first = next;
    }
}

void give_to_depot(unsigned index, block* first) noexcept {
    if (first == nullptr) return;
    {
        const spin_lock lock;
        depot_class& of = depot[index];
        // relaxed: only the lock's holder writes it.
        const unsigned count = of.count.load(std::memory_order_relaxed);
        if (count < depot_magazines_max) {
            first->next_magazine = of.first;
            of.first = first;
            of.count.store(count + 1, std::memory_order_relaxed);
            return;
        }
    }
    free_chain(first);
}

block* take_from_depot(unsigned index) noexcept {
    depot_class& of = depot[index];
    // relaxed: a hint, to spare the lock where there is nothing.
    if (of.count.load(std::memory_order_relaxed) == 0) return nullptr;
    const spin_lock lock;
    block* const first = of.first;
    if (first == nullptr) return nullptr;
    of.first = first->next_magazine;
    of.count.store(of.count.load(std::memory_order_relaxed) - 1,
                   std::memory_order_relaxed);  // relaxed: as above
    return first;
}

/// One thread's blocks. Trivial, so that reaching it needs no guard; `farewell` below
/// gives its blocks to the depot when the thread ends.
struct thread_cache {
    magazine open[class_count];
    block* full[class_count];  // one more magazine each, so that we do not thrash
    // Written by this thread only, so no read-modify-write; read by count_frames().
    std::atomic<std::size_t> made;
    std::atomic<std::size_t> freed;
    std::atomic<std::size_t> from_heap;
    thread_cache* next;
    thread_cache** link;
    bool is_known;
    bool has_ended;
};
COIL_THREAD_LOCAL constinit thread_cache cache = {};
constinit thread_cache* known_caches = nullptr;

void increment(std::atomic<std::size_t>& counter) noexcept {
    // relaxed: a statistic.
    counter.store(counter.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
}

void add_counts(frame_counts& sum, const thread_cache& of) noexcept {
    sum.alive += of.made.load(std::memory_order_relaxed);  // relaxed: a statistic
    sum.alive -= of.freed.load(std::memory_order_relaxed);
    sum.from_heap += of.from_heap.load(std::memory_order_relaxed);
}

struct farewell {
    ~farewell() {
        thread_cache& mine = cache;
        for (unsigned i = 0; i < class_count; ++i) {
            give_to_depot(i, mine.open[i].first);
            give_to_depot(i, mine.full[i]);
            mine.open[i] = {};
            mine.full[i] = nullptr;
        }
        const spin_lock lock;
        mine.has_ended = true;  // what is freed from now on goes straight to the heap
        add_counts(counts_of_ended_threads, mine);
        mine.made = mine.freed = mine.from_heap = 0;
        *mine.link = mine.next;
        if (mine.next != nullptr) mine.next->link = mine.link;
    }
};

void make_known(thread_cache& mine) noexcept {
    static COIL_THREAD_LOCAL farewell at_exit;
    (void)at_exit;
    mine.is_known = true;
    const spin_lock lock;
    mine.next = known_caches;
    mine.link = &known_caches;
    if (known_caches != nullptr) known_caches->link = &mine.next;
    known_caches = &mine;
}

COIL_NOINLINE void* allocate_slowly(thread_cache& mine, unsigned index,
                                    std::size_t size) {
    if (!mine.is_known) make_known(mine);
    if (index < class_count && !mine.has_ended && !COIL_SANITIZED) {
        block* refill = mine.full[index];
        mine.full[index] = nullptr;
        if (refill == nullptr) refill = take_from_depot(index);
        if (refill != nullptr) {
            mine.open[index] = {refill->next, 1};
            increment(mine.made);
            return refill;
        }
        size = size_of(index);
    } else if (index < class_count) {
        size = COIL_SANITIZED ? size : size_of(index);
    }
    void* fresh = ::operator new(size);
    increment(mine.from_heap);
    increment(mine.made);
    return fresh;
}

COIL_NOINLINE void release_slowly(thread_cache& mine, unsigned index,
                                  block* freed) noexcept {
    if (!mine.is_known) make_known(mine);
    increment(mine.freed);
    if (index >= class_count || mine.has_ended || COIL_SANITIZED) {
        ::operator delete(freed);
        return;
    }
    magazine& open = mine.open[index];
    if (open.first != nullptr) {
        if (mine.full[index] != nullptr) give_to_depot(index, mine.full[index]);
        mine.full[index] = open.first;
    }
    freed->next = nullptr;
    const unsigned room = blocks_of(index) - 1;
    open = {freed, COIL_PLANTED(frames_pile_up) ? ~0U : room};
}

}  // namespace

COIL_NOINLINE void* allocate_frame(std::size_t size) {
    thread_cache& mine = cache;
    const unsigned index = class_of(size);
    if (index < class_count) [[likely]] {
        magazine& open = mine.open[index];
        if (block* first = open.first) [[likely]] {
            open.first = first->next;
            ++open.room;
            increment(mine.made);
            return first;
        }
    }
    return allocate_slowly(mine, index, size);
}

COIL_NOINLINE void release_frame(void* frame, std::size_t size) noexcept {
    thread_cache& mine = cache;
    const unsigned index = class_of(size);
    auto* freed = static_cast<block*>(frame);
    if (!COIL_SANITIZED && index < class_count) [[likely]] {
        magazine& open = mine.open[index];
        if (open.room > 0) [[likely]] {
            freed->next = open.first;
            open.first = freed;
            --open.room;
            increment(mine.freed);
            return;
        }
    }
    release_slowly(mine, index, freed);
}

frame_counts count_frames() noexcept {
    const spin_lock lock;
    frame_counts sum = counts_of_ended_threads;
    for (const thread_cache* c = known_caches; c != nullptr; c = c->next)
        add_counts(sum, *c);
    return sum;
}

}  // namespace coil
