// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles without coil-check, and is wrong: act "what does not compile" of ./x run.
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>

#include <string>

coil::task<std::string> name_of(int guest);
coil::task<> greet(std::string_view name);

//! [borrowed]
coil::task<> welcome(coil::group& party, int guest) {
    const std::string name = co_await name_of(guest);
    party.spawn(greet(name));  // which goes on when this function is long gone
}
//! [borrowed]
