// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/coil.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
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

class store;

/// The right to write: SQLite has one writer, everybody else waits in line.
class writer {
public:
    explicit writer(store& owner) : store_(&owner) {}
    coil::task<class transaction> begin();
    coil::task<> async_drop();

private:
    store* store_;
};

/// Rolls back unless it was committed, however its scope is left.
class transaction {
public:
    explicit transaction(store& owner) : store_(&owner) {}
    coil::task<std::int64_t> insert(const order& placed);
    coil::task<> commit();
    coil::task<> async_drop();

private:
    store* store_;
    bool is_committed_ = false;
};

struct store_counts {
    std::uint64_t begun = 0;
    std::uint64_t committed = 0;
    std::uint64_t rolled_back = 0;
};

/// Orders in SQLite; every call that may block runs on the runtime's pool.
class store {
public:
    explicit store(const std::string& path);

    /// Waits in line for the right to write.
    coil::task<writer> write();
    coil::task<std::vector<order>> newest(int count);
    coil::task<std::int64_t> count();
    [[nodiscard]] const store_counts& counts() const noexcept { return counts_; }

private:
    friend writer;
    friend transaction;
    struct closer {
        void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
    };
    using database = std::unique_ptr<sqlite3, closer>;
    struct token {};

    static database open(const std::string& path);
    coil::task<> execute(const char* sql, bool may_be_interrupted);

    database writing_;
    database reading_;
    coil::channel<token, 1> turn_;  // whoever takes the token may write
    store_counts counts_;
};

}  // namespace orders
