// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop reads streams and ranges; what a task gives is awaited first.
#include <coil/core/core.hpp>
#include <coil/stream/for.hpp>

#include <string>
#include <vector>

coil::task<std::vector<int>> load();

coil::task<> work() {
    COIL_FOR(const int each, 3) (void)each;
    COIL_FOR(auto& each, static_cast<std::string*>(nullptr)) (void)each;
    COIL_FOR(const int each, load()) (void)each;
    auto loading = load();
    COIL_FOR(const int each, loading) (void)each;
}
// expected-error@coil/stream/for.hpp:* 2 {{COIL_FOR reads a stream or a range, and this is neither}}
// expected-error@coil/stream/for.hpp:* 2 {{COIL_FOR reads a stream or a range, not the task that gives one: write COIL_FOR(item, co_await it)}}
// expected-note@*:* 0+ {{}}
