// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store.hpp"

namespace orders {
namespace {

class statement {
public:
    statement(sqlite3* db, const char* sql) : db_(db) {
        check(sqlite3_prepare_v2(db, sql, -1, &prepared_, nullptr));
    }
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement() { sqlite3_finalize(prepared_); }

    void bind(int at, const std::string& text) {
        check(sqlite3_bind_text(prepared_, at, text.c_str(), -1, SQLITE_TRANSIENT));
    }
    void bind(int at, int number) { check(sqlite3_bind_int(prepared_, at, number)); }
    bool step() { return check(sqlite3_step(prepared_)) == SQLITE_ROW; }
    std::int64_t number(int column) { return sqlite3_column_int64(prepared_, column); }
    std::string text(int column) {
        return reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
    }

private:
    int check(int code) {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return code;
        throw store_error(sqlite3_errmsg(db_));
    }
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
    for (const char* sql : {"pragma journal_mode = wal", "pragma synchronous = full",
                            "create table if not exists orders (id integer primary key,"
                            " item text not null, quantity integer not null)"}) {
        statement(writing_.get(), sql).step();
    }
    (void)turn_.try_send({});
}

coil::task<> store::execute(const char* sql) {
    co_await coil::blocking([&] { statement(writing_.get(), sql).step(); });
}

coil::task<store::writer> store::write() {
    (void)co_await turn_.receive();
    co_return writer(*this);
}

coil::task<> store::writer::async_drop() {
    (void)store_->turn_.try_send({});
    co_return;
}

coil::task<store::transaction> store::writer::begin() {
    co_await store_->execute("begin immediate");
    ++store_->begun;
    co_return transaction(*store_);
}

coil::task<std::int64_t> store::transaction::insert(const order& placed) {
    sqlite3* const db = store_->writing_.get();
    auto insert = [db, &placed] {
        statement sql(db, "insert into orders (item, quantity) values (?, ?)");
        sql.bind(1, placed.item);
        sql.bind(2, placed.quantity);
        sql.step();
        return std::int64_t{sqlite3_last_insert_rowid(db)};
    };
    co_return co_await coil::blocking(insert,
                                      {.interrupt = [db] { sqlite3_interrupt(db); }});
}

coil::task<> store::transaction::commit() {
    co_await store_->execute("commit");
    is_committed_ = true;
    ++store_->committed;
}

coil::task<> store::transaction::async_drop() {
    if (is_committed_) co_return;
    // An error may have rolled it back already; then there is nothing left to undo.
    if (sqlite3_get_autocommit(store_->writing_.get()) == 0) {
        co_await store_->execute("rollback");
    }
    ++store_->rolled_back;
}

coil::task<std::vector<order>> store::newest(int count) {
    co_return co_await coil::blocking([&] {
        statement sql(reading_.get(),
                      "select id, item, quantity from orders order by id desc limit ?");
        sql.bind(1, count);
        std::vector<order> found;
        while (sql.step()) {
            found.push_back(
                {sql.number(0), sql.text(1), static_cast<int>(sql.number(2)), {}});
        }
        return found;
    });
}

coil::task<std::int64_t> store::count() {
    co_return co_await coil::blocking([&] {
        statement sql(reading_.get(), "select count(*) from orders");
        sql.step();
        return sql.number(0);
    });
}

}  // namespace orders
