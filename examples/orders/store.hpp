// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/coil.hpp>

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

namespace orders {

struct order {
    std::int64_t id = 0;
    std::string item;
    int quantity = 0;
    std::string card;
};

struct store_error : std::runtime_error {
    using runtime_error::runtime_error;
};

/// Orders in SQLite; every call that may block runs on the runtime's pool.
class store {
public:
    class writer;
    class transaction;

    explicit store(const std::string& path);
    coil::task<writer> write();  // SQLite has one writer: the others wait in line
    coil::task<std::vector<order>> newest(int count);
    coil::task<std::int64_t> count();

    std::uint64_t begun = 0, committed = 0, rolled_back = 0;

private:
    struct closer {
        void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
    };
    using database = std::unique_ptr<sqlite3, closer>;
    static database open(const std::string& path);
    coil::task<> execute(const char* sql);

    database writing_;
    database reading_;
    coil::channel<coil::unit, 1> turn_;  // whoever takes it may write
};

/// The right to write; its drop passes it on to the next in line.
class store::writer {
public:
    explicit writer(store& owner) : store_(&owner) {}
    coil::task<transaction> begin();
    coil::task<> async_drop();

private:
    store* store_;
};

/// Rolls back unless it was committed, however its scope is left.
class store::transaction {
public:
    explicit transaction(store& owner) : store_(&owner) {}
    coil::task<std::int64_t> insert(const order& placed);
    coil::task<> commit();
    coil::task<> async_drop();

private:
    store* store_;
    bool is_committed_ = false;
};

}  // namespace orders
