// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long temporaries live.
#include "traced.hpp"

#include <algorithm>
#include <memory>
#include <utility>

using namespace alike;

namespace {

void full_expression(sync_log& log) {
    log("is", traced(log, "t").size() + get(log, 1));
    log("next statement");
}
task<> full_expression(async_log& log) {
    log("is", traced(log, "t").size() + co_await get(log, 1));
    log("next statement");
}
COIL_ALIKE("temporary: lives to the end of the full expression", full_expression)

void reverse_order(sync_log& log) {
    log("are", make(log, "a").size(), make(log, "bb").size());
    log((make(log, "c").name() + make(log, "d").name()).size());
}
task<> reverse_order(async_log& log) {
    log("are", (co_await make(log, "a")).size(), (co_await make(log, "bb")).size());
    log(((co_await make(log, "c")).name() + (co_await make(log, "d")).name()).size());
}
COIL_ALIKE_ON_CLANG("temporary: several end in reverse order", reverse_order)

void discarded(sync_log& log) {
    (void)make(log, "nobody's");
    log("next statement");
    (void)make(log, "first"), (void)make(log, "second");
    log("next statement");
}
task<> discarded(async_log& log) {
    (void)co_await make(log, "nobody's");
    log("next statement");
    (void)co_await make(log, "first"), (void)co_await make(log, "second");
    log("next statement");
}
COIL_ALIKE("temporary: a result that nobody takes ends at the semicolon", discarded)

void in_conditions(sync_log& log) {
    if (make(log, "tested").size() > 3) step(log, "then");
    if (const traced& kept = make(log, "kept"); kept.size() > 9) {
        step(log, "not here");
    } else {
        step(log, "else");
    }
    while (make(log, "loop").size() + get(log, 1) < 5) step(log, "not here");
    log("behind");
}
task<> in_conditions(async_log& log) {
    if ((co_await make(log, "tested")).size() > 3) co_await step(log, "then");
    if (const traced& kept = co_await make(log, "kept"); kept.size() > 9) {
        co_await step(log, "not here");
    } else {
        co_await step(log, "else");
    }
    while ((co_await make(log, "loop")).size() + co_await get(log, 1) < 5)
        co_await step(log, "not here");
    log("behind");
}
COIL_ALIKE("temporary: a condition's ends before the body, an init's after it",
           in_conditions)

void bound_to_references(sync_log& log) {
    const traced& constant = make(log, "const&");
    {
        traced&& changing = make(log, "&&");
        auto&& forwarding = make(log, "auto&&");
        step(log, "inside");
        log(constant.name(), changing.name(), forwarding.name());
    }
    log("outside");
}
task<> bound_to_references(async_log& log) {
    const traced& constant = co_await make(log, "const&");
    {
        traced&& changing = co_await make(log, "&&");
        auto&& forwarding = co_await make(log, "auto&&");
        co_await step(log, "inside");
        log(constant.name(), changing.name(), forwarding.name());
    }
    log("outside");
}
COIL_ALIKE("temporary: a reference keeps a result for its scope", bound_to_references)

struct boxed {
    traced inside;
    int number;
};
boxed box(sync_log& log) {
    step(log, "box");
    return {traced(log, "boxed"), 1};
}
task<boxed> box(async_log& log) {
    co_await step(log, "box");
    co_return {traced(log, "boxed"), 1};
}

void bound_to_a_member(sync_log& log) {
    const traced& inside = box(log).inside;
    step(log, inside.name().c_str());
    log("end");
}
task<> bound_to_a_member(async_log& log) {
    const traced& inside = (co_await box(log)).inside;
    co_await step(log, inside.name().c_str());
    log("end");
}
COIL_ALIKE("temporary: a reference to a member keeps the whole", bound_to_a_member)

void structured_bindings(sync_log& log) {
    const auto [inside, number] = box(log);
    step(log, inside.name().c_str());
    const auto& [kept, other] = box(log);
    step(log, kept.name().c_str());
    log("are", number + other);
}
task<> structured_bindings(async_log& log) {
    const auto [inside, number] = co_await box(log);
    co_await step(log, inside.name().c_str());
    const auto& [kept, other] = co_await box(log);
    co_await step(log, kept.name().c_str());
    log("are", number + other);
}
COIL_ALIKE("temporary: structured bindings keep what they name", structured_bindings)

int size_of_made(sync_log& log) {
    const traced local(log, "local");
    return make(log, "in return").size();
}
task<int> size_of_made(async_log& log) {
    const traced local(log, "local");
    co_return (co_await make(log, "in return")).size();
}
void in_a_return(sync_log& log) {
    log("is", size_of_made(log));
}
task<> in_a_return(async_log& log) {
    log("is", co_await size_of_made(log));
}
COIL_ALIKE("temporary: one of a return ends before locals do", in_a_return)

void not_made(sync_log& log) {
    const bool both = get(log, false) && make(log, "not made").size() > 0;
    const int size = get(log, true) ? make(log, "made").size() : make(log, "no").size();
    log("are", both, size);
}
task<> not_made(async_log& log) {
    const bool both =
        co_await get(log, false) && (co_await make(log, "not made")).size() > 0;
    const int size = co_await get(log, true) ? (co_await make(log, "made")).size()
                                             : (co_await make(log, "no")).size();
    log("are", both, size);
}
COIL_ALIKE("temporary: one of an arm not taken is not made", not_made)

int longer(sync_log& log, const traced& a, const traced& b) {
    step(log, "compare");
    return std::max(a.size(), b.size());
}
task<int> longer(async_log& log, const traced& a, const traced& b) {
    co_await step(log, "compare");
    co_return std::max(a.size(), b.size());
}
void as_arguments(sync_log& log) {
    const traced named(log, "named");
    log("is", longer(log, named, traced(log, "temporary")));
    log("is", longer(log, make(log, "made"), named));
}
task<> as_arguments(async_log& log) {
    const traced named(log, "named");
    log("is", co_await longer(log, named, traced(log, "temporary")));
    log("is", co_await longer(log, co_await make(log, "made"), named));
}
COIL_ALIKE("temporary: an argument that is referred to outlives the call", as_arguments)

void on_the_heap(sync_log& log) {
    auto held = std::make_unique<traced>(make(log, "held"));
    held.reset(new traced(log, "new" + std::to_string(get(log, 1))));
    log("reset");
    held = std::make_unique<traced>(make(log, "assigned"));
    log("end");
}
task<> on_the_heap(async_log& log) {
    auto held = std::make_unique<traced>(co_await make(log, "held"));
    held.reset(new traced(log, "new" + std::to_string(co_await get(log, 1))));
    log("reset");
    held = std::make_unique<traced>(co_await make(log, "assigned"));
    log("end");
}
COIL_ALIKE("temporary: a new object replaces the old one when it is there", on_the_heap)

}  // namespace
