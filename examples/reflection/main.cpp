// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An interface with async functions, without a macro. `./x compat --sid` builds and
// runs it.
#include <coil/coil.hpp>

#include <examples/reflection/interface.hpp>

#include <cstdio>
#include <map>
#include <string>

using namespace std::chrono_literals;

struct store {
    coil::task<int> get(std::string key) const;
    coil::task<> put(std::string key, int value);
};

// None of these knows of `store`.
struct memory {
    coil::task<int> get(std::string key) const { co_return values.at(key); }
    coil::task<> put(std::string key, int value) {
        values[key] = value;
        co_return;
    }
    std::map<std::string, int> values;
};
struct slow_counter {
    coil::task<int> get(std::string) const {
        co_await coil::sleep(1ms);
        co_return writes;
    }
    coil::task<> put(std::string, int) {
        co_await coil::sleep(1ms);
        ++writes;
    }
    int writes = 0;
};

coil::task<int> use(by_reflection::ref<store> any) {
    co_await any.put("answer", 42);
    co_return co_await any.get("answer");
}

coil::task<> all() {
    memory fast;
    slow_counter slow;
    std::printf("%d %d\n", co_await use(fast), co_await use(slow));
}

int main() {
    coil::run(all());
}
