// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What its class's author does not want held across an await.
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

class COIL_NOT_ACROSS_AWAIT guard {
public:
    guard();
    ~guard();
    guard(guard&&) noexcept;
    guard& operator=(guard&&) noexcept;
    void unlock();
    [[nodiscard]] int look() const;
};
template <class T>
class COIL_NOT_ACROSS_AWAIT guard_of {
public:
    explicit guard_of(T& of);
    ~guard_of();
    T* operator->() const;
};
struct COIL_NOT_ACROSS_AWAIT plain_guard {
    int* borrowed = nullptr;
};
struct holds_one {
    int number = 0;
    guard own;
};
struct derives : guard {};
struct holds_deeply {
    std::optional<holds_one> inside;
};
struct lends_one {
    guard* lent;
    const guard& known;
};
guard make_guard();
coil::task<> work();
coil::task<> work_with(const guard& lent);
coil::task<> work_on(guard given);
bool is_late();
void use(const auto&...) {}

coil::task<> held_while_it_waits() {
    const guard held;
    co_await work();  // expected-warning {{'held' is held while 'held_while_it_waits'}}
}
coil::task<> ended_before() {
    {
        const guard held;
        use(held);
    }
    co_await work();
    const guard later;
    use(later);
}
coil::local_task<> held_on_one_thread() {
    const guard held;
    co_await work();  // expected-warning {{'held' is held}}
}
coil::generator<int> held_by_a_generator() {
    const guard held;
    co_yield held.look();  // expected-warning {{'held' is held}}
}
coil::generator<int> ended_before_it_yields() {
    int number = 0;
    {
        const guard held;
        number = held.look();
    }
    co_yield number;
}
coil::task<> held_on_one_path() {
    if (is_late()) {
        const guard held;
        co_await work();  // expected-warning {{'held' is held}}
    } else {
        const guard held;
        use(held);
    }
    co_await work();
}
coil::task<> held_in_a_closure() {
    const auto waits = []() -> coil::task<> {
        const guard held;
        co_await work();  // expected-warning {{'held' is held while this lambda waits}}
    };
    co_await waits();
}

// Without a destructor it is held as long as it is used.

coil::task<> used_before_only(int& number) {
    const plain_guard held{&number};
    use(held.borrowed);
    co_await work();
}
coil::task<> used_after(int& number) {
    const plain_guard held{&number};
    co_await work();  // expected-warning {{'held' is held}}
    use(held.borrowed);
}

// Templates, and what else owns one.

coil::task<> made_from_a_template(int& number) {
    const guard_of<int> held(number);
    co_await work();  // expected-warning {{'held' is held}}
}
template <class Guard>
coil::task<> held_by_a_template() {
    const Guard held{};
    co_await work();  // expected-warning {{'held' is held}}
}
coil::task<> makes_instances() {
    co_await held_by_a_template<guard>();
    co_await held_by_a_template<std::optional<int>>();
}
coil::task<> as_a_member() {
    const holds_one held;
    co_await work();  // expected-warning {{'held' is held}}
}
coil::task<> as_a_base() {
    const derives held;
    co_await work();  // expected-warning {{'held' is held}}
}
coil::task<> deep_inside() {
    const holds_deeply held{holds_one()};
    co_await work();  // expected-warning {{'held' is held}}
}
coil::task<> in_an_optional() {
    std::optional<guard> held = make_guard();
    co_await work();  // expected-warning {{'held' is held}}
    held.reset();
    co_await work();
}
coil::task<> in_an_optional_later() {
    std::optional<guard> held;
    co_await work();
    held.emplace();
}
coil::task<> in_a_pointer() {
    auto held = std::make_unique<guard>();
    co_await work();  // expected-warning {{'held' is held}}
    held.reset();
    co_await work();
}
coil::task<> in_a_tuple() {
    const std::tuple<int, guard> held(1, make_guard());
    const std::pair<int, int> harmless(1, 2);
    co_await work();  // expected-warning {{'held' is held}}
    use(held, harmless);
}
coil::task<> in_containers() {
    std::vector<guard> all;
    for (int i = 0; i < 3; ++i) {
        all.push_back(make_guard());
        co_await work();  // expected-warning {{'all' is held}}
    }
}
coil::task<> in_a_map_and_an_array() {
    std::map<int, holds_one> by_number;
    by_number[1].number = 1;
    co_await work();  // expected-warning {{'by_number' is held}}
    const guard several[2];
    co_await work();  // expected-warning {{'several' is held}}
}
coil::task<> captured() {
    const auto closure = [held = make_guard()] { return held.look(); };
    co_await work();  // expected-warning {{'closure' is held}}
    use(closure());
}

// Parameters, temporaries, and what is only referred to.

coil::task<> given(guard held) {
    co_await work();  // expected-warning {{parameter 'held' is held while 'given'}}
}
coil::task<> lent(const guard& held, guard* other, lends_one both) {
    co_await work();
    use(held, other, both.lent);
}
coil::task<int> given_without_an_await(guard held) {
    co_return held.look();
}
coil::task<> a_temporary() {
    co_await work_with(guard());  // expected-warning {{a temporary is held while}}
    co_await work_on(guard());
}
coil::task<> referred_to(std::vector<guard>& lent) {
    auto first = lent.begin();
    co_await work();
    use(*first);
}
coil::task<> referred_to_in_a_list(std::list<guard>& lent, guard& other) {
    auto first = lent.begin();
    const std::reference_wrapper<guard> referred = other;
    const std::span<guard> all(&other, 1);
    co_await work();
    use(*first, referred, all);
}
coil::task<> kept_by_a_reference() {
    const guard& held = make_guard();
    co_await work();  // expected-warning {{'held' is held}}
}

// Nobody knows what a class of the user's holds then.

coil::task<> moved_away() {
    guard held;
    co_await work_on(std::move(held));
    co_await work();
}
coil::task<> unlocked_before() {
    guard held;
    held.unlock();
    co_await work();
}

coil::task<> silenced() {
    const guard held;
    [[gsl::suppress("coil-blocking")]] co_await work();
}
