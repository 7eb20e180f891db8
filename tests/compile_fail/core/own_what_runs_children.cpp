// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Children may refer to locals, and an owned object is dropped after them.
#include <coil/core/own.hpp>

struct crew {
    static constexpr bool drop_runs_children = true;
    coil::task<> async_drop();
};

coil::task<> work() {
    co_await coil::own(crew());
}
// expected-error@coil/core/own.hpp:* {{the children of this type may refer to locals, which are gone when an owned object is dropped: use coil::with or coil::with_group}}
// expected-note@*:* 0+ {{in instantiation of}}
