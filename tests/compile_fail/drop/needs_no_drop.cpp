// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// These containers are for what has an async destructor.
#include <coil/core/core.hpp>
#include <coil/drop/async_optional.hpp>
#include <coil/drop/async_vector.hpp>

#include <string>

void count() {
    const coil::async_vector<int> numbers;
    const coil::async_optional<std::string> text;
}
// expected-error@coil/drop/detail/kept.hpp:* 2 {{this container is for types that have a member async_drop(), or hold one that has: for others take the one of the standard library}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{because}}
