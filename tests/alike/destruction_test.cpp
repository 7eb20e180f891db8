// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When objects end, and in which order.
#include "traced.hpp"

#include <array>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

using namespace alike;

namespace {

void locals(sync_log& log) {
    const traced a(log, "a");
    step(log, "one");
    const traced b = make(log, "b");
    const traced c(log, "c");
    step(log, "two");
}
task<> locals(async_log& log) {
    const traced a(log, "a");
    co_await step(log, "one");
    const traced b = co_await make(log, "b");
    const traced c(log, "c");
    co_await step(log, "two");
}
COIL_ALIKE("destruction: locals end in reverse order", locals)

void nested_blocks(sync_log& log) {
    const traced name(log, "outer");
    {
        const traced first(log, "first block");
        step(log, "inside");
    }
    {
        const traced second(log, "second block");
        {
            const traced deep(log, "deep");
            step(log, "deep inside");
        }
        step(log, "less deep");
    }
    log(name.name());
}
task<> nested_blocks(async_log& log) {
    const traced name(log, "outer");
    {
        const traced first(log, "first block");
        co_await step(log, "inside");
    }
    {
        const traced second(log, "second block");
        {
            const traced deep(log, "deep");
            co_await step(log, "deep inside");
        }
        co_await step(log, "less deep");
    }
    log(name.name());
}
COIL_ALIKE("destruction: a block ends what it declares", nested_blocks)

struct base {
    explicit base(journal& log) : log_(log), first(log, "first member") {}
    virtual ~base() { log_("~base"); }
    journal& log_;
    traced first;
};
struct derived : base {
    explicit derived(journal& log) : base(log), second(log, "second member") {}
    ~derived() override { log_("~derived"); }
    traced second;
};

void members_and_bases(sync_log& log) {
    const derived whole(log);
    step(log, "use");
    const std::unique_ptr<base> by_base = std::make_unique<derived>(log);
    step(log, "use more");
}
task<> members_and_bases(async_log& log) {
    const derived whole(log);
    co_await step(log, "use");
    const std::unique_ptr<base> by_base = std::make_unique<derived>(log);
    co_await step(log, "use more");
}
COIL_ALIKE("destruction: bodies, then members, then bases", members_and_bases)

void arrays(sync_log& log) {
    const traced two[] = {make(log, "0"), make(log, "1")};
    const std::array<traced, 2> other{traced(log, "2"), make(log, "3")};
    log("are", two[0].size() + other[1].size());
}
task<> arrays(async_log& log) {
    const traced two[] = {co_await make(log, "0"), co_await make(log, "1")};
    const std::array<traced, 2> other{traced(log, "2"), co_await make(log, "3")};
    log("are", two[0].size() + other[1].size());
}
COIL_ALIKE_ON_CLANG("destruction: an array's elements end last to first", arrays)

void containers(sync_log& log) {
    std::vector<traced> all;
    all.reserve(3);
    for (const char* name : {"x", "y", "z"}) all.push_back(make(log, name));
    all.pop_back();
    step(log, "popped");
    all.erase(all.begin());
    step(log, "erased");
    all.clear();
    step(log, "cleared");
}
task<> containers(async_log& log) {
    std::vector<traced> all;
    all.reserve(3);
    for (const char* name : {"x", "y", "z"}) all.push_back(co_await make(log, name));
    all.pop_back();
    co_await step(log, "popped");
    all.erase(all.begin());
    co_await step(log, "erased");
    all.clear();
    co_await step(log, "cleared");
}
COIL_ALIKE("destruction: containers end their elements when told to", containers)

void replaced(sync_log& log) {
    std::optional<traced> maybe;
    std::variant<int, traced> either = 1;
    traced plain(log, "plain");
    maybe = make(log, "maybe");
    either = make(log, "either");
    plain = make(log, "other");
    maybe.reset();
    step(log, "reset");
    either = get(log, 2);
    maybe.emplace(log, "again");
    log("end");
}
task<> replaced(async_log& log) {
    std::optional<traced> maybe;
    std::variant<int, traced> either = 1;
    traced plain(log, "plain");
    maybe = co_await make(log, "maybe");
    either = co_await make(log, "either");
    plain = co_await make(log, "other");
    maybe.reset();
    co_await step(log, "reset");
    either = co_await get(log, 2);
    maybe.emplace(log, "again");
    log("end");
}
COIL_ALIKE("destruction: an assigned value ends the old one first or last", replaced)

void move_out(sync_log& log, traced by_value) {
    const traced local(log, "local");
    step(log, by_value.name().c_str());
}
task<> move_out(async_log& log, traced by_value) {
    const traced local(log, "local");
    co_await step(log, by_value.name().c_str());
}
void moved_on(sync_log& log) {
    traced kept(log, "kept");
    traced given(log, "given");
    move_out(log, std::move(given));
    log("given away");
    move_out(log, traced(log, "temporary"));
    log("end");
}
task<> moved_on(async_log& log) {
    traced kept(log, "kept");
    traced given(log, "given");
    co_await move_out(log, std::move(given));
    log("given away");
    co_await move_out(log, traced(log, "temporary"));
    log("end");
}
COIL_ALIKE("destruction: parameters end after the locals of their function", moved_on)

/// Calls a function at the end of its scope.
template <class F>
class at_exit {
public:
    explicit at_exit(F f) : f_(std::move(f)) {}
    at_exit(const at_exit&) = delete;
    ~at_exit() { f_(); }

private:
    F f_;
};

void scope_guards(sync_log& log) {
    int balance = 100;
    {
        const at_exit undo([&] { log("undo at", balance), balance = 100; });
        const at_exit note([&log] { log("note"); });
        balance -= get(log, 30);
        step(log, "withdrawn");
    }
    log("balance", balance);
}
task<> scope_guards(async_log& log) {
    int balance = 100;
    {
        const at_exit undo([&] { log("undo at", balance), balance = 100; });
        const at_exit note([&log] { log("note"); });
        balance -= co_await get(log, 30);
        co_await step(log, "withdrawn");
    }
    log("balance", balance);
}
COIL_ALIKE("destruction: guards run at the end of their scope", scope_guards)

/// Counts on through all calls of one half; what it began with does not matter.
int count_calls(sync_log& log) {
    static int calls = 0;
    thread_local int calls_here = 0;
    step(log, "count");
    ++calls_here;
    return ++calls * 1000 + calls_here;
}
task<int> count_calls(async_log& log) {
    static int calls = 0;
    thread_local int calls_here = 0;
    co_await step(log, "count");
    ++calls_here;
    co_return ++calls * 1000 + calls_here;
}
void static_locals(sync_log& log) {
    const int before = count_calls(log);
    log("more", count_calls(log) - before, count_calls(log) - before);
}
task<> static_locals(async_log& log) {
    const int before = co_await count_calls(log);
    log("more", co_await count_calls(log) - before, co_await count_calls(log) - before);
}
COIL_ALIKE_ON_CLANG("destruction: static and thread_local locals outlive their calls",
                    static_locals)

}  // namespace
