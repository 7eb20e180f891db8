// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An override gives what it overrides gives.
#include <coil/core/task.hpp>

struct shape {
    virtual ~shape() = default;
    virtual int area_sync() const = 0;
    virtual coil::task<int> area_async() const = 0;
};
struct square : shape {
    double area_sync() const override;               // expected-error {{virtual function 'area_sync' has a different return type ('double') than the function it overrides (which has return type 'int')}}
    coil::task<double> area_async() const override;  // expected-error {{virtual function 'area_async' has a different return type}}
};
struct circle : shape {
    int area_sync() override;               // expected-error {{non-virtual member function marked 'override' hides virtual member function}}
    coil::task<int> area_async() override;  // expected-error {{non-virtual member function marked 'override' hides virtual member function}}
};
struct point : shape {
    coil::task<int> area_sync() const override;  // expected-error {{virtual function 'area_sync' has a different return type}}
    int area_async() const override;             // expected-error {{virtual function 'area_async' has a different return type ('int')}}
};
// expected-note@*:* 0+ {{}}
