// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/discard.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

using namespace coil::testing;
using coil::needs_async_drop;
using coil::task;

namespace {

static_assert(needs_async_drop<resource>);
static_assert(needs_async_drop<std::optional<resource>>);
static_assert(needs_async_drop<std::variant<int, resource>>);
static_assert(needs_async_drop<std::tuple<int, resource>>);
static_assert(needs_async_drop<std::pair<resource, int>>);
static_assert(needs_async_drop<std::vector<std::optional<resource>>>);
static_assert(needs_async_drop<std::map<int, resource>>);
static_assert(needs_async_drop<std::array<resource, 2>>);
static_assert(!needs_async_drop<int>);
static_assert(!needs_async_drop<void>);
static_assert(!needs_async_drop<std::string>);
static_assert(!needs_async_drop<std::vector<std::string>>);
static_assert(!needs_async_drop<std::variant<int, std::string>>);
static_assert(!needs_async_drop<resource&>, "a reference owns nothing");

words dropped(std::initializer_list<std::string> names) {
    words list;
    for (const auto& name : names) {
        list.push_back("drop " + name);
        list.push_back("dropped " + name);
    }
    return list;
}
std::vector<resource> some(words& log, std::initializer_list<std::string> names) {
    std::vector<resource> all;
    for (const auto& name : names) all.emplace_back(log, name);
    return all;
}

}  // namespace

COIL_TEST("drop: an object") {
    words log;
    resource one(log, "r");
    co_await coil::drop(one);
    CHECK(log == dropped({"r"}));
}

COIL_TEST("drop: a temporary is kept until its drop has ended") {
    words log;
    co_await coil::drop(resource(log, "r"));
    CHECK(log == dropped({"r"}));
}

COIL_TEST("drop: an optional, full and empty") {
    words log;
    std::optional<resource> maybe(std::in_place, log, "r");
    co_await coil::drop(maybe);
    std::optional<resource> empty;
    co_await coil::drop(empty);
    CHECK(log == dropped({"r"}));
}

COIL_TEST("drop: the alternative that a variant holds") {
    words log;
    std::variant<int, resource> either(std::in_place_index<1>, log, "r");
    co_await coil::drop(either);
    std::variant<int, resource> number(3);
    co_await coil::drop(number);
    CHECK(log == dropped({"r"}));
}

COIL_TEST("drop: the members of a tuple, the last first") {
    words log;
    std::tuple<resource, int, resource> both(resource(log, "a"), 1, resource(log, "b"));
    co_await coil::drop(both);
    CHECK(log == dropped({"b", "a"}));
}

COIL_TEST("drop: the elements of containers") {
    words log;
    auto list = some(log, {"a", "b"});
    co_await coil::drop(list);
    std::map<int, resource> by_number;
    by_number.emplace(1, resource(log, "c"));
    by_number.emplace(2, resource(log, "d"));
    co_await coil::drop(by_number);
    CHECK(log == dropped({"a", "b", "c", "d"}));
}

COIL_TEST("drop: what is nested in several ways") {
    words log;
    std::vector<std::pair<int, std::optional<std::vector<resource>>>> deep;
    deep.emplace_back(1, some(log, {"a"}));
    deep.emplace_back(2, std::nullopt);
    deep.emplace_back(3, some(log, {"b", "c"}));
    co_await coil::drop(deep);
    CHECK(log == dropped({"a", "b", "c"}));
}

COIL_TEST("drop: what needs none costs nothing") {
    int number = 1;
    co_await coil::drop(number);
    CHECK(number == 1);
}

COIL_TEST("drop: a hundred thousand that end at once take no stack") {
    int count = 0;
    struct [[gsl::suppress("coil-async-drop")]] quick {
        int* count;
        auto async_drop() {
            ++*count;
            return std::suspend_never();
        }
    };
    std::vector<quick> many(100'000, quick{&count});
    co_await coil::drop(many);
    CHECK(count == 100'000);
}

COIL_TEST("drop: is shielded from a stop") {
    words log;
    auto list = some(log, {"a", "b", "c"});
    co_await coil::race(coil::drop(list), coil::yield_now());
    CHECK(log == dropped({"a", "b", "c"}));
}

COIL_TEST("drop: values thrown away by a race are dropped, the last first") {
    words log;
    auto open = [](words& l, std::string name) -> task<resource> {
        co_return resource(l, std::move(name));
    };
    auto ready = []() -> task<int> { co_return 1; };
    co_await coil::race(ready(), open(log, "a"), open(log, "b"));
    CHECK(log == dropped({"b", "a"}));
}

COIL_TEST("drop: looks into outcome, race_result and unique_ptr, not into a view") {
    words log;
    auto open = [&](const char* name) -> task<resource> {
        co_return resource(log, name);
    };
    auto fail_late = []() -> task<> {
        co_await coil::yield_now();
        co_await coil::yield_now();
        co_await coil::stop_here();
    };
    std::vector<resource> kept;
    kept.emplace_back(log, "kept");
    auto view = [](std::vector<resource>& of) -> task<std::span<resource>> {
        co_return std::span(of);
    };
    auto point = [&]() -> task<std::unique_ptr<resource>> {
        co_return std::make_unique<resource>(log, "pointed at");
    };
    (void)co_await as_outcome(coil::join(as_outcome(open("seen")),
                                         coil::race(open("won"), never()), point(),
                                         view(kept), fail_late()));
    CHECK(log == words{"drop pointed at", "dropped pointed at", "drop won",
                       "dropped won", "drop seen", "dropped seen"});
    co_await coil::drop(kept);
}

namespace {
/// An interface whose objects need a farewell.
struct closable {
    virtual ~closable() = default;
    virtual task<> async_drop() = 0;
};
struct named : closable {
    [[nodiscard]] virtual std::string name() const = 0;
};
class secure final : public named {
public:
    explicit secure(words& log) : log_(log) {}
    [[nodiscard]] std::string name() const override { return "secure"; }
    task<> async_drop() override {
        co_await coil::yield_now();
        log_.emplace_back("farewell");
    }

private:
    words& log_;
};
}  // namespace

COIL_TEST("drop: through a pointer to a base it is the derived class's") {
    words log;
    std::unique_ptr<named> derived = std::make_unique<secure>(log);
    CHECK(derived->name() == "secure");
    std::unique_ptr<closable> base = std::move(derived);
    co_await coil::drop(base);
    CHECK(log == words{"farewell"});
}

namespace {
struct tree : std::map<std::string, tree> {};
static_assert(!coil::needs_async_drop<tree>);
static_assert(!coil::needs_async_drop<std::span<resource>>);
static_assert(coil::needs_async_drop<std::unique_ptr<resource>>);
static_assert(coil::needs_async_drop<coil::race_result<int, resource>>);
}  // namespace
