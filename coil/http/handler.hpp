// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/closure.hpp>
#include <coil/http/request.hpp>
#include <coil/http/response.hpp>

#include <tuple>
#include <utility>

namespace coil::http {

/// What answers requests: any callable, sync or async, that makes a response. The
/// server awaits it in a `task`, so it gives no `local_task`.
template <class F>
concept handler = async_fn<F, response(request&)> &&
                  returns_sendable<const std::remove_reference_t<F>&, request&>;

namespace detail {
template <class H>
concept answers_at_once = handler<H> && !awaitable<call_result_t<const H&, request&>>;

/// What any handler answers, as a task.
template <handler H>
task<response> settle(const H& h, request& asked) {
    if constexpr (answers_at_once<H>) {
        co_return h(asked);
    } else {
        co_return co_await h(asked);
    }
}
}  // namespace detail

/// Refers to a handler of any type; made by the server, which keeps the handler.
class handler_ref {
public:
    template <handler H>
    explicit handler_ref(const H& to) noexcept : object_(&to),
                                                 calls_(&calls_of<H>) {}

    [[nodiscard]] task<response> operator()(request& asked) const {
        return calls_->call(object_, asked);
    }

    /// Whether it has nothing to wait for: then `at_once` may be called instead.
    [[nodiscard]] bool answers_at_once() const noexcept {
        return calls_->at_once != nullptr;
    }
    [[nodiscard]] response at_once(request& asked) const {
        return calls_->at_once(object_, asked);
    }

private:
    struct calls {
        task<response> (*call)(const void*, request&);
        response (*at_once)(const void*, request&);
    };

    template <class H>
    static task<response> call_it(const void* object, request& asked) {
        const H& h = *static_cast<const H*>(object);
        if constexpr (std::same_as<call_result_t<const H&, request&>, task<response>>) {
            return h(asked);  // its own coroutine: no frame of ours around it
        } else {
            return detail::settle(h, asked);
        }
    }
    template <class H>
    static response answer_at_once(const void* object, request& asked) {
        return (*static_cast<const H*>(object))(asked);
    }
    template <class H>
    static constexpr calls make_calls() noexcept {
        if constexpr (detail::answers_at_once<H>) {
            return {&call_it<H>, &answer_at_once<H>};
        } else {
            return {&call_it<H>, nullptr};
        }
    }
    template <class H>
    static constexpr calls calls_of = make_calls<H>();

    const void* object_;
    const calls* calls_;
};

namespace detail {
/// What a middleware calls `next` where the handler answers at once: it can be awaited.
template <class Handler>
class awaited {
public:
    explicit awaited(Handler of) : of_(std::move(of)) {}
    task<response> operator()(request& asked) const { return settle(of_, asked); }

private:
    Handler of_;
};
template <class Handler>
auto to_be_awaited(Handler next) {
    if constexpr (answers_at_once<Handler>) {
        return awaited<Handler>(std::move(next));
    } else {
        return next;
    }
}

template <class H>
constexpr void check_handler() {
    constexpr bool is_local = async_fn<H, response(request&)> && !handler<H>;
    static_assert(!is_local,
                  "a server awaits its handler in a coil::task, which may move between "
                  "threads: the handler, too, has to give a coil::task, no local_task");
    static_assert(handler<H> || is_local,
                  "this is no handler: a handler is called as handler(request&), also "
                  "through const, and gives an http::response, at once or when it is "
                  "awaited; a middleware is called as middleware(request&, next)");
}

template <class Middleware, class Next>
class layered {
public:
    layered(Middleware outer, Next inner)
        : outer_(std::move(outer)),
          inner_(std::move(inner)) {}
    decltype(auto) operator()(request& asked) const
        requires requires(const Middleware& m, const Next& n) { m(asked, n); }
    {
        return outer_(asked, inner_);
    }

private:
    Middleware outer_;
    Next inner_;
};
}  // namespace detail

/// Wraps a handler in middleware, the outermost first:
/// `layers(trace, authorize, handler)`. A middleware is a callable
/// `(request&, const auto& next)` that makes a response, mostly by `co_await next(r)`,
/// which is right for a handler that answers at once, too.
///
/// \snippet coil/http/server_test.cpp  middleware
template <class Handler>
Handler layers(Handler innermost) {
    return innermost;
}
template <class Middleware, class... Rest>
auto layers(Middleware outermost, Rest... rest) {
    auto inner = detail::to_be_awaited(layers(std::move(rest)...));
    return detail::layered<Middleware, decltype(inner)>(std::move(outermost),
                                                        std::move(inner));
}

}  // namespace coil::http
