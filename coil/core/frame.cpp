// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/core/detail/fine_frames.hpp>
#include <coil/core/frame.hpp>

#include <atomic>
#include <new>
#include <utility>

// Magazines after J. Bonwick and J. Adams, "Magazines and Vmem", USENIX 2001.

namespace coil {

namespace {

using block = detail::frame_block;
using magazine = detail::frame_magazine;

/// Sizes up to `max` in steps of `step`; what is smaller belongs to the range before.
struct size_range {
    std::size_t step;
    std::size_t max;
};
constexpr size_range fine = {detail::fine_frame_step, detail::fine_frame_max};
constexpr size_range medium = {detail::medium_frame_step, 4096};
constexpr size_range large = {1024, 16384};
constexpr unsigned first_medium = fine.max / fine.step;
constexpr unsigned first_large = first_medium + (medium.max - fine.max) / medium.step;
constexpr unsigned first_coarse = detail::inline_frame_classes;
constexpr unsigned class_count =
    first_large + (large.max - medium.max) / large.step + 1;
constexpr unsigned depot_magazines_max = 64;  // per class

constexpr unsigned steps(std::size_t size, std::size_t step) noexcept {
    return static_cast<unsigned>((size + step - 1) / step);
}
constexpr unsigned class_of(std::size_t size) noexcept {
    if (size <= medium.max)
        return static_cast<unsigned>(detail::inline_frame_class(size));
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

constinit spin_lock depot_lock;  // guards the depot and the list of caches

struct depot_class {
    block* first = nullptr;           // magazines, linked through `next_magazine`
    std::atomic<unsigned> count = 0;  // written under the lock
};
constinit depot_class depot[class_count];
constinit std::size_t kept_in_depot = 0;  // blocks, under the lock

/// What a thread got from the heap and gave back to it. What is alive is what came from
/// there and is not kept, so the paths that every frame takes count nothing.
struct heap_counts {
    std::size_t taken;
    std::size_t freed;
};
constinit heap_counts counts_of_ended_threads = {};

unsigned length_of(const block* first) noexcept {
    unsigned length = 0;
    for (; first != nullptr; first = first->next) ++length;
    return length;
}

/// One thread's blocks. Trivial, so that reaching it needs no guard; `farewell` below
/// gives its blocks to the depot when the thread ends.
struct thread_cache {
    block** fine;  // this thread's `fine_frames`
    unsigned* fine_room;
    block* coarse[class_count - first_coarse];
    unsigned coarse_room[class_count - first_coarse];
    // One more full magazine each, so that we do not thrash. Written by this thread
    // only, as are the counts; read by count_frames().
    std::atomic<block*> full[class_count];
    std::atomic<std::size_t> taken;
    std::atomic<std::size_t> freed;
    thread_cache* next;
    thread_cache** link;
    bool is_known;
    bool keeps_nothing;  // what is freed from now on goes straight to the heap

    magazine open(unsigned index) noexcept {
        if (index < first_coarse) return {fine[index], fine_room[index]};
        return {coarse[index - first_coarse], coarse_room[index - first_coarse]};
    }
    block* exchange_full(unsigned index, block* now) noexcept {
        // relaxed: `count_frames` asks whether it is null.
        block* const before = full[index].load(std::memory_order_relaxed);
        full[index].store(now, std::memory_order_relaxed);
        return before;
    }
};
COIL_THREAD_LOCAL constinit thread_cache cache = {};
constinit thread_cache* known_caches = nullptr;

void increment(std::atomic<std::size_t>& counter) noexcept {
    // relaxed: a statistic.
    counter.store(counter.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
}

void free_chain(thread_cache& mine, block* first) noexcept {
    while (first != nullptr) {
        block* next = first->next;
        ::operator delete(first);
        increment(mine.freed);
        first = next;
    }
}

void give_to_depot(thread_cache& mine, unsigned index, block* first) noexcept {
    if (first == nullptr) return;
    const unsigned length = length_of(first);
    {
        const holding held(depot_lock);
        depot_class& of = depot[index];
        // relaxed: only the lock's holder writes it.
        const unsigned count = of.count.load(std::memory_order_relaxed);
        if (count < depot_magazines_max) {
            first->next_magazine = of.first;
            of.first = first;
            of.count.store(count + 1, std::memory_order_relaxed);
            kept_in_depot += length;
            return;
        }
    }
    free_chain(mine, first);
}

block* take_from_depot(unsigned index) noexcept {
    depot_class& of = depot[index];
    // relaxed: a hint, to spare the lock where there is nothing.
    if (of.count.load(std::memory_order_relaxed) == 0) return nullptr;
    const holding held(depot_lock);
    block* const first = of.first;
    if (first == nullptr) return nullptr;
    of.first = first->next_magazine;
    kept_in_depot -= length_of(first);
    of.count.store(of.count.load(std::memory_order_relaxed) - 1,
                   std::memory_order_relaxed);  // relaxed: as above
    return first;
}

void keep_nothing(thread_cache& mine) noexcept {
    for (unsigned i = 0; i < class_count; ++i) {
        const magazine open = mine.open(i);
        give_to_depot(mine, i, std::exchange(open.first, nullptr));
        open.set_room(0);
        give_to_depot(mine, i, mine.exchange_full(i, nullptr));
    }
    mine.keeps_nothing = true;
}

std::size_t kept_by(thread_cache& of) noexcept {
    if (of.keeps_nothing) return 0;
    std::size_t kept = 0;
    for (unsigned i = 0; i < class_count; ++i) {
        kept += blocks_of(i) - of.open(i).get_room();
        // relaxed: a statistic.
        if (of.full[i].load(std::memory_order_relaxed) != nullptr) kept += blocks_of(i);
    }
    return kept;
}

void add_counts(heap_counts& sum, const thread_cache& of) noexcept {
    sum.taken += of.taken.load(std::memory_order_relaxed);  // relaxed: a statistic
    sum.freed += of.freed.load(std::memory_order_relaxed);
}

struct farewell {
    ~farewell() {
        thread_cache& mine = cache;
        keep_nothing(mine);
        const holding held(depot_lock);
        add_counts(counts_of_ended_threads, mine);
        mine.taken = mine.freed = 0;
        *mine.link = mine.next;
        if (mine.next != nullptr) mine.next->link = mine.link;
    }
};

COIL_NOINLINE void make_known(thread_cache& mine) noexcept {
    static COIL_THREAD_LOCAL farewell at_exit;
    (void)at_exit;
    mine.is_known = true;
    mine.fine = detail::fine_frames;
    mine.fine_room = detail::fine_frames_room;
    mine.keeps_nothing = COIL_SANITIZED;
    if (!COIL_SANITIZED) {
        for (unsigned i = 0; i < class_count; ++i) mine.open(i).set_room(blocks_of(i));
    }
    const holding held(depot_lock);
    mine.next = known_caches;
    mine.link = &known_caches;
    if (known_caches != nullptr) known_caches->link = &mine.next;
    known_caches = &mine;
}

thread_cache& this_threads_cache() noexcept {
    thread_cache& mine = cache;
    if (!mine.is_known) [[unlikely]]
        make_known(mine);
    return mine;
}

COIL_NOINLINE void* allocate_slowly(thread_cache& mine, unsigned index,
                                    std::size_t size) {
    if (index < class_count && !mine.keeps_nothing) {
        block* refill = mine.exchange_full(index, nullptr);
        if (refill == nullptr) refill = take_from_depot(index);
        if (refill != nullptr) {
            const magazine open = mine.open(index);
            open.first = refill->next;
            open.set_room(blocks_of(index) - length_of(refill->next));
            return refill;
        }
    }
    if (index < class_count && !COIL_SANITIZED) size = size_of(index);
    void* fresh = ::operator new(size);
    increment(mine.taken);
    return fresh;
}

COIL_NOINLINE void release_slowly(thread_cache& mine, unsigned index,
                                  block* freed) noexcept {
    if (index >= class_count || mine.keeps_nothing) {
        ::operator delete(freed);
        increment(mine.freed);
        return;
    }
    freed->next = nullptr;
    const magazine open = mine.open(index);
    give_to_depot(mine, index, mine.exchange_full(index, open.first));
    open.first = freed;
    open.set_room(COIL_PLANTED(frames_pile_up) ? ~0U : blocks_of(index) - 1);
}

}  // namespace

COIL_NOINLINE void* allocate_frame(std::size_t size) {
    thread_cache& mine = this_threads_cache();
    const unsigned index = class_of(size);
    if (index < class_count) [[likely]] {
        if (void* const taken = mine.open(index).take()) [[likely]]
            return taken;
    }
    return allocate_slowly(mine, index, size);
}

COIL_NOINLINE void release_frame(void* frame, std::size_t size) noexcept {
    thread_cache& mine = this_threads_cache();
    const unsigned index = class_of(size);
    if (index < class_count && mine.open(index).give_back(frame)) [[likely]]
        return;
    release_slowly(mine, index, static_cast<block*>(frame));
}

void stop_recycling_frames() noexcept {
    keep_nothing(this_threads_cache());
}

frame_counts count_frames() noexcept {
    const holding held(depot_lock);
    heap_counts sum = counts_of_ended_threads;
    std::size_t kept = kept_in_depot;
    for (thread_cache* c = known_caches; c != nullptr; c = c->next) {
        add_counts(sum, *c);
        kept += kept_by(*c);
    }
    return {.alive = sum.taken - sum.freed - kept, .from_heap = sum.taken};
}

}  // namespace coil
