// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/closure.hpp>
#include <coil/core/join.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <memory>
#include <stdexcept>

using namespace coil::testing;
using coil::async_fn;
using coil::async_fn_mut;
using coil::async_fn_once;
using coil::call_once;
using coil::task;

namespace {

[[maybe_unused]] auto sync_half = [](int n) { return n / 2; };
[[maybe_unused]] auto async_half = [](int n) -> task<int> { co_return n / 2; };
[[maybe_unused]] auto counting = [count = 0](int n) mutable -> task<int> {
    co_return n + ++count;
};
[[maybe_unused]] auto consuming =
    [p = std::make_unique<int>(1)](int n) mutable -> task<int> {
    auto mine = std::move(p);
    co_return n + *mine;
};
struct once_only {
    task<int> operator()(int n) && { co_return n; }
};

static_assert(async_fn<decltype(sync_half), int(int)>);
static_assert(async_fn<decltype(async_half), int(int)>);
static_assert(async_fn<decltype(async_half), long(short)>, "results convert");
static_assert(async_fn<decltype(async_half)&, int(int)>);
static_assert(!async_fn<decltype(async_half), int(std::string)>);
static_assert(!async_fn<decltype(async_half), std::string(int)>);
static_assert(!async_fn<decltype(async_half), void(int)>, "a result is not ignored");
static_assert(!async_fn<decltype(counting), int(int)>);
static_assert(async_fn_mut<decltype(counting), int(int)>);
static_assert(async_fn_once<decltype(consuming), int(int)>);
static_assert(!async_fn_mut<once_only, int(int)>);
static_assert(async_fn_once<once_only, int(int)>);

[[maybe_unused]] auto local_half = [](int n) -> coil::local_task<int> {
    co_return n / 2;
};
static_assert(coil::returns_movable<decltype(async_half)&, int>);
static_assert(coil::returns_movable<decltype(sync_half)&, int>);
static_assert(!coil::returns_movable<decltype(local_half)&, int>);

}  // namespace

COIL_TEST("call_once: a lambda that outlives its name") {
    words log;
    //! [a lambda that outlives its name]
    auto greeting = [&log](std::string name) {
        return call_once([greeted = "hello " + name, &log]() -> task<> {
            co_await coil::yield_now();
            log.push_back(greeted);  // lives in the future, so it is still there
        });
    };
    co_await greeting("world");
    CHECK(log == words{"hello world"});
    //! [a lambda that outlives its name]
}

COIL_TEST("call_once: does nothing until it is awaited") {
    int calls = 0;
    {
        auto later = call_once([&calls] { ++calls; });
        CHECK(calls == 0);
        co_await std::move(later);
    }
    CHECK(calls == 1);
}

COIL_TEST("call_once: passes arguments, values and references") {
    int number = 4;
    auto add = [](int& to, std::unique_ptr<int> n) -> task<int&> {
        to += *n;
        co_return to;
    };
    int& same = co_await call_once(std::move(add), number, std::make_unique<int>(3));
    CHECK(&same == &number);
    CHECK(number == 7);
}

COIL_TEST("call_once: a sync callable is called alike") {
    const int half = co_await call_once([](int n) { return n / 2; }, 8);
    CHECK(half == 4);
}

COIL_TEST("call_once: keeps the closure while branches run") {
    words log;
    auto make = [&log](std::string name) {
        return call_once([&log, name = std::move(name)]() -> task<> {
            co_await give_way(2);
            log.push_back(name);
        });
    };
    co_await coil::join(make("a name that is too long for the small string"),
                        make("another name that is too long for the small string"));
    CHECK(log.size() == 2);
    CHECK(log[0].starts_with("a name"));
}

COIL_TEST("call_once: a stop inside ends the parent") {
    auto ended = co_await coil::as_outcome(call_once([] { return coil::stop_here(); }));
    CHECK(ended.is_stopped());
}

#if COIL_EXCEPTIONS
COIL_TEST("call_once: a call that throws is the outcome") {
    auto ended = co_await coil::as_outcome(
        call_once([]() -> int { throw std::runtime_error("no"); }));
    CHECK_THROWS_WITH(ended.take(), "no");
}
#endif
