// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! [interface]
#include <coil/coil.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

COIL_INTERFACE(store, (get, coil::task<std::string>(std::string key) const),
               (put, coil::task<>(std::string key, std::string value)),
               (size, std::size_t() const));

class memory {  // no base class
public:
    coil::task<std::string> get(std::string key) const {
        const auto found = values_.find(key);
        co_return found != values_.end() ? found->second : "";
    }
    coil::task<> put(std::string key, std::string value) {
        co_await coil::sleep(1ms);
        values_.insert_or_assign(std::move(key), std::move(value));
    }
    std::size_t size() const { return values_.size(); }

private:
    std::map<std::string, std::string> values_;
};

struct constant {  // sync functions, and results that convert, are right, too
    const char* get(const std::string&) const { return "always"; }
    void put(std::string, std::string) {}
    std::size_t size() const { return 1; }
};

static_assert(store<memory> && store<constant>);  // it is a concept
static_assert(!store<int>);
//! [interface]

//! [use]
coil::task<> show(store_ref from) {  // borrows: two words
    const std::string value = co_await from.get("colour");
    std::printf("%s, %zu values\n", value.c_str(), from.size());
}

coil::task<> use() {
    memory kept;
    co_await kept.put("colour", "blue");
    co_await show(kept);

    std::vector<any_store> stores;  // owns them
    stores.push_back(memory());
    stores.push_back(constant());
    for (any_store& one : stores) {
        co_await one.put("colour", "red");
        co_await show(one);
    }
}
//! [use]

//! [template]
template <store S>
coil::task<std::size_t> copy_one(const S& from, any_store& to) {
    std::string value =
        co_await coil::call_once([&from] { return from.get("colour"); });
    co_await to.put("copy", std::move(value));
    co_return to.size();
}
//! [template]

//! [stream]
coil::generator<int> squares(int count) {
    for (int i = 1; i <= count; ++i) {
        const int square = i * i;
        co_yield square;
    }
}

coil::any_stream<int> numbers(bool are_squared) {
    if (are_squared) return squares(3);
    return std::vector{7, 8} | coil::map([](int n) { return n; });
}

coil::task<> streams() {
    for (bool are_squared : {true, false}) {
        auto items = numbers(are_squared);
        while (auto item = co_await items.next()) std::printf("%d ", *item);
    }
    std::puts("");
}
//! [stream]

coil::task<> all() {
    co_await use();
    any_store target = memory();
    std::printf("%zu\n", co_await copy_one(constant(), target));
    co_await streams();
}

int main() {
    coil::run(all());
}
