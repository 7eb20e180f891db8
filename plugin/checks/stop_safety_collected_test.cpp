// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What collects items in a container of its own, and is stopped in the middle.
#include <coil/core/as_outcome.hpp>
#include <coil/core/core.hpp>
#include <coil/stream/for.hpp>
#include <coil/sync/channel.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;

struct record {
    std::string key;
    int size = 0;
};
using records = std::vector<record>;
using queue_of_records = coil::channel<record>;
struct connection {
    coil::task<std::size_t> read(std::span<std::byte> into);
    coil::task<std::string> read_line();
};
struct table {
    coil::task<record> read(int key);
};
bool is_late();
void use(const record& item);
coil::task<> keep(const record& item);
coil::task<> ship(const records& all);

// Collects, and gives it back when it has all.

coil::task<records> batch_of(queue_of_records& from) {
    records batch;
    while (batch.size() < 32) {
        auto taken = co_await from.next();
        if (!taken) break;
        batch.push_back(std::move(*taken));
    }
    co_return batch;
}
coil::task<records> batch_by_a_condition(queue_of_records* from) {
    records batch;
    batch.reserve(32);
    while (auto taken = co_await from->next()) {
        batch.emplace_back(*taken);
        if (batch.size() == 32) co_return batch;
    }
    co_return batch;
}
coil::task<records> batch_of_shared(std::shared_ptr<queue_of_records> from) {
    records batch;
    for (int i = 0; i < 3; ++i) batch.push_back((co_await from->next()).value());
    co_return batch;
}
coil::task<records> batch_by_a_loop(queue_of_records& from) {
    records batch;
    COIL_FOR(auto&& item, from) batch.push_back(std::move(item));
    co_return batch;
}
coil::task<std::map<std::string, int>> sizes_of(queue_of_records& from) {
    std::map<std::string, int> sizes;
    while (auto taken = co_await from.next()) {
        const int size = taken->size;
        if (size > 0) sizes[taken->key] = size;
        if (taken->key == "end") break;
    }
    co_return sizes;
}
coil::task<std::map<std::string, records>> groups_of(queue_of_records& from) {
    std::map<std::string, records> groups;
    while (auto taken = co_await from.next()) groups[taken->key].push_back(*taken);
    co_return groups;
}
coil::task<std::string> text_of(connection& from) {
    std::string text;
    while (!text.ends_with("\n\n")) text += co_await from.read_line();
    co_return text;
}
coil::task<std::string> bytes_of(connection& from) {
    std::array<std::byte, 64> part;
    std::string text;
    while (const std::size_t got = co_await from.read(part))
        text.append(reinterpret_cast<const char*>(part.data()), got);
    co_return text;
}

coil::task<> tries_again(queue_of_records& from) {
    // expected-warning@+1 {{'batch_of' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, batch_of(from))) {}
}
coil::task<> goes_on_by_a_race(queue_of_records& from) {
    for (;;) {
        // expected-warning@+1 {{'batch_by_a_condition' loses what it has collected}}
        auto won = co_await coil::race(coil::sleep(1s), batch_by_a_condition(&from));
        if (won.index() == 1) co_await ship({});
    }
}
coil::task<> goes_on_with_shared(std::shared_ptr<queue_of_records> from) {
    // expected-warning@+1 {{'batch_of_shared' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, batch_of_shared(from))) {}
}
coil::task<> goes_on_with_a_loop(queue_of_records& from) {
    // expected-warning@+1 {{'batch_by_a_loop' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, batch_by_a_loop(from))) {}
}
coil::task<> goes_on_with_a_map(queue_of_records& from) {
    // expected-warning@+1 {{'sizes_of' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, sizes_of(from))) {}
}
coil::task<> goes_on_with_groups(queue_of_records& from) {
    // expected-warning@+1 {{'groups_of' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, groups_of(from))) {}
}
coil::task<> goes_on_with_lines(connection& from) {
    // expected-warning@+1 {{'text_of' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, text_of(from))) {}
}
coil::task<> goes_on_with_bytes(connection& from) {
    // expected-warning@+1 {{'bytes_of' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, bytes_of(from))) {}
}
coil::task<> takes_the_next_itself(queue_of_records& from) {
    // expected-warning@+1 {{'batch_of' loses what it has collected from 'from'}}
    const auto batch = co_await coil::with_timeout(1s, batch_of(from));
    if (!batch)
        if (auto last = co_await from.next()) use(*last);
}
coil::task<records> batch_of_batch(queue_of_records& from) {
    co_return co_await batch_of(from);
}
coil::task<> tries_what_calls_it(queue_of_records& from) {
    // expected-warning@+1 {{'batch_of_batch' loses what it has collected from 'from'}}
    while (!co_await coil::with_timeout(1s, batch_of_batch(from))) {}
}
coil::task<> tries_a_lambda(queue_of_records& from) {
    for (;;) {
        const auto collect = [&]() -> coil::task<records> {
            records all;
            while (auto taken = co_await from.next()) all.push_back(std::move(*taken));
            co_return all;
        };
        // expected-warning@+1 {{this lambda loses what it has collected from 'from'}}
        (void)co_await coil::with_timeout(1s, collect());
    }
}
coil::task<> tries_a_lambda_once(queue_of_records& from) {
    for (;;) {
        // expected-warning@+1 {{this lambda loses what it has collected from 'from'}}
        auto collect = coil::call_once([&]() -> coil::task<records> {
            records all;
            while (auto taken = co_await from.next()) all.push_back(std::move(*taken));
            co_return all;
        });
        (void)co_await coil::with_timeout(1s, std::move(collect));
    }
}
coil::task<> collects_outside_of_a_lambda(queue_of_records& from) {
    records all;
    for (;;) {
        const auto collect = [&]() -> coil::task<> {
            while (auto taken = co_await from.next()) all.push_back(std::move(*taken));
        };
        (void)co_await coil::with_timeout(1s, collect());
    }
}
class shipper {
public:
    coil::task<> run() {
        for (;;) {
            // expected-warning@+1 {{'batch' loses what it has collected from 'items_'}}
            const auto got = co_await coil::with_timeout(1s, batch());
            if (got) co_await ship(*got);
        }
    }

private:
    coil::task<records> batch() {
        records all;
        while (auto taken = co_await items_.next()) all.push_back(std::move(*taken));
        co_return all;
    }
    queue_of_records items_{32};
};

