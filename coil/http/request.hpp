// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/http/request_head.hpp>
#include <coil/http/status.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace coil::http {

class server;

/// An error that has a response: a handler throws it, the server answers with it.
class status_error : public std::runtime_error {
public:
    /// `text` is sent to the client.
    explicit status_error(http::status code, const std::string& text = {})
        : runtime_error(text),
          code_(code) {}
    [[nodiscard]] http::status code() const noexcept { return code_; }

private:
    http::status code_;
};

namespace detail {
/// Where a request gets its body from: its connection.
class body_source {
public:
    virtual task<std::optional<std::string_view>> next_piece() = 0;
    virtual void set_body_max(std::uint64_t bytes) noexcept = 0;

protected:
    ~body_source() = default;
};
}  // namespace detail

/// A request, as its handler sees it: the head is there, the body arrives.
///
/// A handler is any `async_fn<response(request&)>`.
///
/// \snippet coil/http/server_body_test.cpp  echo the body
///
/// Lifetime: until the handler's response is sent. Views of the head live as long.
/// Threads: its connection's strand.
class request {
public:
    request(const request_head& head, detail::body_source& body,
            http::server& owner) noexcept
        : head_(head),
          body_(body),
          server_(owner) {}
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    [[nodiscard]] const request_head& head() const noexcept { return head_; }
    [[nodiscard]] http::method method() const noexcept { return head_.method; }
    [[nodiscard]] std::string_view path() const noexcept { return head_.path; }
    [[nodiscard]] std::string_view query() const noexcept { return head_.query; }
    [[nodiscard]] std::optional<std::string_view> field(
        std::string_view name) const noexcept {
        return head_.fields.find(name);
    }
    [[nodiscard]] http::server& server() const noexcept { return server_; }

    /// The body as a stream of pieces, in the sizes in which they arrive; a piece is
    /// valid until the next one is asked for.
    ///
    /// Errors: `status_error` if the body is malformed, too large or too slow; the
    /// connection closes after the answer.
    [[nodiscard]] task<std::optional<std::string_view>> next() {
        return body_.next_piece();
    }

    /// The whole rest of the body. Errors: as `next()`.
    [[nodiscard]] task<std::string> read_body();

    /// Allows this request another body size than the limits do.
    void set_body_max(std::uint64_t bytes) noexcept { body_.set_body_max(bytes); }

private:
    const request_head& head_;
    detail::body_source& body_;
    http::server& server_;
};

}  // namespace coil::http
