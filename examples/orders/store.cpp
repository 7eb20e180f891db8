// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store.hpp"

namespace orders {

namespace {

void check(sqlite3* db, int code) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    throw store_error(sqlite3_errmsg(db));
}

class statement {
public:
    statement(sqlite3* db, const char* sql) : db_(db) {
        check(db, sqlite3_prepare_v2(db, sql, -1, &prepared_, nullptr));
    }
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement() { sqlite3_finalize(prepared_); }

    void bind(int at, const std::string& text) {
        const auto size = static_cast<int>(text.size());
        check(db_, sqlite3_bind_text(prepared_, at, text.data(), size, SQLITE_TRANSIENT));
    }
    void bind(int at, int number) { check(db_, sqlite3_bind_int(prepared_, at, number)); }
    bool step() {
        const int code = sqlite3_step(prepared_);
        check(db_, code);
        return code == SQLITE_ROW;
    }
    std::int64_t number(int column) { return sqlite3_column_int64(prepared_, column); }
    std::string text(int column) {
        return reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
    }

private:
    sqlite3* db_;
    sqlite3_stmt* prepared_ = nullptr;
};

}  // namespace

store::database store::open(const std::string& path) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(path.c_str(), &opened);
    database db(opened);
    if (code != SQLITE_OK) throw store_error(path + ": " + sqlite3_errmsg(opened));
    sqlite3_busy_timeout(opened, 2000);
    return db;
}

store::store(const std::string& path) : writing_(open(path)), reading_(open(path)) {
    for (const char* sql :
         {"pragma journal_mode = wal", "pragma synchronous = normal",
          "create table if not exists orders"
          " (id integer primary key, item text not null, quantity integer not null)"}) {
        statement(writing_.get(), sql).step();
    }
    (void)turn_.try_send(token{});
}

coil::task<> store::execute(const char* sql, bool may_be_interrupted) {
    sqlite3* const db = writing_.get();
    coil::blocking_options options;
    if (may_be_interrupted) options.interrupt = [db] { sqlite3_interrupt(db); };
    co_await coil::blocking([db, sql] { statement(db, sql).step(); }, options);
}

coil::task<writer> store::write() {
    (void)co_await turn_.receive();
    co_return writer(*this);
}

coil::task<> writer::async_drop() {
    (void)store_->turn_.try_send(store::token{});
    co_return;
}

coil::task<transaction> writer::begin() {
    co_await store_->execute("begin immediate", false);
    ++store_->counts_.begun;
    co_return transaction(*store_);
}

coil::task<std::int64_t> transaction::insert(const order& placed) {
    sqlite3* const db = store_->writing_.get();
    co_return co_await coil::blocking(
        [db, &placed] {
            statement insert(db, "insert into orders (item, quantity) values (?, ?)");
            insert.bind(1, placed.item);
            insert.bind(2, placed.quantity);
            insert.step();
            return std::int64_t{sqlite3_last_insert_rowid(db)};
        },
        {.interrupt = [db] { sqlite3_interrupt(db); }});
}

coil::task<> transaction::commit() {
    co_await store_->execute("commit", false);
    is_committed_ = true;
    ++store_->counts_.committed;
}

coil::task<> transaction::async_drop() {
    if (is_committed_) co_return;
    // An error may have rolled it back already; then there is nothing left to undo.
    if (sqlite3_get_autocommit(store_->writing_.get()) == 0) {
        co_await store_->execute("rollback", false);
    }
    ++store_->counts_.rolled_back;
}

coil::task<std::vector<order>> store::newest(int count) {
    co_return co_await coil::blocking([this, count] {
        statement query(reading_.get(),
                        "select id, item, quantity from orders order by id desc limit ?");
        query.bind(1, count);
        std::vector<order> found;
        while (query.step()) {
            found.push_back({query.number(0), query.text(1), static_cast<int>(query.number(2)), {}});
        }
        return found;
    });
}

coil::task<std::int64_t> store::count() {
    co_return co_await coil::blocking([this] {
        statement query(reading_.get(), "select count(*) from orders");
        query.step();
        return query.number(0);
    });
}

}  // namespace orders
