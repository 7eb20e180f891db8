// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A channel holds so many items and no more: how many, its type or its constructor says.
#include <coil/core/task.hpp>
#include <coil/sync/channel.hpp>

coil::channel<int> queue;  // expected-error {{call to deleted constructor of 'coil::channel<int>'}}
static_assert(!std::default_initializable<coil::channel<int>>);
// expected-note@coil/sync/channel.hpp:* {{has been explicitly marked deleted here}}
