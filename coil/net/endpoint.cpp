// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/detail/socket_address.hpp>
#include <coil/net/endpoint.hpp>

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace coil::net {

namespace detail {

socket_address::socket_address(const endpoint& of) noexcept {
    if (of.version() == endpoint::family::v4) {
        sockaddr_in v4 = {};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(of.port());
        std::memcpy(&v4.sin_addr, of.address().data(), sizeof(v4.sin_addr));
        std::memcpy(&storage_, &v4, sizeof(v4));
        size_ = sizeof(v4);
    } else {
        sockaddr_in6 v6 = {};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(of.port());
        v6.sin6_scope_id = of.zone();
        std::memcpy(&v6.sin6_addr, of.address().data(), sizeof(v6.sin6_addr));
        std::memcpy(&storage_, &v6, sizeof(v6));
        size_ = sizeof(v6);
    }
}

endpoint socket_address::to_endpoint() const noexcept {
    endpoint::address_bytes address = {};
    if (storage_.ss_family == AF_INET6) {
        sockaddr_in6 v6 = {};
        std::memcpy(&v6, &storage_, sizeof(v6));
        std::memcpy(address.data(), &v6.sin6_addr, sizeof(v6.sin6_addr));
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {  // an IPv4 peer of an IPv6 socket
            endpoint::address_bytes v4 = {};
            std::copy_n(address.end() - 4, 4, v4.begin());
            return {endpoint::family::v4, v4, ntohs(v6.sin6_port)};
        }
        return {endpoint::family::v6, address, ntohs(v6.sin6_port), v6.sin6_scope_id};
    }
    sockaddr_in v4 = {};
    std::memcpy(&v4, &storage_, sizeof(v4));
    std::memcpy(address.data(), &v4.sin_addr, sizeof(v4.sin_addr));
    return {endpoint::family::v4, address, ntohs(v4.sin_port)};
}

}  // namespace detail

namespace {

// The index of a network interface, given as such or by its name.
std::optional<std::uint32_t> parse_zone(const std::string& text) {
    std::uint32_t index = 0;
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, index);
    if (error != std::errc() || read != end) index = ::if_nametoindex(text.c_str());
    if (index == 0) return std::nullopt;
    return index;
}

}  // namespace

std::optional<endpoint> endpoint::parse(std::string_view address, std::uint16_t port) {
    // The system's calls would take what stands before a NUL for the whole.
    if (address.find('\0') != std::string_view::npos) return std::nullopt;
    if (const std::size_t mark = address.find('%'); mark != std::string_view::npos) {
        const auto bare = parse(address.substr(0, mark), port);
        const auto zone = parse_zone(std::string(address.substr(mark + 1)));
        if (!bare || !zone || bare->version() == family::v4) return std::nullopt;
        return endpoint(family::v6, bare->address(), port, *zone);
    }
    const std::string text(address);
    address_bytes bytes = {};
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
        return endpoint(family::v4, bytes, port);
    }
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
        return endpoint(family::v6, bytes, port);
    }
    return std::nullopt;
}

std::string to_string(const endpoint& shown) {
    char text[INET6_ADDRSTRLEN] = {};
    const bool is_v4 = shown.version() == endpoint::family::v4;
    ::inet_ntop(is_v4 ? AF_INET : AF_INET6, shown.address().data(), text, sizeof(text));
    const std::string port = std::to_string(shown.port());
    if (is_v4) return std::string(text) + ":" + port;
    std::string zone;
    if (shown.zone() != 0) zone = "%" + std::to_string(shown.zone());
    return "[" + std::string(text) + zone + "]:" + port;
}

}  // namespace coil::net
