// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/detail/socket_address.hpp>
#include <coil/net/resolve.hpp>
#include <coil/runtime/blocking.hpp>

#include <netdb.h>
#include <strings.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

namespace coil::net {

const std::error_category& resolve_category() noexcept {
    class category final : public std::error_category {
        [[nodiscard]] const char* name() const noexcept override { return "resolve"; }
        [[nodiscard]] std::string message(int error) const override {
            return ::gai_strerror(error);
        }
    };
    static const category only;
    return only;
}

namespace {

std::vector<endpoint> look_up(const std::string& host, std::uint16_t port) {
    addrinfo wanted = {};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    addrinfo* first = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first);
    if (error == EAI_SYSTEM)
        throw std::system_error(errno, std::system_category(), host);
    if (error != 0) throw std::system_error(error, resolve_category(), host);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(first, ::freeaddrinfo);
    std::vector<endpoint> found;
    for (const addrinfo* next = first; next != nullptr; next = next->ai_next) {
        if (next->ai_family != AF_INET && next->ai_family != AF_INET6) continue;
        detail::socket_address address;
        std::memcpy(address.get(), next->ai_addr, next->ai_addrlen);
        const endpoint without_port = address.to_endpoint();
        found.emplace_back(without_port.version(), without_port.address(), port,
                           without_port.zone());
    }
    if (found.empty()) throw std::system_error(EAI_NONAME, resolve_category(), host);
    return found;
}

/// Whether a name stands for this machine, hosts file or not: RFC 6761, section 6.3.
bool is_localhost(std::string_view host) noexcept {
    constexpr std::string_view name = "localhost";
    if (!host.empty() && host.back() == '.') host.remove_suffix(1);
    if (host.size() < name.size()) return false;
    const std::string_view front = host.substr(0, host.size() - name.size());
    const std::string_view back = host.substr(front.size());
    return (front.empty() || front.back() == '.') &&
           ::strncasecmp(back.data(), name.data(), name.size()) == 0;
}

}  // namespace

task<std::vector<endpoint>> resolve(std::string host, std::uint16_t port) {
    if (host.find('\0') != std::string::npos) {  // the system would read half of it
        throw std::system_error(EAI_NONAME, resolve_category(), host.c_str());
    }
    const std::optional<endpoint> known = endpoint::parse(host, port);
    if (known) co_return std::vector<endpoint>{*known};
    if (host.empty()) {
        co_return std::vector<endpoint>{*endpoint::parse("0.0.0.0", port)};
    }
    if (is_localhost(host)) {
        co_return std::vector<endpoint>{*endpoint::parse("127.0.0.1", port),
                                        *endpoint::parse("::1", port)};
    }
    co_return co_await blocking([&] { return look_up(host, port); });
}

}  // namespace coil::net
