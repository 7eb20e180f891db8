// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What overwrites what needs a drop has to be awaited, and an assignment cannot be.
#include <coil/core/core.hpp>
#include <coil/drop/async_box.hpp>
#include <coil/drop/async_map.hpp>
#include <coil/drop/async_optional.hpp>
#include <coil/drop/async_vector.hpp>

struct connection {
    coil::task<> async_drop();
};

void assign(coil::async_box<connection>& box, coil::async_optional<connection>& maybe,
            coil::async_vector<connection>& all,
            coil::async_map<int, connection>& by_number) {
    box = coil::make_async_box<connection>();
    maybe = connection();
    all = coil::async_vector<connection>();
    by_number = coil::async_map<int, connection>();
}
// expected-error@coil/drop/detail/kept.hpp:* 4 {{an assignment would destroy the old values without their async drop: write co_await replace(...)}}
// expected-note@*:* 0+ {{in instantiation of}}
