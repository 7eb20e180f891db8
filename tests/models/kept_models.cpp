// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Children of a group that somebody keeps: handles, sets, and who waits for a start.
#include <coil/core/as_outcome.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/parallel/started.hpp>
#include <coil/sync/event.hpp>

#include "strands.hpp"

#include <optional>
#include <stdexcept>

namespace coil::models {

namespace {

struct household {
    crew all{3};
    event never;
    event go;
    event is_handed;
    join_handle<> handle;
    std::optional<join_set<int>> results;
    plain text;
    int given = 0;  // values that have not ended
    int sum = 0;
    int ended = 0;
    int errors = 0;
    int stopped = 0;

    household() { all.spread({1, 2}); }
};

/// Says how many there are of it; and where its group has ended, there are none.
class gift {
public:
    gift(household& d, int its_number) : number(its_number), of_(&d) { ++of_->given; }
    gift(gift&& other) noexcept : number(other.number), of_(other.of_) { ++of_->given; }
    gift& operator=(gift&&) = delete;
    ~gift() { --of_->given; }
    int number;

private:
    household* of_;
};
struct nothing_left {
    explicit nothing_left(household& d) : of(d) {}
    nothing_left(const nothing_left&) = delete;
    nothing_left& operator=(const nothing_left&) = delete;
    ~nothing_left() { expect(of.given == 0, "no value outlives its group"); }
    household& of;
};

task<gift> give(household& d, int number) {
    if (number == 1) d.text.write(7);
    ++d.ended;
    co_return gift(d, number);
}
task<gift> give_never(household& d) {
    co_await d.never.wait();
    co_return gift(d, 1);
}
task<gift> fail_when_told(household& d) {
    co_await d.go.wait();
    throw std::runtime_error("no");
    co_return gift(d, 1);
}

using body = task<> (*)(household&, group&);

task<> in_group(household& d, body run) {
    const nothing_left at_the_end(d);
    const auto result = co_await as_outcome(
        with_group([&d, run](group& g) -> task<> { co_await run(d, g); }));
    d.errors += result.has_error() ? 1 : 0;
    d.stopped += result.is_stopped() ? 1 : 0;
    expect(d.given == 0, "what nobody takes ends in the group");
}

model kept_model(const char* name, std::vector<const char*> finds, body run,
                 void (*after)(household&), int switches, std::size_t threads,
                 std::function<void(household&)> beside = {}) {
    return strands_model<household>(
        name, std::move(finds),
        [=](household& d) {
            d.all.start(0, in_group(d, run));
            program p = d.all.working([&d, after] {
                after(d);
                expect(is_all_given_back(), "whoever comes last frees the child");
            });
            p.threads.resize(threads);
            if (threads == 2) d.all.spread({1});
            if (beside) p.threads.emplace_back([&d, beside] { beside(d); });
            return p;
        },
        switches);
}

// --- join_handle ---

model joined() {
    return kept_model(
        "a child ends while its handle is awaited", {"ends_pass_unseen"},
        [](household& d, group& g) -> task<> {
            auto child = spawn_with_handle(g, give(d, 1));
            const gift found = co_await child.join();
            expect(d.text.read() == 7, "what the child did is seen");
            d.sum += found.number;
        },
        [](household& d) { expect(d.sum == 1, "its value is there"); }, 3, 2);
}

model let_go() {
    return kept_model(
        "a child ends while its handle ends", {"unkept_ones_stay"},
        [](household& d, group& g) -> task<> {
            (void)spawn_with_handle(g, give(d, 1));
            co_return;
        },
        [](household& d) { expect(d.ended == 1, "it was there"); }, 3, 2);
}

model fails_unkept() {
    return kept_model(
        "a child that fails after its handle fails the group", {"unkept_errors_vanish"},
        [](household& d, group& g) -> task<> {
            (void)spawn_with_handle(g, fail_when_told(d));
            d.go.set();
            co_return;
        },
        [](household& d) { expect(d.errors == 1, "its group was told"); }, 2, 2);
}

task<> end_when_told(household& d) {
    co_await d.go.wait();
    ++d.ended;
}
/// Its handle is somebody else's, and may outlive the group.
task<> hand_out(household& d) {
    co_await with_group([&d](group& g) -> task<> {
        d.handle = spawn_with_handle(g, end_when_told(d));
        d.is_handed.set();
        d.go.set();
        co_return;
    });
    d.stopped += d.ended == 0 ? 1 : 0;
}
task<> stop_it(household& d) {
    co_await d.is_handed.wait();
    d.handle.request_stop();
    d.handle = {};
}

model asked_alone() {
    return strands_model<household>(
        "a child is stopped by its handle while it ends, and its group",
        {"ended_ones_are_asked"},
        [](household& d) {
            d.all.spread({1});
            d.all.start(0, hand_out(d));
            d.all.start(2, stop_it(d));
            return d.all.working([&d] {
                expect(d.ended + d.stopped == 1, "it ended in one way");
                expect(is_all_given_back(), "whoever comes last frees the child");
            });
        },
        1);
}

model join_and_stop() {
    return kept_model(
        "the group is stopped while a child's end is on its way",
        {"told_ones_withdraw"},
        [](household& d, group& g) -> task<> {
            auto child = spawn_with_handle(g, give(d, 1));
            d.sum += (co_await child.join()).number;
        },
        [](household& d) { expect(d.ended == 1, "it was there"); }, 2, 2,
        [](household& d) { d.all.stop(0); });
}

model stop_reaches_kept() {
    return kept_model(
        "a stop from outside reaches a child and who awaits it",
        {"rests_over_messages"},
        [](household& d, group& g) -> task<> {
            auto child = spawn_with_handle(g, give_never(d));
            d.sum += (co_await child.join()).number;
        },
        [](household& d) { expect(d.stopped == 1 && d.sum == 0, "all stopped"); }, 1, 2,
        [](household& d) { d.all.stop(0); });
}

// --- join_set ---

model two_results() {
    return kept_model(
        "two children of a set end while their results are taken",
        {"ends_pass_unseen", "freed_in_its_lock"},
        [](household& d, group& g) -> task<> {
            join_set<gift> results(g);
            results.spawn(give(d, 1));
            results.spawn(give(d, 2));
            while (const auto next = co_await results.next()) d.sum += next->number;
            expect(d.text.read() == 7, "what the children did is seen");
        },
        [](household& d) { expect(d.sum == 3, "each was taken once"); }, 1, 3);
}

model set_let_go() {
    return kept_model(
        "a set ends while its children do", {"ended_sets_are_told", "unkept_ones_stay"},
        [](household& d, group& g) -> task<> {
            join_set<gift> results(g);
            results.spawn(give(d, 1));
            co_return;
        },
        [](household& d) { expect(d.ended == 1, "it was there"); }, 3, 2);
}

model next_and_stop() {
    return kept_model(
        "a set is stopped while a result is on its way", {"told_ones_withdraw"},
        [](household& d, group& g) -> task<> {
            join_set<gift> results(g);
            results.spawn(give(d, 1));
            while (const auto next = co_await results.next()) d.sum += next->number;
        },
        [](household& d) { expect(d.ended == 1, "it was there"); }, 2, 2,
        [](household& d) { d.all.stop(0); });
}

task<int> give_number() {
    co_return 1;
}
task<> take_from_set(household& d) {
    co_await with_group([&d](group& g) -> task<> {
        d.results.emplace(g);
        d.results->spawn(give_number());
        d.is_handed.set();
        while (const auto next = co_await d.results->next()) d.sum += *next;
    });
}
task<> stop_set(household& d) {
    co_await d.is_handed.wait();
    d.results->request_stop();
}

model set_asked() {
    return strands_model<household>(
        "a sibling stops all of a set while one ends and is taken", {},
        [](household& d) {
            d.all.spread({1});
            d.all.start(0, take_from_set(d));
            d.all.start(2, stop_set(d));
            return d.all.working([&d] {
                expect(d.sum == 1, "it was taken");
                expect(is_all_given_back(), "nobody frees it under the other's hands");
            });
        },
        1);
}

// --- spawn_started ---

task<> start_and_go_on(household& d, started<gift>& ready) {
    d.text.write(7);
    ready.set(gift(d, 1));
    ++d.ended;
    co_return;
}
task<> fail_before(household&, started<gift>&) {
    throw std::runtime_error("no");
    co_return;
}
task<> end_before(household&, started<gift>&) {
    co_return;
}

template <task<> (*Child)(household&, started<gift>&)>
task<> spawn_and_wait(household& d, group& g) {
    const gift said = co_await spawn_started<gift>(
        g, [&d](started<gift>& ready) { return Child(d, ready); });
    expect(d.text.read() == 7, "what precedes the start is seen");
    d.sum += said.number;
}

model starts() {
    return kept_model(
        "a child says that it has started, and ends", {"ends_pass_unseen"},
        &spawn_and_wait<&start_and_go_on>,
        [](household& d) { expect(d.sum == 1 && d.ended == 1, "it was told"); }, 3, 2);
}

model fails_before_start() {
    return kept_model(
        "a child that fails before its start tells who waits", {"ends_pass_unseen"},
        &spawn_and_wait<&fail_before>,
        [](household& d) { expect(d.errors == 1, "it was told"); }, 3, 2);
}

model ends_before_start() {
    return kept_model(
        "a child that ends before its start tells who waits", {"ends_pass_unseen"},
        &spawn_and_wait<&end_before>,
        [](household& d) { expect(d.errors == 1, "it was told"); }, 3, 2);
}

model start_and_stop() {
    return kept_model(
        "a child starts while its spawner is stopped",
        {"told_ones_withdraw", "unheard_starts_are_kept"},
        &spawn_and_wait<&start_and_go_on>,
        [](household& d) { expect(d.sum + d.stopped > 0, "it ended in some way"); }, 2,
        2, [](household& d) { d.all.stop(0); });
}

}  // namespace

std::vector<model> kept_models() {
    return {joined(),
            let_go(),
            fails_unkept(),
            asked_alone(),
            join_and_stop(),
            stop_reaches_kept(),
            two_results(),
            set_let_go(),
            next_and_stop(),
            set_asked(),
            starts(),
            fails_before_start(),
            ends_before_start(),
            start_and_stop()};
}

}  // namespace coil::models
