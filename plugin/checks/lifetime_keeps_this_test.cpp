// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that spawn what refers to their object, or to what they were lent.
#include <coil/core/core.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/runtime/daemons.hpp>
#include <coil/runtime/run.hpp>

#include <memory>
#include <optional>

coil::task<> work();
void use(const auto&...) {}

class reporter {
public:
    reporter() = default;
    void start() { coil::spawn_daemon("reports", report()); }
    void start_twice() {
        use(requests_);
        start();
    }
    void start_lambda() {
        coil::spawn_daemon("counts", coil::call_once([this]() -> coil::task<> {
                               co_await work();
                               ++requests_;
                           }));
    }
    coil::task<> start_later() {
        co_await work();
        coil::spawn_daemon("reports", report());
    }
    void start_copy() {
        coil::spawn_daemon("counts", coil::call_once([copy = *this]() -> coil::task<> {
                               co_await work();
                               use(copy.requests_);
                           }));
    }
    void count() { ++requests_; }

private:
    coil::task<> report() {
        for (;;) {
            co_await work();
            requests_ = 0;
        }
    }
    int requests_ = 0;
};

coil::task<> local() {
    reporter numbers;
    numbers
        .start();  // expected-error {{what 'start' spawns refers to 'numbers', which}}
    co_await work();
    numbers.count();
}
coil::task<> through_another() {
    reporter numbers;
    numbers.start_twice();  // expected-error {{what 'start_twice' spawns refers to}}
    co_await work();
}
coil::task<> by_a_lambda() {
    reporter numbers;
    numbers.start_lambda();  // expected-error {{what 'start_lambda' spawns refers to}}
    co_await work();
}
coil::task<> by_a_coroutine() {
    reporter numbers;
    co_await numbers.start_later();  // expected-error {{what 'start_later' spawns}}
}
coil::task<> by_a_copy() {
    reporter numbers;
    numbers.start_copy();
    co_await work();
}
coil::task<> parameter(reporter numbers) {
    numbers.start();  // expected-error {{refers to 'numbers', which may be gone}}
    co_await work();
}
struct runtime {
    void run(coil::task<> work);
};
void runs_it_elsewhere() {
    reporter numbers;
    runtime one;
    one.run(numbers.start_later());
}
coil::task<> parameter_by_reference(reporter& numbers) {
    numbers.start();
    co_await work();
}
coil::task<> temporary() {
    reporter().start();  // expected-error {{refers to a temporary 'reporter', which}}
    co_await work();
}
coil::task<> owned() {
    auto numbers = std::make_unique<reporter>();
    numbers->start();  // expected-error {{what 'start' spawns refers to 'numbers'}}
    co_await work();
}
coil::task<> shared(std::shared_ptr<reporter> numbers) {
    numbers->start();
    co_await work();
}
void launch(reporter& of) {
    coil::spawn_daemon("launched", of.start_later());
}
coil::task<> lent() {
    reporter numbers;
    launch(numbers);  // expected-error {{what 'launch' spawns refers to 'numbers'}}
    co_await work();
}
coil::task<> of_the_program() {
    static reporter numbers;
    numbers.start();
    co_await work();
}
int main() {
    reporter numbers;
    coil::run(coil::call_once([&]() -> coil::task<> {
        numbers.start();
        co_await work();
    }));
}

// Constructors.

class ticker {
public:
    explicit ticker(int step) : step_(step) { coil::spawn_daemon("ticks", tick()); }

private:
    coil::task<> tick() {
        co_await work();
        now_ += step_;
    }
    int step_;
    int now_ = 0;
};
struct clocks {
    ticker fast;
    ticker slow;
    clocks() : fast(1), slow(10) {}
};
coil::task<> constructed() {
    ticker seconds(1);  // expected-error {{what the constructor of 'ticker' spawns}}
    auto more = ticker(2);  // expected-error {{refers to 'more', which may be gone}}
    co_await work();
    use(seconds, more);
}
coil::task<> constructed_as_a_part() {
    clocks both;  // expected-error {{what the constructor of 'clocks' spawns refers}}
    co_await work();
}
coil::task<> constructed_to_last() {
    static ticker seconds(1);
    auto* leaked = new ticker(2);
    co_await work();
    use(seconds, leaked);
}
std::unique_ptr<ticker> constructed_for_others() {
    return std::unique_ptr<ticker>(new ticker(1));
}
ticker given_back() {
    return ticker(1);
}

// Groups that the object was given, or has.

class pool {
public:
    explicit pool(coil::group& of) : of_(of) {}
    void start() { of_.spawn(run()); }
    void start_in(coil::group& other) { other.spawn(run()); }

private:
    coil::task<> run() {
        co_await work();
        ++turns_;
    }
    coil::group& of_;
    int turns_ = 0;
};
coil::task<> in_a_group(coil::group& g) {
    pool workers(g);
    workers.start();      // expected-error {{what 'start' spawns refers to 'workers'}}
    workers.start_in(g);  // expected-error {{what 'start_in' spawns refers to}}
    co_await work();
}
coil::task<> outside_of_a_group() {
    std::optional<pool> workers;
    co_await coil::with_group([&](coil::group& g) {
        workers.emplace(g);
        workers->start();
        workers->start_in(g);
    });
}
struct counter {
    int number = 0;
    coil::task<> run();
    coil::task<> run_all() {
        co_await coil::with_group([this](coil::group& g) {
            g.spawn(run());
            g.spawn(run());
        });
    }
};
coil::task<> that_waits_for_its_own() {
    counter local;
    co_await local.run_all();
}

// Objects that may see to the end of what they spawned.

struct says_how_it_ends {
    ~says_how_it_ends();
    void start() { coil::spawn_daemon("watches", watch()); }
    coil::task<> watch();
};
struct dropped {
    void start() { coil::spawn_daemon("watches", watch()); }
    coil::task<> watch();
    coil::task<> async_drop();
};
struct shares_itself : std::enable_shared_from_this<shares_itself> {
    int number = 0;
    void start() {
        coil::spawn_daemon(
            "counts",
            coil::call_once([this, self = shared_from_this()]() -> coil::task<> {
                co_await work();
                ++number;
                use(self);
            }));
    }
};
coil::task<> of_those() {
    says_how_it_ends one;
    one.start();
    auto two = std::make_shared<shares_itself>();
    two->start();
    co_await work();
}
coil::task<> of_one_that_is_dropped() {
    dropped one;
    one.start();
    co_await one.async_drop();
}

// Silence.

struct vouched_for {
    [[gsl::suppress("coil-lifetime")]] void start() {
        coil::spawn_daemon("runs", run());
    }
    coil::task<> run();
};
coil::task<> silenced() {
    reporter numbers;
    [[gsl::suppress("coil-lifetime")]] numbers.start();
    vouched_for other;
    other.start();
    co_await work();
}

// Known gaps.

struct hidden {
    void start();  // spawns, but where nobody sees it
};
coil::task<> in_another_unit() {
    hidden one;
    one.start();
    co_await work();
}
