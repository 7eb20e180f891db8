// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Errors: where they are caught, and as what.
#include "traced.hpp"

#include <exception>
#include <stdexcept>
#include <vector>

using namespace alike;

namespace {

void deep(sync_log& log, int depth) {
    const traced local(log, "depth " + std::to_string(depth));
    if (depth == 0) fail(log, "at the bottom");
    if (depth > 0) deep(log, depth - 1);
    log("not here");
}
task<> deep(async_log& log, int depth) {
    const traced local(log, "depth " + std::to_string(depth));
    if (depth == 0) co_await fail(log, "at the bottom");
    if (depth > 0) co_await deep(log, depth - 1);
    log("not here");
}
void through_many(sync_log& log) {
    try {
        const traced outer(log, "outer");
        deep(log, 2);
    } catch (const std::exception& error) {
        log("caught", error.what());
    }
}
task<> through_many(async_log& log) {
    try {
        const traced outer(log, "outer");
        co_await deep(log, 2);
    } catch (const std::exception& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("exception: ends the locals of every function it passes", through_many)

void throw_kind(sync_log& log, int kind) {
    step(log, "throw");
    switch (kind) {
        case 0: throw std::out_of_range("range");
        case 1: throw std::logic_error("logic");
        case 2: throw 42;
        case 3: throw "text";
        default: log("nothing thrown");
    }
}
task<> throw_kind(async_log& log, int kind) {
    co_await step(log, "throw");
    switch (kind) {
        case 0: throw std::out_of_range("range");
        case 1: throw std::logic_error("logic");
        case 2: throw 42;
        case 3: throw "text";
        default: log("nothing thrown");
    }
}
void by_type(sync_log& log) {
    for (int kind = 0; kind < 5; ++kind) {
        try {
            throw_kind(log, kind);
        } catch (const std::out_of_range& error) {
            log("out of range:", error.what());
        } catch (const std::exception& error) {
            log("exception:", error.what());
        } catch (int number) {
            log("number", number);
        } catch (...) {
            log("anything");
        }
    }
}
task<> by_type(async_log& log) {
    for (int kind = 0; kind < 5; ++kind) {
        try {
            co_await throw_kind(log, kind);
        } catch (const std::out_of_range& error) {
            log("out of range:", error.what());
        } catch (const std::exception& error) {
            log("exception:", error.what());
        } catch (int number) {
            log("number", number);
        } catch (...) {
            log("anything");
        }
    }
}
COIL_ALIKE("exception: is caught by its type", by_type)

/// Tells how often it was copied, and what was added to it.
struct report : std::exception {
    explicit report(journal& log) : log_(&log) {}
    report(const report& other) : std::exception(other), log_(other.log_) {
        (*log_)("report copied");
    }
    ~report() override { (*log_)("report gone"); }
    journal* log_;
    int seen = 0;
};
void file_report(sync_log& log) {
    step(log, "file");
    throw report(log);
}
task<> file_report(async_log& log) {
    co_await step(log, "file");
    throw report(log);
}
void sign_report(sync_log& log) {
    try {
        file_report(log);
    } catch (report& changed) {
        ++changed.seen;
        log("signed");
        throw;
    }
}
task<> sign_report(async_log& log) {
    try {
        co_await file_report(log);
    } catch (report& changed) {
        ++changed.seen;
        log("signed");
        throw;
    }
}
void same_object(sync_log& log) {
    try {
        sign_report(log);
    } catch (const report& caught) {
        log("seen by", caught.seen);
    }
    log("end");
}
task<> same_object(async_log& log) {
    try {
        co_await sign_report(log);
    } catch (const report& caught) {
        log("seen by", caught.seen);
    }
    log("end");
}
COIL_ALIKE("exception: stays one object, changed and rethrown on the way", same_object)

void translate(sync_log& log) {
    try {
        fail(log, "no such file");
    } catch (const std::runtime_error&) {
        std::throw_with_nested(std::logic_error("cannot start"));
    }
}
task<> translate(async_log& log) {
    try {
        co_await fail(log, "no such file");
    } catch (const std::runtime_error&) {
        std::throw_with_nested(std::logic_error("cannot start"));
    }
}
void tell_all(journal& log, const std::exception& error) {
    log("because:", error.what());
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception& inner) {
        tell_all(log, inner);
    }
}
void nested(sync_log& log) {
    try {
        translate(log);
    } catch (const std::exception& error) {
        tell_all(log, error);
    }
}
task<> nested(async_log& log) {
    try {
        co_await translate(log);
    } catch (const std::exception& error) {
        tell_all(log, error);
    }
}
COIL_ALIKE("exception: one nested in another arrives with it", nested)

// A handler cannot wait, so the async half keeps the error until it has cleaned up.
void clean_up(sync_log& log) {
    const traced local(log, "local");
    try {
        fail(log, "half way");
    } catch (...) {
        step(log, "clean up");
        throw;
    }
}
task<> clean_up(async_log& log) {
    const traced local(log, "local");
    std::exception_ptr error;
    try {
        co_await fail(log, "half way");
    } catch (...) {
        error = std::current_exception();
    }
    co_await step(log, "clean up");
    std::rethrow_exception(error);
}
void cleans_up(sync_log& log) {
    try {
        clean_up(log);
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
task<> cleans_up(async_log& log) {
    try {
        co_await clean_up(log);
    } catch (const std::runtime_error& error) {
        log("caught", error.what());
    }
}
COIL_ALIKE("exception: work is undone, then it goes on", cleans_up)

void try_all(sync_log& log) {
    int failed = 0;
    for (int i = 0; i < 4; ++i) {
        const traced round(log, "round");
        try {
            if (i % 2 == 0) fail(log, "even");
            step(log, "odd");
        } catch (const std::runtime_error& error) {
            log("caught", error.what());
            ++failed;
            if (failed == 2) break;
            continue;
        }
        log("next");
    }
}
task<> try_all(async_log& log) {
    int failed = 0;
    for (int i = 0; i < 4; ++i) {
        const traced round(log, "round");
        try {
            if (i % 2 == 0) co_await fail(log, "even");
            co_await step(log, "odd");
        } catch (const std::runtime_error& error) {
            log("caught", error.what());
            ++failed;
            if (failed == 2) break;
            continue;
        }
        log("next");
    }
}
COIL_ALIKE("exception: break and continue in a handler", try_all)

int recover(sync_log& log, int attempts) try {
    const traced local(log, "attempt");
    if (get(log, attempts) > 1) fail(log, "once more");
    return attempts;
} catch (const std::runtime_error& error) {
    log("recovered from", error.what());
    return -attempts;
}
task<int> recover(async_log& log, int attempts) try {
    const traced local(log, "attempt");
    if (co_await get(log, attempts) > 1) co_await fail(log, "once more");
    co_return attempts;
} catch (const std::runtime_error& error) {
    log("recovered from", error.what());
    co_return -attempts;
}
void function_try(sync_log& log) {
    log("gave", recover(log, 1));
    log("gave", recover(log, 2));
}
task<> function_try(async_log& log) {
    log("gave", co_await recover(log, 1));
    log("gave", co_await recover(log, 2));
}
COIL_ALIKE("exception: a function that is one try gives a value", function_try)

void escapes(sync_log& log) {
    const traced local(log, "local");
    step(log, "before");
    fail(log, "to the very top");
}
task<> escapes(async_log& log) {
    const traced local(log, "local");
    co_await step(log, "before");
    co_await fail(log, "to the very top");
}
COIL_ALIKE("exception: one that nobody catches leaves the program", escapes)

}  // namespace
