// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace orders {

struct store_error : std::runtime_error {
    using runtime_error::runtime_error;
};

using database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

inline database open(const std::string& path) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(path.c_str(), &opened);
    database db(opened, &sqlite3_close);
    if (code != SQLITE_OK) throw store_error(path + ": " + sqlite3_errmsg(opened));
    sqlite3_busy_timeout(opened, 2000);
    return db;
}

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

}  // namespace orders
