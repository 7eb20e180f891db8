// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transactions on real databases, however they end. What counts is what the database
// was told: SQLite's trace, and the log of the server that with_postgres.sh starts.
#include <coil/coil.hpp>
#include <coil/testing/test.hpp>

#include <doctest/doctest.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

using namespace coil;
using namespace std::chrono_literals;
using testing::words;

namespace {

/// A connection whose calls wait, on the pool for them.
class sqlite {
public:
    static constexpr const char* slow =
        "WITH RECURSIVE r AS (VALUES (1) UNION ALL SELECT * FROM r) SELECT max(1) FROM "
        "r";
    sqlite() {
        sqlite3* opened = nullptr;
        REQUIRE(::sqlite3_open(":memory:", &opened) == SQLITE_OK);
        db_.reset(opened);
        auto hear = [](unsigned, void* to, void*, void* text) {
            static_cast<words*>(to)->emplace_back(static_cast<const char*>(text));
            return 0;
        };
        ::sqlite3_trace_v2(opened, SQLITE_TRACE_STMT, hear, &heard_);
    }
    task<std::string> execute(std::string statement) {
        co_return co_await blocking(
            [this, &statement] { return execute_now(statement.c_str()); },
            {.interrupt = [this] { ::sqlite3_interrupt(db_.get()); }});
    }
    task<> settle() { co_return; }  // the pool's job has ended with its await
    bool is_in_transaction() const { return ::sqlite3_get_autocommit(db_.get()) == 0; }
    words take_heard() { return std::exchange(heard_, {}); }

private:
    std::string execute_now(const char* statement) {
        std::string value;
        auto keep = [](void* to, int, char** row, char**) {
            *static_cast<std::string*>(to) = row[0];
            return 0;
        };
        if (::sqlite3_exec(db_.get(), statement, keep, &value, nullptr) != SQLITE_OK)
            throw std::runtime_error(::sqlite3_errmsg(db_.get()));
        return value;
    }
    std::unique_ptr<sqlite3, decltype(&::sqlite3_close)> db_{nullptr, &::sqlite3_close};
    words heard_;
};

/// A connection whose calls do not wait, but to connect and to cancel a statement.
class postgres {
public:
    static constexpr const char* slow = "SELECT pg_sleep(3600)";
    postgres()
        : server_(::PQconnectdb(""), &::PQfinish),
          watch_(::PQsocket(server_.get())),
          log_(std::string(std::getenv("PGHOST")) + "/log") {
        ::PQsetnonblocking(server_.get(), 1);
    }
    task<std::string> execute(std::string statement) {
        co_await settle();
        last_ = statement;
        if (::PQsendQuery(server_.get(), statement.c_str()) == 0)
            throw std::runtime_error("lost");
        while (::PQflush(server_.get()) > 0) co_await watch_.wait_writable();
        co_return co_await take_result();
    }
    /// A statement that was left running by a stop ends, if need be before its time.
    task<> settle() {
        if (::PQtransactionStatus(server_.get()) != PQTRANS_ACTIVE) co_return;
        if (last_ != "COMMIT")
            co_await blocking([this] {
                const std::unique_ptr<PGcancel, decltype(&::PQfreeCancel)> order(
                    ::PQgetCancel(server_.get()), &::PQfreeCancel);
                char error[256];
                ::PQcancel(order.get(), error, sizeof(error));
            });
        (void)co_await as_outcome(take_result());
    }
    bool is_in_transaction() const {
        return ::PQtransactionStatus(server_.get()) != PQTRANS_IDLE;
    }
    words take_heard() {
        words heard;  // each line: "LOG:  statement: COMMIT"
        for (std::string line; std::getline(log_, line);)
            heard.push_back(line.substr(std::min(line.size(), line.rfind(": ") + 2)));
        log_.clear();  // there will be more
        return heard;
    }

private:
    task<std::string> take_result() {
        std::string value, error;
        for (;;) {
            while (::PQisBusy(server_.get()) != 0) {
                co_await watch_.wait_readable();
                if (::PQconsumeInput(server_.get()) == 0)
                    throw std::runtime_error("lost");
            }
            [[gsl::suppress("coil-blocking")]]  // it is not busy
            const std::unique_ptr<PGresult, decltype(&::PQclear)> result(
                ::PQgetResult(server_.get()), &::PQclear);
            if (!result) break;
            if (::PQntuples(result.get()) > 0) value = ::PQgetvalue(result.get(), 0, 0);
            error += ::PQresultErrorMessage(result.get());
        }
        if (!error.empty()) throw std::runtime_error(error);
        co_return value;
    }
    std::unique_ptr<PGconn, decltype(&::PQfinish)> server_;
    net::descriptor_watch watch_;
    std::ifstream log_;
    std::string last_;
};

template <class Database>
struct transaction {
    task<> async_drop() {
        co_await on->settle();
        if (on->is_in_transaction()) co_await on->execute("ROLLBACK");
    }
    Database* on;
};

enum class ends { by_commit, early, by_error, stopped, in_statement, in_commit };

template <class Database>
task<> transact(Database& db, ends how, event& is_there) {
    co_await with(transaction<Database>{&db}, [&](auto&) -> task<> {
        co_await db.execute("BEGIN");
        co_await db.execute("INSERT INTO t VALUES (1)");
        if (how == ends::early) co_return;
        if (how == ends::by_error) throw std::runtime_error("no");
        if (how == ends::stopped || how == ends::in_commit) is_there.set();
        if (how == ends::stopped) co_await sleep(1h);
        co_await db.execute(how == ends::in_statement ? Database::slow : "COMMIT");
    });
}

/// How the database was told to end a transaction, and how many rows are there then.
template <class Database>
task<std::string> told(Database& db, ends how) {
    event is_there;
    auto patience = how == ends::in_statement ? 300ms : clock::duration(1h);
    (void)co_await as_outcome(
        race(with_timeout(patience, transact(db, how, is_there)), is_there.wait()));
    std::string all;
    [[gsl::suppress("coil-blocking")]]  // the log is a file
    for (const std::string& each : db.take_heard())
        if (each == "COMMIT" || each == "ROLLBACK") all += each + ' ';
    co_return all + co_await db.execute("SELECT count(*) FROM t");
}

template <class Database>
task<words> told_in_every_way() {
    Database db;
    co_await db.execute("CREATE TABLE t (n integer)");
    words all;
    for (ends how : {ends::early, ends::by_error, ends::stopped, ends::in_statement,
                     ends::by_commit, ends::in_commit})
        all.push_back(co_await told(db, how));
    if (all.back() == "ROLLBACK 1") all.back() = "COMMIT 2";  // is right, too
    co_return all;
}
const words each_once = {"ROLLBACK 0", "ROLLBACK 0", "ROLLBACK 0",
                         "ROLLBACK 0", "COMMIT 1",   "COMMIT 2"};

}  // namespace

TEST_CASE("transaction: on SQLite, each ends by one COMMIT or one ROLLBACK") {
    CHECK(run(told_in_every_way<sqlite>()) == each_once);
}

TEST_CASE("transaction: on PostgreSQL, each ends by one COMMIT or one ROLLBACK") {
    REQUIRE(std::getenv("PGHOST") != nullptr);  // with_postgres.sh says where it is
    CHECK(run(told_in_every_way<postgres>()) == each_once);
}
