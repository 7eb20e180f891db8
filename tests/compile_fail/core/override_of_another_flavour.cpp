// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An interface whose tasks move between threads is not served by one whose stay.
#include <coil/core/task.hpp>

struct service {
    virtual ~service() = default;
    virtual coil::task<int> call(int request) = 0;
};
struct anywhere : service {
    coil::task<int> call(int request) override;
};
struct on_one_thread : service {
    coil::local_task<int> call(int request) override;  // expected-error {{virtual function 'call' has a different return type}}
};
// expected-note@*:* {{overridden virtual function is here}}
