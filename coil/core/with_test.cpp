// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/discard.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <stdexcept>
#include <vector>

using namespace coil::testing;
using coil::as_outcome;
using coil::exit_reason;
using coil::task;
using coil::with;
using coil::yield_now;

namespace {

class connection {
public:
    explicit connection(words& log) : log_(&log) {}
    task<> send(std::string text) {
        co_await yield_now();
        log_->push_back(std::move(text));
    }
    task<> async_drop() { return send("goodbye"); }

private:
    words* log_;
};

class transaction {
public:
    explicit transaction(connection& on) : on_(&on) {}
    task<> async_drop(exit_reason why) {
        co_await on_->send(why == exit_reason::returned ? "commit" : "roll back");
    }

private:
    connection* on_;
};

task<int> use(words& log, resource& r) {
    const trace end(log, "body");
    log.push_back("use " + r.name());
    co_await yield_now();
    co_return 5;
}
task<resource> open(words& log, std::string name) {
    co_await yield_now();
    log.push_back("open " + name);
    co_return resource(log, std::move(name));
}

/// Tells the exit reason it was dropped with.
struct reasoned {
    words* log;
    task<> async_drop(exit_reason why) {
        co_await yield_now();
        log->emplace_back(why == exit_reason::returned ? "returned"
                          : why == exit_reason::error  ? "error"
                                                       : "stopped");
    }
};

}  // namespace

COIL_TEST("with: a transaction on a connection") {
    words log;
    auto insert = [](connection& db, transaction&) -> task<int> {
        co_await db.send("insert");
        co_return 1;
    };
    //! [a transaction on a connection]
    const int rows =
        co_await with([&] { return connection(log); },
                      [](connection& db) { return transaction(db); }, insert);
    CHECK(rows == 1);
    CHECK(log == words{"insert", "commit", "goodbye"});
    //! [a transaction on a connection]
}

COIL_TEST("with: drops after the body's locals, and passes its value through") {
    words log;
    const int five =
        co_await with(resource(log, "r"), [&](resource& r) { return use(log, r); });
    CHECK(five == 5);
    CHECK(log == words{"use r", "~body", "drop r", "dropped r"});
}

COIL_TEST("with: a resource may be an awaitable that yields it") {
    words log;
    co_await with(open(log, "r"), [&](resource& r) { return use(log, r); });
    CHECK(log == words{"open r", "use r", "~body", "drop r", "dropped r"});
}

COIL_TEST("with: a maker may be async") {
    words log;
    co_await with([&] { return open(log, "r"); },
                  [&](resource& r) { return use(log, r); });
    CHECK(log == words{"open r", "use r", "~body", "drop r", "dropped r"});
}

COIL_TEST("with: a resource that is given by name stays where it is") {
    words log;
    resource mine(log, "mine");
    co_await with(mine, [&](resource& r) {
        CHECK(&r == &mine);
        return use(log, r);
    });
    CHECK(log == words{"use mine", "~body", "drop mine", "dropped mine"});
}

COIL_TEST("with: several resources are dropped in reverse order") {
    words log;
    co_await with(resource(log, "a"), resource(log, "b"), resource(log, "c"),
                  [&](resource&, resource& b, resource&) { return use(log, b); });
    CHECK(log == words{"use b", "~body", "drop c", "dropped c", "drop b", "dropped b",
                       "drop a", "dropped a"});
}

COIL_TEST("with: the body may be a plain function") {
    words log;
    const std::size_t size = co_await with(resource(log, "abc"),
                                           [](resource& r) { return r.name().size(); });
    CHECK(size == 3);
    CHECK(log == words{"drop abc", "dropped abc"});
}

COIL_TEST("with: the drop is told how the body ended") {
    words log;
    co_await with(reasoned{&log}, [](reasoned&) { return give_way(1); });
    co_await coil::race(with(reasoned{&log}, [](reasoned&) { return never(); }),
                        give_way(1));
    CHECK(log == words{"returned", "stopped"});
}

COIL_TEST("with: a stop ends the body, then drops, then goes on") {
    words log;
    auto body = [&](resource&) -> task<> {
        const trace end(log, "body");
        co_await never();
    };
    auto outer = [&]() -> task<> {
        const trace end(log, "outer");
        co_await with(resource(log, "r"), body);
    };
    co_await coil::race(outer(), give_way(1));
    CHECK(log == words{"~body", "drop r", "dropped r", "~outer"});
}

COIL_TEST("with: a maker is stopped like a body, and nothing is left to drop") {
    words log;
    auto hang = []() -> task<resource> {
        co_await never();
        std::abort();
    };
    co_await coil::race(with(hang, [&](resource& r) { return use(log, r); }),
                        give_way(1));
    CHECK(log.empty());
}

