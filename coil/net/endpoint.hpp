// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coil::net {

/// An IP address (of version 4 or 6) and a port.
class endpoint {
public:
    enum class family : unsigned char { v4, v6 };
    /// In network order; an IPv4 address takes the first four.
    using address_bytes = std::array<std::uint8_t, 16>;

    /// 0.0.0.0:0
    endpoint() = default;
    endpoint(family version, const address_bytes& address, std::uint16_t port,
             std::uint32_t zone = 0) noexcept
        : address_(address),
          zone_(zone),
          port_(port),
          family_(version) {}

    /// From an address in figures ("127.0.0.1", "::1", "fe80::1%eth0"); empty if it is
    /// none.
    [[nodiscard]] static std::optional<endpoint> parse(std::string_view address,
                                                       std::uint16_t port);

    [[nodiscard]] family version() const noexcept { return family_; }
    [[nodiscard]] const address_bytes& address() const noexcept { return address_; }
    [[nodiscard]] std::uint32_t zone() const noexcept { return zone_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    friend bool operator==(const endpoint&, const endpoint&) = default;

private:
    address_bytes address_ = {};
    std::uint32_t zone_ = 0;  // of a link-local IPv6 address
    std::uint16_t port_ = 0;
    family family_ = family::v4;
};

/// "127.0.0.1:80", "[::1]:80".
[[nodiscard]] std::string to_string(const endpoint& shown);

}  // namespace coil::net
