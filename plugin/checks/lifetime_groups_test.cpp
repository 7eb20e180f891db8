// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What refers to a group, and stays behind when that has ended.
#include <coil/core/core.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/parallel/join_set.hpp>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

coil::task<> work();
coil::task<> helps(coil::group& lent);
coil::task<int> number();
void remember(coil::group** where);
void use(const auto&...) {}

// Variables around it.

coil::task<> kept_in_a_variable() {
    coil::group* kept = nullptr;
    co_await coil::with_group([&](coil::group& g) {
        kept = &g;  // expected-error {{'kept' refers to the group 'g' even after}}
    });
    kept->spawn(work());
}
coil::task<> used_while_it_runs() {
    coil::group* kept = nullptr;
    const auto adds = [&]() -> coil::task<> {
        co_await work();
        kept->spawn(work());
    };
    co_await coil::with_group([&](coil::group& g) {
        kept = &g;
        g.spawn(adds());
    });
}
coil::task<> set_back() {
    coil::group* kept = nullptr;
    co_await coil::with_group([&](coil::group& g) { kept = &g; });
    kept = nullptr;
    if (kept != nullptr) kept->spawn(work());
}
coil::task<> set_back_inside() {
    coil::group* kept = nullptr;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        kept = &g;
        co_await work();
        kept = nullptr;
    });
    if (kept != nullptr) kept->spawn(work());
}
coil::task<> known_elsewhere() {
    coil::group* kept = nullptr;
    remember(&kept);
    co_await coil::with_group([&](coil::group& g) { kept = &g; });
    use(kept);
}
coil::task<> by_a_name_of_the_body() {
    coil::group* kept = nullptr;
    const auto body = [&](auto& g) {
        auto* own = &g;
        kept = own;  // expected-error {{'kept' refers to the group 'g'}}
    };
    co_await coil::with_group(body);
    use(kept);
}
coil::task<> in_a_container() {
    std::vector<coil::group*> all;
    co_await coil::with_group([&](coil::group& g) {
        std::vector<coil::group*> own;
        own.push_back(&g);
        all.push_back(&g);  // expected-error {{'all' refers to the group 'g'}}
    });
    all.front()->spawn(work());
}
coil::task<> in_a_container_that_is_cleared() {
    std::vector<coil::group*> all;
    co_await coil::with_group([&](coil::group& g) { all.push_back(&g); });
    all.clear();
    use(all);
}
coil::task<> in_a_closure() {
    std::function<void()> adds;
    co_await coil::with_group([&](coil::group& g) {
        // expected-error@+1 {{'adds' refers to the group 'g'}}
        adds = [&g] { g.spawn(work()); };
    });
    adds();
}
coil::task<> in_an_optional() {
    std::optional<std::reference_wrapper<coil::group>> kept;
    co_await coil::with_group([&](coil::group& g) {
        kept = std::ref(g);  // expected-error {{'kept' refers to the group 'g'}}
    });
    kept->get().spawn(work());
}
coil::task<> in_a_copy() {
    coil::group* kept = nullptr;
    co_await coil::with_group([kept](coil::group& g) mutable {
        kept = &g;
        kept->spawn(work());
    });
    use(kept);
}
coil::task<> for_the_caller(coil::group*& out) {
    co_await coil::with_group([&](coil::group& g) {
        out = &g;  // expected-error {{'out' refers to the group 'g'}}
    });
}

// Members and static variables.

coil::group* of_the_program = nullptr;
coil::group* of_the_program_for_a_while = nullptr;

coil::task<> kept_by_the_program() {
    co_await coil::with_group([](coil::group& g) -> coil::task<> {
        of_the_program = &g;  // expected-error {{'of_the_program' refers to the group}}
        of_the_program_for_a_while = &g;
        static coil::group* last = nullptr;
        last = &g;  // expected-error {{'last' refers to the group 'g'}}
        co_await work();
        of_the_program_for_a_while = nullptr;
        use(last);
    });
}
struct server {
    coil::group* children = nullptr;
    coil::group* children_for_a_while = nullptr;
    std::vector<coil::group*> all;

    coil::task<> run() {
        co_await coil::with_group([this](coil::group& g) -> coil::task<> {
            children = &g;  // expected-error {{'children' refers to the group 'g'}}
            children_for_a_while = &g;
            all.push_back(&g);  // expected-error {{'all' refers to the group 'g'}}
            co_await work();
        });
        children_for_a_while = nullptr;
    }
};
struct server_that_forgets {
    coil::group* children = nullptr;
    coil::task<> run() {
        co_await coil::with_group([this](coil::group& g) -> coil::task<> {
            children = &g;
            co_await work();
        });
        forget();
    }
    void forget() { children = nullptr; }
};
struct keeps_one {
    coil::group* kept = nullptr;
};
coil::task<> kept_by_an_object(keeps_one& lent) {
    keeps_one own;
    keeps_one later;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        own.kept = &g;
        later.kept = &g;  // expected-error {{'kept' refers to the group 'g'}}
        lent.kept = &g;   // expected-error {{'kept' refers to the group 'g'}}
        keeps_one inside;
        inside.kept = &g;
        co_await helps(*inside.kept);
    });
    use(later.kept);
}

// What the body gives, and what it spawns around itself.

coil::task<> returned() {
    auto* kept = co_await coil::with_group([](coil::group& g) {
        return &g;  // expected-error {{what is returned refers to the group 'g'}}
    });
    auto* later =
        co_await coil::with_group([](coil::group& g) -> coil::task<coil::group*> {
            co_await work();
            co_return &g;  // expected-error {{what is returned refers to the group}}
        });
    use(kept, later);
}
coil::task<> returned_without_harm() {
    co_await coil::with_group([](coil::group& g) { return helps(g); });
    const int given = co_await coil::with_group(
        [](coil::group& g) -> coil::task<int> { co_return co_await number(); });
    auto handle = co_await coil::with_group(
        [](coil::group& g) { return coil::spawn_with_handle(g, number()); });
    use(given, co_await handle.join());
}
coil::task<> spawned_around_it() {
    co_await coil::with_group([](coil::group& outer) -> coil::task<> {
        co_await coil::with_group([&](coil::group& inner) {
            // expected-error@+1 {{what is spawned in 'outer' refers to the group}}
            outer.spawn(helps(inner));
            inner.spawn(helps(outer));
            inner.spawn(helps(inner));
            outer.spawn(work());
        });
    });
}
coil::task<> passed_down() {
    co_await coil::with_group([](coil::group& g) -> coil::task<> {
        coil::group& same = g;
        co_await helps(same);
        coil::join_set<int> all(g);
        all.spawn(number());
        while (co_await all.next()) {}
    });
}

// Forgotten: that is the rule unawaited.

coil::task<> forgotten() {
    // expected-error@+1 {{never}}
    coil::with_group([](coil::group& g) { g.spawn(work()); });
    co_await work();
}
coil::task<> forgotten_by_name() {
    // expected-error@+1 {{never}}
    auto all = coil::with_group([](coil::group& g) { g.spawn(work()); });
    co_await work();
}

// A known gap: a class that keeps what it is given.
coil::task<> kept_by_a_class() {
    std::optional<coil::join_set<int>> kept;
    co_await coil::with_group([&](coil::group& g) { kept.emplace(g); });
    use(kept->stats());
}
