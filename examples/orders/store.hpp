// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/coil.hpp>

#include "statement.hpp"

#include <atomic>
#include <vector>

namespace orders {

struct order {
    std::int64_t id = 0;
    std::string item;
    int quantity = 0;
    std::string card = {};
};

/// Orders in SQLite; every call that may block runs on the runtime's pool.
class store {
public:
    explicit store(const std::string& path)
        : writing_(open(path)),
          reading_(open(path)) {
        for (const char* sql :
             {"pragma journal_mode = wal", "pragma synchronous = full",
              "create table if not exists orders (id integer primary "
              "key, item text not null, quantity integer not null)"}) {
            statement(writing_.get(), sql).step();
        }
        (void)turn_.try_send({});
    }

    /// Rolls back unless it was committed, however its scope is left.
    class transaction {
    public:
        explicit transaction(store& owner) : store_(&owner) {}
        coil::task<std::int64_t> insert(const order& placed) {
            sqlite3* const db = store_->writing_.get();
            auto insert = [db, &placed] {
                statement sql(db, "insert into orders (item, quantity) values (?, ?)");
                sql.bind(1, placed.item);
                sql.bind(2, placed.quantity);
                sql.step();
                return std::int64_t{sqlite3_last_insert_rowid(db)};
            };
            auto interrupt = [db] { sqlite3_interrupt(db); };
            co_return co_await coil::blocking(insert, {.interrupt = interrupt});
        }
        coil::task<> commit() {
            co_await store_->execute("commit");
            is_committed_ = true;
            ++store_->committed;
        }
        coil::task<> async_drop() {
            if (is_committed_) co_return;
            // An error may have rolled it back already: then there is nothing to undo.
            const bool is_open = sqlite3_get_autocommit(store_->writing_.get()) == 0;
            if (is_open) co_await store_->execute("rollback");
            ++store_->rolled_back;
        }

    private:
        store* store_;
        bool is_committed_ = false;
    };

    /// The right to write; its drop passes it on to the next in line.
    class writer {
    public:
        explicit writer(store& owner) : store_(&owner) {}
        coil::task<transaction> begin() {
            co_await store_->execute("begin immediate");
            ++store_->begun;
            co_return transaction(*store_);
        }
        coil::task<> async_drop() {
            (void)store_->turn_.try_send({});
            co_return;
        }

    private:
        store* store_;
    };

    coil::task<writer> write() {  // SQLite has one writer: the others wait in line
        (void)co_await turn_.receive();
        co_return writer(*this);
    }
    coil::task<std::vector<order>> newest(int count) {
        co_return co_await coil::blocking([&] {
            statement sql(reading_.get(),
                          "select * from orders order by id desc limit ?");
            sql.bind(1, count);
            std::vector<order> found;
            while (sql.step()) {
                found.push_back(
                    {sql.number(0), sql.text(1), static_cast<int>(sql.number(2))});
            }
            return found;
        });
    }
    coil::task<std::int64_t> count() {
        co_return co_await coil::blocking([&] {
            statement sql(reading_.get(), "select count(*) from orders");
            sql.step();
            return sql.number(0);
        });
    }

    std::atomic<std::uint64_t> begun = 0, committed = 0, rolled_back = 0;

private:
    coil::task<> execute(const char* sql) {
        co_await coil::blocking([&] { statement(writing_.get(), sql).step(); });
    }

    database writing_;
    database reading_;
    coil::channel<coil::unit, 1> turn_;  // whoever takes it may write
};

}  // namespace orders
