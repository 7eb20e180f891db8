// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an adaptor's function takes and gives is said in words, and nothing else.
#include <coil/core/core.hpp>
#include <coil/stream/consume.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/limit.hpp>
#include <coil/stream/sources.hpp>
#include <coil/stream/transform.hpp>

#include <string>

coil::generator<int> numbers();
coil::task<> no_answer(int);
coil::task<int> doubled(int);

coil::task<> work() {
    (void)co_await (numbers() | coil::filter(no_answer)).next();
    (void)co_await (numbers() | coil::take_while(no_answer)).next();
    (void)co_await (numbers() | coil::filter_map(doubled)).next();
    (void)co_await (numbers() | coil::scan(0, [](int& sum, int i) { return sum += i; }))
        .next();
    (void)co_await (numbers() | coil::flatten()).next();
    (void)co_await coil::generate([] { return std::string(); }).next();
    (void)co_await coil::unfold(1, [] { return std::string(); }).next();
    co_await (numbers() | coil::any_of(no_answer));
    co_await (numbers() | coil::find_if([](const std::string&) { return true; }));
    co_await (numbers() | coil::fold_left(0, [](int, int) {}));
    co_await (numbers() | coil::fold_left(0, [](int sum) { return sum; }));
    co_await (numbers() | coil::fold_left(0, [](int, int) { return std::string(); }));
}
// expected-error@coil/stream/detail/adapted.hpp:* 2 {{this adaptor needs a function that gives a bool, or an awaitable of one}}
// expected-error@coil/stream/detail/adapted.hpp:* 2 {{this adaptor needs a function that gives a std::optional, or an awaitable of one}}
// expected-error@coil/stream/transform.hpp:* {{coil::flatten needs a stream of streams, or of ranges}}
// expected-error@coil/stream/sources.hpp:* 2 {{coil::generate needs a function of no arguments, and coil::unfold one of the state, that gives a std::optional, or an awaitable of one}}
// expected-error@coil/stream/consume.hpp:* {{a search needs a function that gives a bool, or an awaitable of one}}
// expected-error@coil/stream/consume.hpp:* 2 {{coil::fold_left needs a function that gives what it is to be called with for the next item}}
// expected-error@coil/stream/detail/source.hpp:* 2 {{this function cannot be called with the items of this stream}}
// expected-note@*:* 0+ {{}}
