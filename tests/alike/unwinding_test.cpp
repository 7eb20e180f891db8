// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an error ends on its way, and what destructors can tell of it.
#include "traced.hpp"

#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

using namespace alike;

namespace {

int use(sync_log& log, const traced& a, int b, const traced& c) {
    log("not here", a.name(), b, c.name());
    return 0;
}
task<int> use(async_log& log, const traced& a, int b, const traced& c) {
    log("not here", a.name(), b, c.name());
    co_await log.pause();
    co_return 0;
}
void among_arguments(sync_log& log) {
    try {
        use(log, traced(log, "made"), fail(log, "second"), traced(log, "never made"));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> among_arguments(async_log& log) {
    try {
        co_await use(log, traced(log, "made"), co_await fail(log, "second"),
                     traced(log, "never made"));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE_ON_CLANG("unwinding: arguments that were made end", among_arguments)

struct three {
    traced a;
    traced b;
    int c;
};
void among_braces(sync_log& log) {
    try {
        const three whole{make(log, "a"), make(log, "b"), fail(log, "c")};
        log("not here", whole.c);
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> among_braces(async_log& log) {
    try {
        const three whole{co_await make(log, "a"), co_await make(log, "b"),
                          co_await fail(log, "c")};
        log("not here", whole.c);
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE_ON_CLANG("unwinding: members of a list that were made end", among_braces)

// A constructor cannot wait; the async half has a function that makes the object.
struct service {
    explicit service(sync_log& log) : first(log, "first"), second(make(log, "second")) {
        fail(log, "third");
    }
    service(traced a, traced b) : first(std::move(a)), second(std::move(b)) {}
    traced first;
    traced second;
};
task<service> make_service(async_log& log) {
    traced first(log, "first");
    traced second = co_await make(log, "second");
    co_await fail(log, "third");
    co_return service(std::move(first), std::move(second));
}
void in_a_constructor(sync_log& log) {
    try {
        const service whole(log);
        log("not here");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> in_a_constructor(async_log& log) {
    try {
        const service whole = co_await make_service(log);
        log("not here");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("unwinding: what was built when construction fails ends", in_a_constructor)

/// Says at its end how many errors are on their way.
class witness {
public:
    witness(journal& log, const char* name) : log_(&log), name_(name) {}
    witness(witness&& other) noexcept
        : log_(std::exchange(other.log_, nullptr)),
          name_(other.name_) {}
    ~witness() {
        if (log_ != nullptr) (*log_)(name_, "saw", std::uncaught_exceptions());
    }

private:
    journal* log_;
    const char* name_;
};
/// Handles an error of its own while it ends.
struct careful {
    journal& log;
    ~careful() {
        try {
            const witness inside(log, "inside a destructor");
            throw std::logic_error("its own");
        } catch (const std::logic_error& error) {
            log("handled", error.what(), std::uncaught_exceptions());
        }
    }
};

void fail_seen(sync_log& log) {
    const witness inner(log, "inner");
    const careful own{log};
    fail(log, "seen");
}
[[gsl::suppress("coil-async-drop")]] task<> fail_seen(async_log& log) {
    const witness inner(log, "inner");
    const careful own{log};
    co_await fail(log, "seen");
}
void counts_errors(sync_log& log) {
    {
        const witness returning(log, "returning");
        const careful own{log};
        step(log, "work");
    }
    try {
        const witness outer(log, "outer");
        fail_seen(log);
    } catch (const std::runtime_error&) {
        const witness handling(log, "in the handler");
    }
    const witness after(log, "after");
    step(log, "more work");
}
[[gsl::suppress("coil-async-drop")]] task<> counts_errors(async_log& log) {
    {
        const witness returning(log, "returning");
        const careful own{log};
        co_await step(log, "work");
    }
    try {
        const witness outer(log, "outer");
        co_await fail_seen(log);
    } catch (const std::runtime_error&) {
        const witness handling(log, "in the handler");
    }
    const witness after(log, "after");
    co_await step(log, "more work");
}
COIL_ALIKE("unwinding: destructors can tell that an error passes", counts_errors)

/// Commits when its scope ends, unless an error ends it.
class transaction {
public:
    explicit transaction(journal& log) : log_(log) { log_("begin"); }
    transaction(const transaction&) = delete;
    ~transaction() {
        log_(std::uncaught_exceptions() > before_ ? "roll back" : "commit");
    }

private:
    journal& log_;
    int before_ = std::uncaught_exceptions();
};
void transfer(sync_log& log, int amount) {
    const transaction whole(log);
    step(log, "take");
    if (amount > 10) fail(log, "too much");
    step(log, "give");
}
[[gsl::suppress("coil-async-drop")]] task<> transfer(async_log& log, int amount) {
    const transaction whole(log);
    co_await step(log, "take");
    if (amount > 10) co_await fail(log, "too much");
    co_await step(log, "give");
}
void transactions(sync_log& log) {
    for (const int amount : {5, 50}) {
        try {
            transfer(log, amount);
        } catch (const std::runtime_error& error) {
            log("caught", error.what());
        }
    }
}
task<> transactions(async_log& log) {
    for (const int amount : {5, 50}) {
        try {
            co_await transfer(log, amount);
        } catch (const std::runtime_error& error) {
            log("caught", error.what());
        }
    }
}
COIL_ALIKE("unwinding: a transaction is rolled back by an error only", transactions)

void take_witness(sync_log& log, witness) {
    fail(log, "with a parameter");
}
task<> take_witness(async_log& log, witness) {
    co_await fail(log, "with a parameter");
}
void parameters(sync_log& log) {
    try {
        take_witness(log, witness(log, "parameter"));
    } catch (const std::runtime_error&) {
        log("caught");
    }
}
task<> parameters(async_log& log) {
    try {
        co_await take_witness(log, witness(log, "parameter"));
    } catch (const std::runtime_error&) {
        log("caught");
    }
}
COIL_ALIKE("unwinding: parameters' destructors see the error, too", parameters)

/// Fails when its scope ends.
struct throws_at_end {
    journal& log;
    ~throws_at_end() noexcept(false) {
        log("at the end");
        throw std::runtime_error("from a destructor");
    }
};
int fails_at_end(sync_log& log) {
    const traced local(log, "local");
    const throws_at_end guard{log};
    step(log, "work");
    return 1;
}
task<int> fails_at_end(async_log& log) {
    const traced local(log, "local");
    const throws_at_end guard{log};
    co_await step(log, "work");
    co_return 1;
}
void from_a_destructor(sync_log& log) {
    try {
        log("not here", fails_at_end(log));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> from_a_destructor(async_log& log) {
    try {
        log("not here", co_await fails_at_end(log));
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("unwinding: an error of a destructor replaces the result", from_a_destructor)

void in_loop_parts(sync_log& log) {
    try {
        for (const traced each(log, "init"); get(log, true); fail(log, "step"))
            const traced body(log, "body");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> in_loop_parts(async_log& log) {
    try {
        for (const traced each(log, "init"); co_await get(log, true);
             co_await fail(log, "step"))
            const traced body(log, "body");
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("unwinding: an error in a loop's step ends what it declared", in_loop_parts)

}  // namespace
