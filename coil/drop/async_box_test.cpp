// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/race.hpp>
#include <coil/drop/async_box.hpp>
#include <coil/drop/async_vector.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

using namespace coil::testing;
using coil::async_box;
using coil::async_vector;
using coil::make_async_box;
using coil::task;

namespace {

static_assert(coil::async_droppable<async_box<resource>>);
static_assert(!std::is_copy_constructible_v<async_box<resource>>);
static_assert(coil::sendable<async_box<resource>>);
static_assert(sizeof(async_box<resource>) == sizeof(resource*));

/// One that these tests drop by hand.
struct [[gsl::suppress("coil-async-drop")]] one : async_box<resource> {
    using async_box::async_box;
};
one box_of(words& log, const char* name) {
    return one(std::make_unique<resource>(log, name));
}

/// A list: each holds the next.
struct node {
    explicit node(resource of) : name(std::move(of)) {}
    resource name;
    async_box<node> next;
    task<> async_drop() {
        co_await name.async_drop();
        co_await next.async_drop();
    }
};

}  // namespace

//! [a box of a base]
struct closable {
    virtual ~closable() = default;
    virtual task<> async_drop() = 0;
};
struct file final : closable {
    explicit file(words& to) : log(&to) {}
    task<> async_drop() override {
        co_await coil::yield_now();
        log->emplace_back("file closed");
    }
    words* log;
};
struct stream final : closable {
    explicit stream(words& to) : log(&to) {}
    task<> async_drop() override {
        co_await coil::yield_now();
        log->emplace_back("stream closed");
    }
    words* log;
};

task<> copies(words& log) {
    auto& ends = co_await coil::own(async_vector<async_box<closable>>());
    ends.push_back(make_async_box<file>(log));
    ends.push_back(make_async_box<stream>(log));
    log.emplace_back("copied");
}  // closes both
//! [a box of a base]

COIL_TEST("async_box: drops what it holds, as what it is") {
    words log;
    co_await copies(log);
    CHECK(log == words{"copied", "file closed", "stream closed"});
}

COIL_TEST("async_box: replace drops the old object, reset the last") {
    words log;
    auto box = box_of(log, "a");
    co_await box.replace(make_async_box<resource>(log, "b"));
    CHECK(box->name() == "b");
    co_await box.reset();
    CHECK(!box);
    co_await box.reset();
    CHECK(log == words{"drop a", "dropped a", "drop b", "dropped b"});
}

COIL_TEST("async_box: a stop while the old one is dropped keeps the new one") {
    words log;
    auto box = box_of(log, "old");
    co_await coil::race(box.replace(make_async_box<resource>(log, "new")),
                        coil::yield_now());
    CHECK(log == words{"drop old", "dropped old"});
    CHECK(box->name() == "new");
    co_await box.reset();
}

COIL_TEST("async_box: a list of boxes, from the outside in") {
    words log;
    [[gsl::suppress("coil-async-drop")]] node first(resource(log, "1"));
    co_await first.next.replace(make_async_box<node>(resource(log, "2")));
    CHECK(log.empty());
    co_await coil::drop(first);
    CHECK(log == words{"drop 1", "dropped 1", "drop 2", "dropped 2"});
}

COIL_TEST("async_box: from a unique_ptr, and back") {
    words log;
    one box(std::make_unique<resource>(log, "a"));
    one moved(std::move(box));
    CHECK(box.get() == nullptr);
    std::unique_ptr<resource> given = moved.release();
    co_await coil::drop(given);
    CHECK(log == words{"drop a", "dropped a"});
}

COIL_TEST("async_box: what a task gives and a race throws away is dropped") {
    words log;
    auto make = [](words& l, const char* name) -> task<async_box<resource>> {
        co_return make_async_box<resource>(l, name);
    };
    auto first = []() -> task<int> { co_return 1; };
    co_await coil::drop(co_await coil::race(first(), make(log, "a")));
    CHECK(log == words{"drop a", "dropped a"});
}

#if !defined(NDEBUG)
TEST_CASE("async_box: one that is destroyed with an object ends the program") {
    const std::string text = last_words([] {
        words log;
        const auto box = box_of(log, "a");
    });
    CHECK(says(text, "destroyed with values in it whose async drop nobody awaited"));
}

TEST_CASE("async_box: to look into an empty one ends the program") {
    const std::string text = last_words([] {
        const one box;
        (void)box->name();
    });
    CHECK(says(text, "the box holds an object"));
}
#endif
