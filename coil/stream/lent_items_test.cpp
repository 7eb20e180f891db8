// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/attributes.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/stream.hpp>
#include <coil/testing/test.hpp>

#include <string>
#include <vector>

using namespace coil::testing;
using coil::task;

namespace {

//! [a stream that lends its items]
/// Numbers as text, all in one buffer.
class numbers {
public:
    using value_type = std::string;
    explicit numbers(int count) : count_(count) {}

    COIL_LENDS task<const std::string*> next() {
        co_await coil::yield_now();
        if (at_ == count_) co_return nullptr;
        text_ = std::to_string(++at_);
        co_return &text_;
    }

private:
    int count_;
    int at_ = 0;
    std::string text_;
};
//! [a stream that lends its items]

static_assert(coil::stream<numbers>);

}  // namespace

COIL_TEST("lent items: a loop reads them in their place") {
    numbers all(3);
    std::string text;
    std::vector<const std::string*> places;
    while (const std::string* each = co_await all.next()) {
        text += *each;
        places.push_back(each);
    }
    CHECK(text == "123");
    CHECK(places[0] == places[2]);
    CHECK(co_await all.next() == nullptr);
}

COIL_TEST("lent items: adaptors see them in their place, and collect copies them") {
    std::vector<const std::string*> places;
    auto note = [&](const std::string& each) {
        places.push_back(&each);
        return each != "2";
    };
    const auto kept =
        co_await (numbers(3) | coil::filter(note) | coil::collect<std::vector>());
    CHECK(kept == std::vector<std::string>{"1", "3"});
    CHECK(places.size() == 3);
    CHECK(places[0] == places[1]);
    int digits = 0;
    auto size = [](const std::string& each) { return static_cast<int>(each.size()); };
    co_await (numbers(12) | coil::map(size) |
              coil::for_each([&](int n) { digits += n; }));
    CHECK(digits == 15);
}

COIL_TEST("lent items: COIL_FOR has one at a time") {
    std::string text;
    COIL_FOR(const std::string& each, numbers(3)) text += each;
    CHECK(text == "123");
}
