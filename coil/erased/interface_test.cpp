// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/core/yield.hpp>
#include <coil/erased/interface.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::local_task;
using coil::task;

namespace {

//! [an interface]
COIL_INTERFACE(store, (get, task<std::string>(std::string key) const),
               (put, task<>(std::string key, std::string value)),
               (size, std::size_t() const));
//! [an interface]

class memory {
public:
    task<std::string> get(std::string key) const {
        const auto found = values_.find(key);
        co_return found != values_.end() ? found->second : "";
    }
    task<> put(std::string key, std::string value) {
        co_await coil::sleep(1ms);
        values_.insert_or_assign(std::move(key), std::move(value));
    }
    [[nodiscard]] std::size_t size() const { return values_.size(); }

private:
    std::map<std::string, std::string> values_;
};

/// Sync where the interface says task, and with other types that convert.
struct constant {
    const char* get(const std::string& key) const {
        if (key.empty()) throw std::invalid_argument("no key");
        return "always";
    }
    auto put(std::string, std::string) { return coil::sleep(1ms); }
    [[nodiscard]] unsigned size() const { return 1; }
};
struct nearly {
    task<std::string> get(std::string key) const;
    task<int> put(std::string key, std::string value);  // a result that would be lost
    [[nodiscard]] std::size_t size() const;
};

static_assert(store<memory>);
static_assert(store<constant&>);
static_assert(!store<nearly>);
static_assert(!store<const memory>, "put changes it");
static_assert(!store<int>);
static_assert(store<any_store> && store<store_ref> && store<inplace_store<64>>);
static_assert(coil::sendable<any_store> && coil::sendable<store_ref>);
static_assert(!std::is_copy_constructible_v<any_store>);
static_assert(std::is_nothrow_move_constructible_v<any_store>);
static_assert(sizeof(store_ref) == 2 * sizeof(void*));

COIL_INTERFACE(view, (draw, local_task<int>(int width)));
struct label {
    local_task<int> draw(int width) { co_return 2 * width; }
};
static_assert(!coil::sendable<any_view> && !coil::sendable<view_ref>);

COIL_INTERFACE(session, (name, std::string() const), (async_drop, task<>()));

task<std::size_t> copy_one(store_ref from, store_ref to, std::string key) {
    std::string value = co_await from.get(key);
    co_await to.put(std::move(key), std::move(value));
    co_return to.size();
}

}  // namespace

COIL_TEST("interface: objects of several types are called through one list") {
    //! [objects behind an interface]
    std::vector<any_store> stores;
    stores.emplace_back(memory());
    stores.emplace_back(constant());
    for (any_store& each : stores) co_await each.put("tea", "green");
    std::string found;
    for (const any_store& each : stores) found += co_await each.get("tea") + ";";
    CHECK(found == "green;always;");

    memory mine;
    store_ref borrowed = mine;
    co_await borrowed.put("coffee", "black");
    CHECK(mine.size() == 1);
    //! [objects behind an interface]
}

COIL_TEST("interface: what owns or borrows an object implements the interface again") {
    any_store owned = constant();
    memory to;
    CHECK(co_await copy_one(owned, to, "tea") == 1);
    store_ref once(to);
    any_store nested(once);
    CHECK(co_await copy_one(once, nested, "milk") == 2);
    CHECK(co_await to.get("milk") == "");
}

COIL_TEST("interface: errors and stops are those of the object") {
    any_store owned = constant();
    auto failed = co_await coil::as_outcome(owned.get(""));
    CHECK(failed.has_error());
    any_store slow = memory();
    const auto first = co_await coil::race(slow.put("a", "b"), coil::yield_now());
    CHECK(first.index() == 1);
    CHECK(slow.size() == 0);
}

COIL_TEST("interface: an object is moved with its owner, and ends with it") {
    const auto counted = std::make_shared<int>(0);
    struct shares {
        std::shared_ptr<int> count;
        std::array<char, 16> more = {};
        task<int> draw(int width) {
            co_return static_cast<int>(count.use_count()) + width;
        }
    };
    {
        any_view small(std::in_place_type<label>);
        any_view moved(std::move(small));
        CHECK(co_await moved.draw(4) == 8);
        moved = any_view(shares{counted});
        CHECK(counted.use_count() == 2);
        any_view last(std::move(moved));
        CHECK(co_await last.draw(0) == 2);
    }
    CHECK(counted.use_count() == 1);
}

COIL_TEST("interface: a local one takes what stays on its thread") {
    inplace_view<> owned(label{});
    view_ref borrowed = owned;
    CHECK(co_await borrowed.draw(21) == 42);
}

COIL_TEST("interface: an async destructor behind one is awaited") {
    words log;
    co_await coil::with(any_session(resource(log, "r")), [&](any_session& s) -> task<> {
        log.push_back(s.name());
        co_return;
    });
    CHECK(log == words{"r", "drop r", "dropped r"});
}
static_assert(coil::needs_async_drop<any_session>);
static_assert(!coil::needs_async_drop<any_store>);
