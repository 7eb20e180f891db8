// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The handlers of a race make one expression, so they give the same type.
#include <coil/core/core.hpp>

#include <string>

coil::task<int> load();

coil::task<> work() {
    (co_await coil::race(load(), coil::never()))
        .visit([](int) { return 1; }, [] { return std::string("none"); });
}
// expected-error@coil/core/race.hpp:* {{the handlers of a race's branches give all the same type}}
// expected-note@*:* 0+ {{}}
