// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Classes with virtual functions, held in every way, and closures with result types.
#include "traced.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

using namespace alike;

namespace {

struct greeter {
    virtual ~greeter() = default;
    virtual std::string name(sync_log& log) const = 0;
    virtual task<std::string> name(async_log& log) const = 0;
    virtual std::string greet(sync_log& log) const { return "hello, " + name(log); }
    virtual task<std::string> greet(async_log& log) const {
        co_return "hello, " + co_await name(log);
    }
};
struct person : greeter {
    explicit person(std::string called) : called_(std::move(called)) {}
    std::string name(sync_log& log) const override { return get(log, called_); }
    task<std::string> name(async_log& log) const override {
        co_return co_await get(log, called_);
    }

private:
    std::string called_;
};
struct formal final : person {
    using person::person;
    std::string greet(sync_log& log) const override { return "good day, " + name(log); }
    task<std::string> greet(async_log& log) const override {
        co_return "good day, " + co_await name(log);
    }
};

void through_one(sync_log& log, const greeter& one) {
    log("says", one.greet(log));
}
task<> through_one(async_log& log, const greeter& one) {
    log("says", co_await one.greet(log));
}

void held_in_every_way(sync_log& log) {
    const person local("local");
    through_one(log, local);
    const std::unique_ptr<greeter> unique = std::make_unique<formal>("unique");
    through_one(log, *unique);
    const std::shared_ptr<const greeter> shared = std::make_shared<person>("shared");
    through_one(log, *shared);
    const std::reference_wrapper<const greeter> lent = local;
    through_one(log, lent);
    through_one(log, formal("temporary"));
}
task<> held_in_every_way(async_log& log) {
    const person local("local");
    co_await through_one(log, local);
    const std::unique_ptr<greeter> unique = std::make_unique<formal>("unique");
    co_await through_one(log, *unique);
    const std::shared_ptr<const greeter> shared = std::make_shared<person>("shared");
    co_await through_one(log, *shared);
    const std::reference_wrapper<const greeter> lent = local;
    co_await through_one(log, lent);
    co_await through_one(log, formal("temporary"));
}
COIL_ALIKE("interface: is called by value, pointer, reference and temporary",
           held_in_every_way)

void pointers_to_virtual(sync_log& log) {
    std::string (greeter::* const say)(sync_log&) const = &greeter::greet;
    const formal one("one");
    log("says", (one.*say)(log), one.person::greet(log));
}
task<> pointers_to_virtual(async_log& log) {
    task<std::string> (greeter::* const say)(async_log&) const = &greeter::greet;
    const formal one("one");
    const std::string said = co_await (one.*say)(log);
    log("says", said, co_await one.person::greet(log));
}
COIL_ALIKE("interface: a pointer to a virtual function finds the override",
           pointers_to_virtual)

void stated_result(sync_log& log) {
    const auto half = [](sync_log& to, int whole) -> double {
        if (get(to, whole) < 0) throw std::invalid_argument("negative");
        return whole / 2.0;
    };
    log("half", half(log, 3));
    try {
        log("half", half(log, -1));
    } catch (const std::invalid_argument& error) {
        log("failed", error.what());
    }
}
task<> stated_result(async_log& log) {
    const auto half = [](async_log& to, int whole) -> task<double> {
        if (co_await get(to, whole) < 0) throw std::invalid_argument("negative");
        co_return whole / 2.0;
    };
    log("half", co_await half(log, 3));
    try {
        log("half", co_await half(log, -1));
    } catch (const std::invalid_argument& error) {
        log("failed", error.what());
    }
}
COIL_ALIKE("closure: states its result type and passes errors on", stated_result)

}  // namespace
