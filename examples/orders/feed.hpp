// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/coil.hpp>

#include <list>
#include <string>

namespace orders {

/// Tells every open page what happened: one bounded queue per page. A page that does
/// not keep up loses its connection, not our memory; it will come back by itself.
class feed {
public:
    void publish(const std::string& event) {
        for (auto& page : pages_) {
            if (!page.try_send(std::string(event))) page.close();
        }
    }

    /// What one page receives, until it leaves or `closing` is set.
    coil::generator<std::string> subscribe(coil::event& closing) {
        const subscription here(pages_);
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

    [[nodiscard]] std::size_t size() const noexcept { return pages_.size(); }

private:
    using pages = std::list<coil::channel<std::string>>;
    struct subscription {
        explicit subscription(pages& of) : all(of), page(all.emplace(all.end(), 64)) {}
        ~subscription() { all.erase(page); }
        pages& all;
        pages::iterator page;
    };

    pages pages_;
};

}  // namespace orders
