// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generators, and streams made of others: they hold what they were given, as futures
// do.
#include <coil/core/core.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/take.hpp>
#include <coil/time/timeout.hpp>

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

using numbers = std::vector<int>;

numbers load();
coil::generator<int> each(const numbers& all);
coil::generator<int> each_of(std::span<const int> all);
coil::generator<int> owning(numbers all);
coil::resource_generator<int> rows(const numbers& all);
coil::resource_generator<int> owning_rows(numbers all);
coil::task<> consume(coil::generator<int> all);
coil::task<> work();
bool is_late();
bool is_even(int number);
void use(const auto&...) {}

// Kept in a variable.

coil::task<> kept() {
    auto items = each(load());  // expected-error {{'items' refers to a temporary}}
    while (auto item = co_await items.next()) use(*item);
}
coil::task<> kept_view() {
    auto items = each_of(load());  // expected-error {{'items' refers to a temporary}}
    while (auto item = co_await items.next()) use(*item);
}
coil::task<> kept_without_harm() {
    const auto all = load();
    auto items = each(all);
    auto owned = owning(load());
    while (auto item = co_await items.next()) use(*item);
    while (auto item = co_await owned.next()) use(*item);
}
coil::task<> kept_in_the_coroutine() {
    // expected-error@+1 {{'items' refers to a temporary}}
    auto& items = co_await coil::own(rows(load()));
    while (auto item = co_await items.next()) use(*item);
    auto& owned = co_await coil::own(owning_rows(load()));
    while (auto item = co_await owned.next()) use(*item);
}
coil::task<> put_into_containers() {
    std::vector<coil::generator<int>> all;
    all.push_back(owning(load()));
    all.push_back(each(load()));  // expected-error {{'all' refers to a temporary}}
    std::optional<coil::generator<int>> one;
    one = each(load());  // expected-error {{'one' refers to a temporary}}
    one = owning(load());
    while (auto item = co_await one->next()) use(*item);
}
coil::task<> of_a_lambda(int count) {
    // expected-error@+1 {{'items' refers to what this lambda captures}}
    auto items = [count]() -> coil::generator<int> {
        for (int i = 0; i < count; ++i) co_yield i;
    }();
    while (auto item = co_await items.next()) use(*item);
}
coil::task<> of_a_lambda_without_harm(int count) {
    auto named = [count]() -> coil::generator<int> {
        for (int i = 0; i < count; ++i) co_yield i;
    };
    auto items = named();
    while (auto item = co_await items.next()) use(*item);
    auto given = [](int up_to) -> coil::generator<int> {
        for (int i = 0; i < up_to; ++i) co_yield i;
    }(count);
    while (auto item = co_await given.next()) use(*item);
}

// Loops: the temporary ends before the first turn.

coil::task<> loops() {
    // expected-error@+1 {{this loop reads what refers to a temporary 'numbers'}}
    COIL_FOR(int item, each(load())) use(item);
    // expected-error@+1 {{this loop reads what refers to a temporary 'numbers'}}
    COIL_FOR(int item, rows(load())) use(item);
    // expected-error@+1 {{this loop reads what refers to a temporary 'numbers'}}
    COIL_FOR(int item, each(load()) | coil::take(3)) use(item);
    // expected-error@+1 {{this loop reads what refers to a temporary 'numbers'}}
    COIL_FOR(int item, std::span<const int>(load())) use(item);
    co_await work();
}
coil::task<> loops_over_a_lambda(int count) {
    // expected-error@+1 {{this loop reads what refers to what this lambda captures}}
    COIL_FOR(int item, [count]() -> coil::generator<int> { co_yield count; }()) {
        use(item);
    }
}
coil::task<> loops_without_harm() {
    const auto all = load();
    COIL_FOR(int item, each(all)) use(item);
    COIL_FOR(int item, owning(load())) use(item);
    COIL_FOR(int item, load()) use(item);
    COIL_FOR(int item, load() | coil::filter(&is_even)) use(item);
    auto items = each(all);
    COIL_FOR(int item, items) use(item);
    co_await (each(load()) | coil::for_each([](int item) { use(item); }));
    use(co_await each(load()).next());
}

struct session {
    std::string name;
    coil::generator<int> items();
};
session make_session();
coil::task<> loops_over_what_a_temporary_gives() {
    // expected-error@+1 {{this loop reads what refers to a temporary 'session'}}
    COIL_FOR(int item, make_session().items()) use(item);
    auto named = make_session();
    COIL_FOR(int item, named.items()) use(item);
}

