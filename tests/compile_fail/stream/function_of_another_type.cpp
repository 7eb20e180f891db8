// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an adaptor calls takes the stream's items; nothing else is said than that.
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>

#include <string>
#include <vector>

coil::generator<int> numbers();

coil::task<> work() {
    co_await (numbers() | coil::for_each([](std::string) {}));
    co_await (numbers() | coil::for_each([](int) { return 42; }));
    const auto lengths = co_await (
        numbers() | coil::map([](const std::string& text) { return text.size(); }) |
        coil::filter([](auto size) { return size > 1; }) |
        coil::collect<std::vector>());
    (void)lengths;
    auto kept = numbers() | coil::filter([](std::string) { return true; });
    COIL_FOR(const int each, kept) (void)each;
}
// expected-error@coil/stream/detail/source.hpp:* 3 {{this function cannot be called with the items of this stream}}
// expected-error@coil/stream/for_each.hpp:* {{coil::for_each needs a function that returns void, or coil::loop to say whether to go on}}
// expected-note@*:* 0+ {{}}
