// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>

#include <string>

//! [borrowed]
coil::task<> greet(std::string_view name);

coil::task<> welcome(coil::group& party, int guest) {
    const std::string name = "guest " + std::to_string(guest);
    party.spawn(greet(name));  // which goes on when this function is long gone
    co_return;
}
//! [borrowed]
