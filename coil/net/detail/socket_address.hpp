// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/net/endpoint.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

namespace coil::net::detail {

/// An endpoint as the system's calls want it. Included by .cpp files only.
class socket_address {
public:
    socket_address() = default;
    explicit socket_address(const endpoint& of) noexcept;

    [[nodiscard]] endpoint to_endpoint() const noexcept;

    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
    [[nodiscard]] sockaddr* get() noexcept {
        return reinterpret_cast<sockaddr*>(&storage_);
    }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    /// For calls that fill it in.
    [[nodiscard]] socklen_t* room() noexcept {
        size_ = sizeof(storage_);
        return &size_;
    }

private:
    sockaddr_storage storage_ = {};
    socklen_t size_ = 0;
};

/// Has the system ask a peer that says nothing whether it is still there: else one
/// whose machine died is waited for until something is written to it. Listeners pass it
/// on.
void find_silent_deaths(int descriptor) noexcept;

}  // namespace coil::net::detail
