// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "feed.hpp"
#include "store.hpp"
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace orders {

using coil::http::request;
using coil::http::response;
using nlohmann::json;
using namespace std::chrono_literals;

extern const std::string page;

inline json to_json(const order& o) {
    return {{"id", o.id}, {"item", o.item}, {"quantity", o.quantity}};
}

inline order parse_order(const std::string& body) {
    try {
        const json read = json::parse(body);
        return {0, read.at("item"), read.at("quantity"), read.value("card", "fast")};
    } catch (const json::exception&) {
        throw coil::http::status_error(coil::http::status::bad_request,
                                       "want {\"item\": text, \"quantity\": number}\n");
    }
}

/// Asks the card company, which takes its time with slow cards.
inline coil::task<> charge(const order& placed) {
    co_await coil::sleep(placed.card == "slow" ? 2000ms : 1ms);
}

/// How long the latest requests took.
class latencies {
public:
    void add(coil::clock::duration taken) { latest_[next_++ % latest_.size()] = taken; }
    [[nodiscard]] std::int64_t percentile_us(std::size_t percent) const {
        const std::size_t count = std::min(next_, latest_.size());
        if (count == 0) return 0;
        auto sorted = latest_;
        std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count));
        return sorted[(count - 1) * percent / 100] / 1us;
    }

private:
    std::array<coil::clock::duration, 4096> latest_{};
    std::size_t next_ = 0;
};

class service {
public:
    explicit service(store& orders) : store_(orders) {}

    /// The whole application: middleware around routes, each an async closure.
    auto handler() {
        auto measure = [this](request& r, const auto& next) -> coil::task<response> {
            const coil::instant begun = coil::now();
            response made = co_await next(r);
            taken_.add(coil::now() - begun);
            co_return made;
        };
        auto report_full_disk = [](request& r,
                                   const auto& next) -> coil::task<response> {
            try {
                co_return co_await next(r);
            } catch (const store_error& error) {
                co_return response::text("not stored: " + std::string(error.what()) +
                                         "\n")
                    .with_status(coil::http::status::service_unavailable);
            }
        };
        auto routes = [this](request& r) { return route(r); };
        return coil::http::layers(measure, report_full_disk, routes);
    }

private:
    coil::task<response> route(request& r) {
        const bool is_post = r.method() == coil::http::method::post;
        if (is_post && r.path() == "/orders") co_return co_await place(r);
        if (is_post) co_return response::not_found();
        if (r.path() == "/") co_return response::html(page);
        if (r.path() == "/orders") co_return co_await list();
        if (r.path() == "/live") co_return live(r);
        if (r.path() == "/stats") co_return co_await stats(r);
        if (r.path() == "/health") co_return response::text("ok\n");
        co_return response::not_found();
    }

    coil::task<response> place(request& r) {
        order placed = parse_order(co_await r.read_body());
        auto begin = [](store::writer& turn) { return turn.begin(); };
        placed.id = co_await coil::with(
            store_.write(), begin,
            [&](store::writer&, store::transaction& tx) -> coil::task<std::int64_t> {
                const std::int64_t id = co_await tx.insert(placed);
                co_await charge(placed);
                co_await tx.commit();  // not reached: the transaction rolls back
                co_return id;
            });
        const std::string text = to_json(placed).dump();
        feed_.publish("event: order\ndata: " + text + "\n\n");
        co_return response::json(text + "\n").with_status(coil::http::status::created);
    }

    coil::task<response> list() {
        json all = json::array();
        for (const order& o : co_await store_.newest(50)) all.push_back(to_json(o));
        co_return response::json(all.dump() + "\n");
    }

    response live(request& r) {
        return response::streaming(feed_.subscribe(r.server().draining()),
                                   coil::http::event_stream_type);
    }

    coil::task<response> stats(request& r) {
        const auto stored = co_await store_.count();
        const auto& http = r.server().stats();
        const json all = {{"begun", store_.begun},
                          {"committed", store_.committed},
                          {"rolled_back", store_.rolled_back},
                          {"stored", stored},
                          {"requests", http.requests},
                          {"shed", http.shed},
                          {"vanished", http.vanished},
                          {"open", http.open},
                          {"in_flight", http.in_flight},
                          {"in_flight_peak", http.in_flight_peak},
                          {"pages", feed_.size()},
                          {"frames", coil::count_frames().alive},
                          {"p50_us", taken_.percentile_us(50)},
                          {"p99_us", taken_.percentile_us(99)}};
        co_return response::json(all.dump() + "\n");
    }

    store& store_;
    feed feed_;
    latencies taken_;
};

}  // namespace orders