// Members.

struct reader {
    numbers own;
    coil::generator<int> all;

    reader() : all(each(load())) {}  // expected-error {{'all' refers to a temporary}}
    explicit reader(numbers given) : all(each(given)) {}  // expected-error {{'given'}}
    explicit reader(int) : own(load()), all(each(own)) {}
    explicit reader(const numbers* lent) : all(each(*lent)) {}
    void read_again() {
        all = each(load());  // expected-error {{'all' refers to a temporary}}
        all = each(own);
    }
    void read_for_a_while(numbers given) {
        all = each(given);  // a known gap: the member may hold it for a while only
    }
};

// Adaptors take over what they are given, and borrow what has a name.

coil::task<> adapted() {
    // expected-error@+1 {{'all' refers to a temporary}}
    auto all = each(load()) | coil::filter(&is_even);
    while (auto item = co_await all.next()) use(*item);
    auto both = coil::merge(each(load()),  // expected-error {{'both' refers to a}}
                            owning(load()));
    co_await (std::move(both) | coil::for_each([](int item) { use(item); }));
    auto owned = load() | coil::filter(&is_even) | coil::take(2);
    while (auto item = co_await owned.next()) use(*item);
}
auto returns_of_a_local_range() {
    auto ids = load();
    return ids | coil::filter(&is_even);  // expected-error {{returned refers to 'ids'}}
}
auto returns_of_a_range_that_moves_in() {
    auto ids = load();
    return std::move(ids) | coil::filter(&is_even);
}
auto returns_of_a_range_that_was_lent(const numbers& ids) {
    return ids | coil::filter(&is_even) | coil::take(2);
}
auto returns_with_a_borrowing_function(const numbers& ids, int limit) {
    // expected-error@+1 {{what is returned refers to 'limit'}}
    return ids | coil::filter([&](int id) { return id < limit; });
}
auto returns_with_an_owning_function(const numbers& ids, int limit) {
    return ids | coil::filter([=](int id) { return id < limit; });
}
auto returns_of_a_stream_with_a_name(const numbers& ids) {
    auto all = each(ids);
    return all | coil::take(2);  // expected-error {{what is returned refers to 'all'}}
}
auto returns_of_a_stream_that_moves_in(const numbers& ids) {
    auto all = each(ids);
    return std::move(all) | coil::take(2);
}
coil::generator<int> returns_of_a_local() {
    auto ids = load();
    return each(ids);  // expected-error {{what is returned refers to 'ids'}}
}
coil::generator<int> returns_a_variable() {
    auto ids = load();
    auto all = each(ids);
    return all;  // expected-error {{what is returned refers to 'ids'}}
}
coil::generator<int> returns_of_what_was_lent(const numbers& ids) {
    return each(ids);
}
coil::task<> composed() {
    auto all =
        returns_of_a_range_that_was_lent(load());  // expected-error {{'all' refers}}
    while (auto item = co_await all.next()) use(*item);
    auto lent = returns_of_what_was_lent(load());  // expected-error {{'lent' refers}}
    while (auto item = co_await lent.next()) use(*item);
    const auto ids = load();
    auto fine = returns_of_a_range_that_was_lent(ids);
    while (auto item = co_await fine.next()) use(*item);
}
coil::task<int> sum(const numbers& all);
auto hurried(const numbers& all) {
    return coil::with_timeout(1s, sum(all));
}
coil::task<> composed_of_a_future() {
    co_await hurried(load());
    auto t = hurried(load());  // expected-error {{'t' refers to a temporary}}
    co_await std::move(t);
}

// Spawned, and kept longer than a block.

coil::task<> spawned(coil::group& g) {
    auto ids = load();
    g.spawn(consume(owning(ids)));
    g.spawn(consume(each(ids)));  // expected-error {{what is spawned refers to 'ids'}}
    auto all = each(ids);
    // expected-error@+1 {{what is spawned refers to 'ids'}}
    g.spawn(consume(std::move(all)));
    co_await work();
}
coil::task<> refers_into_a_block() {
    std::optional<coil::generator<int>> all;
    if (is_late()) {
        auto ids = load();
        all.emplace(each(ids));
    }
    // expected-error@+1 {{'all' is used here, and refers to 'ids', whose block}}
    while (auto item = all ? co_await all->next() : std::nullopt) use(*item);
}
coil::task<> used_in_the_block() {
    std::optional<coil::generator<int>> all;
    if (is_late()) {
        auto ids = load();
        all.emplace(each(ids));
        while (auto item = co_await all->next()) use(*item);
        all.reset();
    }
    if (all) use(co_await all->next());
}

