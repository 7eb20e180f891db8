// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/request.hpp>

namespace coil::http {

task<std::string> request::read_body() {
    std::string whole;
    while (auto piece = co_await next()) whole += *piece;
    co_return whole;
}

}  // namespace coil::http
