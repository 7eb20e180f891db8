// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "store.hpp"
#include <nlohmann/json.hpp>

#include <cstdio>
#include <list>
#include <mutex>

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

/// Tells every open page what happened: one bounded queue per page. A page that does
/// not keep up loses its connection, not our memory; it will come back by itself.
class feed {
public:
    void publish(const std::string& event) {
        const std::scoped_lock lock(mutex_);
        for (auto& queue : pages_) {
            if (!queue.try_send(std::string(event))) queue.close();
        }
    }

    /// What one page receives, until it leaves or `closing` is set.
    coil::generator<std::string> subscribe(coil::event& closing) {
        const subscription here(*this);
        co_yield "retry: 1000\n\n";
        for (;;) {
            auto next = co_await coil::race(here.page->next(), closing.wait());
            if (next.index() == 1) break;
            auto& event = next.get<0>();
            if (!event) co_return;
            co_yield std::move(*event);
        }
        co_yield "event: farewell\ndata: the shop closes\n\n";
    }

    [[nodiscard]] std::size_t size() {
        const std::scoped_lock lock(mutex_);
        return pages_.size();
    }

private:
    using pages = std::list<coil::channel<std::string>>;
    struct subscription {
        explicit subscription(feed& of) : to(of) {
            const std::scoped_lock lock(to.mutex_);
            page = to.pages_.emplace(to.pages_.end(), 64);
        }
        ~subscription() {
            const std::scoped_lock lock(to.mutex_);
            to.pages_.erase(page);
        }
        feed& to;
        pages::iterator page;
    };

    std::mutex mutex_;  // never held across an await
    pages pages_;
};

class service {
public:
    explicit service(store& orders) : store_(orders) {}

    /// The whole application: middleware around routes, each an async closure.
    auto handler() {
        auto name_us = [](request& r, const auto& next) -> coil::task<response> {
            response made = co_await next(r);
            co_return std::move(made).with_field("Server", "orders");
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
        return coil::http::layers(name_us, report_full_disk, routes);
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
        if (r.path() == "/digest") co_return response::text(digest(r.query()));
        if (r.path() == "/health") co_return response::text("ok\n");
        co_return response::not_found();
    }

    coil::task<response> place(request& r) {
        order placed = parse_order(co_await r.read_body());
        auto begin = [](store::writer& turn) { return turn.begin(); };
        co_await coil::with(
            store_.write(), begin,
            [&](store::writer&, store::transaction& tx) -> coil::task<> {
                const std::int64_t id = co_await tx.insert(placed);
                co_await charge(placed);
                co_await tx.commit();  // not reached: the transaction rolls back
                placed.id = id;
                // While it is our turn to write, so pages hear of orders in order.
                feed_.publish("event: order\ndata: " + to_json(placed).dump() + "\n\n");
            });
        co_return response::json(to_json(placed).dump() + "\n")
            .with_status(coil::http::status::created);
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
        const json all = {{"begun", store_.begun.load()},
                          {"committed", store_.committed.load()},
                          {"rolled_back", store_.rolled_back.load()},
                          {"stored", stored},
                          {"shed", http.shed},
                          {"vanished", http.vanished},
                          {"open", http.open},
                          {"in_flight", http.in_flight},
                          {"in_flight_peak", http.in_flight_peak},
                          {"pages", feed_.size()},
                          {"frames", coil::count_frames().alive}};
        co_return response::json(all.dump() + "\n");
    }

    /// Something that takes a processor a fifth of a millisecond: FNV-1a, many times.
    static std::string digest(std::string_view text) {
        constexpr int rounds = 150'000;
        std::uint64_t hash = 0xcbf29ce484222325;
        for (int i = 0; i < rounds; ++i) {
            const char next = text.empty() ? '\0' : text[std::size_t(i) % text.size()];
            hash = (hash ^ static_cast<unsigned char>(next)) * 0x100000001b3;
        }
        char written[20];
        std::snprintf(written, sizeof written, "%016jx\n", std::uintmax_t{hash});
        return written;
    }

    store& store_;
    feed feed_;
};

}  // namespace orders