// Every kind of parameter that refers to something.

coil::generator<int> of_list(std::initializer_list<int> all);
coil::task<int> sum_of_list(std::initializer_list<int> all);
coil::generator<int> of_iterators(numbers::const_iterator from,
                                  numbers::const_iterator to);
coil::generator<int> of_pointer(const int* first);
coil::generator<int> of_rvalue(numbers&& all);
coil::generator<int> of_default(const numbers& all = load());
coil::generator<int> of_reference(std::reference_wrapper<const numbers> all);
template <class Range>
coil::generator<int> of_any(Range&& all) {
    for (int item : all) co_yield item;
}
coil::task<> of_temporaries() {
    auto list = of_list({1, 2, 3});  // expected-error {{'list' refers to a temporary}}
    // expected-error@+1 {{'pointer' refers to a temporary}}
    auto pointer = of_pointer(load().data());
    auto rvalue = of_rvalue(load());  // expected-error {{'rvalue' refers to a}}
    auto given = of_default();        // expected-error {{'given' refers to a}}
    auto any = of_any(load());        // expected-error {{'any' refers to a temporary}}
    auto sum = sum_of_list({1, 2});   // expected-error {{'sum' refers to a temporary}}
    use(co_await sum_of_list({1, 2, 3}), co_await list.next(), co_await any.next());
    use(co_await pointer.next(), co_await rvalue.next(), co_await given.next());
    use(co_await std::move(sum));
}
coil::generator<int> of_iterators_of_its_own(numbers ids) {
    // expected-error@+1 {{what is returned refers to 'ids'}}
    return of_iterators(ids.begin(), ids.end());
}
coil::generator<int> of_a_wrapper_of_its_own(numbers ids) {
    return of_reference(std::cref(ids));  // expected-error {{refers to 'ids'}}
}
coil::generator<int> of_any_that_is_lent(const numbers& ids) {
    return of_any(ids);
}
coil::task<> of_iterators_that_ended() {
    auto ids = load();
    auto all = of_iterators(ids.begin(), ids.end());
    ids.clear();
    // expected-error@+1 {{refers into 'ids', which 'clear' has changed}}
    use(co_await all.next());
}

// Returned inside of something else.

struct holds_a_stream {
    coil::generator<int> all;
    int count = 0;
};
holds_a_stream in_a_struct(numbers ids) {
    return {each(ids), 1};  // expected-error {{a part of what is returned refers to}}
}
holds_a_stream in_a_struct_by_value(numbers ids) {
    return {owning(ids), 1};
}
std::vector<coil::generator<int>> in_a_vector(numbers ids, const numbers& lent) {
    std::vector<coil::generator<int>> all;
    all.push_back(owning(ids));
    all.push_back(each(lent));
    if (ids.empty()) return all;
    all.push_back(each(ids));
    return all;  // expected-error {{a part of what is returned refers to 'ids'}}
}
std::vector<coil::generator<int>> in_a_vector_by_value(numbers ids,
                                                       const numbers& lent) {
    std::vector<coil::generator<int>> all;
    all.push_back(owning(ids));
    all.push_back(each(lent));
    return all;
}
std::unique_ptr<coil::generator<int>> in_a_pointer(numbers ids) {
    // expected-error@+1 {{a part of what is returned refers to 'ids'}}
    return std::make_unique<coil::generator<int>>(each(ids));
}
std::optional<coil::generator<int>> in_an_optional(numbers ids) {
    return each(ids);  // expected-error {{refers to 'ids'}}
}

// A known gap: what an await gives may refer to what the coroutine was given.
coil::task<coil::generator<int>> open(const numbers& all);
coil::task<> of_an_await() {
    auto items = co_await open(load());
    while (auto item = co_await items.next()) use(*item);
}

// A known gap: who makes a stream of a class of one's own is not known to keep
// anything.
struct own_stream {
    const numbers& all;
    coil::task<std::optional<int>> next();
};
own_stream read(const numbers& all) {
    return own_stream{all};
}
coil::task<> of_a_class_of_ones_own() {
    auto items = read(load());
    while (auto item = co_await items.next()) use(*item);
}
