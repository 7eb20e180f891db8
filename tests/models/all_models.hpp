// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "checker.hpp"

#include <memory>

namespace coil::models {

std::vector<model> inbox_models();
std::vector<model> queue_models();
std::vector<model> lock_models();
std::vector<model> event_models();
std::vector<model> permit_models();
std::vector<model> strand_models();
std::vector<model> news_models();
std::vector<model> group_models();
std::vector<model> channel_models();
std::vector<model> kept_models();
std::vector<model> forked_models();
std::vector<model> socket_models();

/// A model whose data is a `Data`, fresh for each execution; `make` says what the
/// threads do with it.
template <class Data, class Make>
model model_of(std::string name, Make make, int switches = 3) {
    return {std::move(name),
            [make] {
                auto data = std::make_shared<Data>();
                program p = make(*data);
                p.threads.front() = [kept = data, run = p.threads.front()] { run(); };
                p.after = [kept = data, run = p.after] { run(); };
                return p;
            },
            switches};
}

}  // namespace coil::models
