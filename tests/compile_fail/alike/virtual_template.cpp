// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A template cannot be virtual; the other members of its class can, and are of use.
#include <coil/core/task.hpp>

struct shape {
    virtual ~shape() = default;
    virtual coil::task<int> area() const = 0;
    template <class T>
    virtual T scaled_sync(T by) const;  // expected-error {{'virtual' cannot be specified on member function templates}}
    template <class T>
    virtual coil::task<T> scaled_async(T by) const;  // expected-error {{'virtual' cannot be specified on member function templates}}
};
struct square : shape {
    coil::task<int> area() const override;
    template <class T>
    coil::task<T> turned(T by) const;
};
coil::task<> use(const shape& any, const square& known) {
    co_await any.area();
    co_await known.turned(1);
    co_await any.turned(1);  // expected-error {{no member named 'turned' in 'shape'}}
}