COIL_TEST("drop: a container of connections") {
    words log;
    //! [drop a container of connections]
    std::vector<connection> pool;
    pool.emplace_back(log);
    pool.emplace_back(log);
    co_await coil::drop(pool);
    CHECK(log == words{"goodbye", "goodbye"});
    //! [drop a container of connections]
}

#if COIL_EXCEPTIONS
COIL_TEST("with: an error of the body is rethrown after the drop") {
    words log;
    auto body = [&](resource&) -> task<int> {
        co_await yield_now();
        throw std::runtime_error("no");
    };
    auto ended = co_await as_outcome(with(resource(log, "r"), body));
    CHECK_THROWS_WITH(ended.take(), "no");
    CHECK(log == words{"drop r", "dropped r"});
}

COIL_TEST("with: the drop is told of an error") {
    words log;
    auto body = [](reasoned&) { throw std::runtime_error("at once"); };
    const auto ended = co_await as_outcome(with(reasoned{&log}, body));
    CHECK(ended.has_error());
    CHECK(log == words{"error"});
}

COIL_TEST("with: a body that throws before it is a task is part of the body") {
    words log;
    auto body = [](resource&) -> task<> { throw std::runtime_error("no task"); };
    const auto ended = co_await as_outcome(with(resource(log, "r"), body));
    CHECK(ended.has_error());
    CHECK(log == words{"drop r", "dropped r"});
}

namespace {
/// What is written may get lost; whoever wants to know closes it.
class file {
public:
    explicit file(words& log) : log_(&log) {}
    task<> close() {
        is_open_ = false;
        co_await yield_now();
        throw std::runtime_error("disk full");
    }
    task<> async_drop() {
        log_->emplace_back(is_open_ ? "closed without a look" : "nothing left to do");
        co_return;
    }

private:
    words* log_;
    bool is_open_ = true;
};
}  // namespace

COIL_TEST("with: a close that may fail is a call, after which the drop has no work") {
    words log;
    auto write = [](file& f) -> task<> { co_await f.close(); };
    auto ended = co_await as_outcome(with(file(log), write));
    CHECK_THROWS_WITH(ended.take(), "disk full");
    co_await with(file(log), [](file&) {});
    CHECK(log == words{"nothing left to do", "closed without a look"});
}

COIL_TEST("with: a transaction ends once, by a commit or a roll back, on every path") {
    words log;
    auto transact = [&](int how) {
        return with([&] { return connection(log); },
                    [](connection& db) { return transaction(db); },
                    [how](connection&, transaction&) -> task<int> {
                        if (how == 0) co_return 1;
                        if (how == 1) co_await never();
                        throw std::runtime_error("no");
                    });
    };
    const int rows = co_await transact(0);
    CHECK(rows == 1);
    CHECK(log == words{"commit", "goodbye"});
    log.clear();
    co_await coil::race(transact(1), give_way(1));
    CHECK(log == words{"roll back", "goodbye"});
    log.clear();
    const auto failed = co_await as_outcome(transact(2));
    CHECK(failed.has_error());
    CHECK(log == words{"roll back", "goodbye"});
}

COIL_TEST("with: if a maker fails, what was made before is dropped") {
    words log;
    auto fail = []() -> resource { throw std::runtime_error("no second"); };
    auto body = [&](resource& a, resource&) { return use(log, a); };
    auto ended = co_await as_outcome(with(resource(log, "first"), fail, body));
    CHECK_THROWS_WITH(ended.take(), "no second");
    CHECK(log == words{"drop first", "dropped first"});
}
#endif

namespace {
task<> log_end(words& log, bool is_done) {
    log.emplace_back(is_done ? "commit" : "roll back");
    co_return;
}
/// Its drop is a plain function, which looks at the object and gives another's task.
struct forwarding {
    words& log;
    bool is_done = false;
    task<> async_drop() { return log_end(log, is_done); }
};
struct forwarding_reason {
    words& log;
    task<> async_drop(exit_reason why) {
        return log_end(log, why == exit_reason::returned);
    }
};
}  // namespace

COIL_TEST("with: a drop that only forwards is called when the body has ended") {
    words log;
    for (int i = 0; i < 2; ++i) {
        co_await coil::with(forwarding{log}, [](forwarding& f) { f.is_done = true; });
        (void)co_await as_outcome(coil::with(
            forwarding_reason{log},
            [](forwarding_reason&) -> task<> { co_await coil::stop_here(); }));
    }
    CHECK(log == words{"commit", "roll back", "commit", "roll back"});
}

#if !defined(NDEBUG)
TEST_CASE("with: one that nobody awaits ends a debug build") {
    const std::string said = coil::testing::last_words_of([]() -> coil::local_task<> {
        words log;
        [[maybe_unused]] auto idle = coil::with(resource(log, "r"), [](resource&) {});
        co_return;
    });
    CHECK(coil::testing::says(said, "a with, own or drop was never awaited"));
}
#endif