// Right: nothing more is taken from there.

coil::task<> gives_up(queue_of_records& from) {
    const auto batch = co_await coil::with_timeout(1s, batch_of(from));
    if (batch) co_await ship(*batch);
}
coil::task<> leaves_when_late(queue_of_records& from) {
    while (const auto batch = co_await coil::with_timeout(1s, batch_of(from)))
        co_await ship(*batch);
}
coil::task<> shields_it(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, coil::shield(batch_of(from)))) {}
}

// Right: what was collected outlives the stop.

coil::task<> fill(queue_of_records& from, records& batch) {
    while (batch.size() < 32) {
        auto taken = co_await from.next();
        if (!taken) break;
        batch.push_back(std::move(*taken));
    }
}
coil::task<> collects_for_the_caller(queue_of_records& from) {
    records batch;
    while (!co_await coil::with_timeout(1s, fill(from, batch))) {}
}
class keeper {
public:
    coil::task<> run(queue_of_records& from) {
        while (!co_await coil::with_timeout(1s, fill(from))) {}
    }

private:
    coil::task<> fill(queue_of_records& from) {
        while (auto taken = co_await from.next()) all_.push_back(std::move(*taken));
    }
    records all_;
};
coil::task<records> batch_until_stopped(queue_of_records& from) {
    records batch;
    for (;;) {
        auto taken = co_await coil::as_outcome(from.next());
        if (!taken.has_value() || !taken.value()) co_return batch;
        batch.push_back(std::move(*taken.value()));
    }
}
coil::task<> looks_at_the_stop_itself(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, batch_until_stopped(from))) {}
}
coil::task<> stops_one_await(queue_of_records& from) {
    records batch;
    while (batch.size() < 32) {
        auto taken = co_await coil::with_timeout(1s, from.next());
        if (taken && *taken) batch.push_back(std::move(**taken));
    }
}

// Right: somebody else has seen each item, or it is there to be had again.

coil::task<std::vector<std::string>> seen_keys(queue_of_records& from) {
    std::vector<std::string> seen;
    while (auto taken = co_await from.next()) {
        co_await keep(*taken);
        seen.push_back(taken->key);
    }
    co_return seen;
}
coil::task<> handles_each(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, seen_keys(from))) {}
}
coil::task<> ship_all(queue_of_records& from) {
    records batch;
    while (auto taken = co_await from.next()) {
        batch.push_back(std::move(*taken));
        co_await ship(batch);
        batch.clear();
    }
}
coil::task<> ships_each(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, ship_all(from))) {}
}
coil::task<records> rows_of(table& from) {
    records rows;
    for (int i = 0; i < 3; ++i) rows.push_back(co_await from.read(i));
    co_return rows;
}
coil::task<> reads_the_same_again(table& from) {
    while (!co_await coil::with_timeout(1s, rows_of(from))) {}
}
coil::task<records> each_alone(queue_of_records& from) {
    records last;
    while (auto taken = co_await from.next()) {
        records alone;
        alone.push_back(std::move(*taken));
        co_await ship(alone);
    }
    co_return last;
}
coil::task<> ships_each_alone(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, each_alone(from))) {}
}
coil::task<int> sum_of(queue_of_records& from) {
    int sum = 0;
    records batch;
    while (auto taken = co_await from.next()) sum += taken->size;
    co_return sum;
}
coil::task<> adds_up(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, sum_of(from))) {}
}

// Not seen: what is collected in an optional, or in a class of one's own.

coil::task<std::optional<record>> last_of(queue_of_records& from) {
    std::optional<record> last;
    while (auto taken = co_await from.next()) last = std::move(*taken);
    co_return last;
}
coil::task<> takes_the_last(queue_of_records& from) {
    while (!co_await coil::with_timeout(1s, last_of(from))) {}
}
