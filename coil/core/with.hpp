// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/call.hpp>
#include <coil/core/detail/must_await.hpp>
#include <coil/core/drop.hpp>

namespace coil {

namespace detail {

// A resource is given by itself, by an awaitable that yields it, or by a maker.
template <class Given>
concept given_itself = async_droppable<std::remove_cvref_t<Given>>;
template <class Given>
concept given_by_awaitable = !given_itself<Given> && awaitable<Given>;

template <class Given>
decltype(auto) make_resource(Given&& given) {
    if constexpr (given_itself<Given> || given_by_awaitable<Given>) {
        return static_cast<Given&&>(given);
    } else {
        return given();
    }
}
template <class Given>
using made_t = decltype(make_resource(std::declval<Given>()));
template <class Given>
using resource_t = std::remove_cvref_t<settled_t<made_t<Given>>>;

/// One resource, one body: make, prepare the drop, run the body, drop, go on.
template <class Given, class Body>
class with_operation : public frame_operation<with_operation<Given, Body>> {
    using resource = resource_t<Given>;
    using body_call = call_result_t<Body&, resource&>;

public:
    static constexpr const char* what = "with";
    using value_type = settled_t<body_call>;
    static constexpr bool is_local =
        is_local_v<made_t<Given>> || is_local_v<body_call> || drops_locally_v<resource>;

    with_operation(Given&& given, Body&& body)
        : given_(std::forward<Given>(given)),
          body_(std::forward<Body>(body)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        if constexpr (given_itself<Given>) {
            return use(given_);
        } else {
            return making_.call(parent.scope(), [this]() -> made_t<Given> {
                return make_resource(std::forward<Given>(given_));
            });
        }
    }
    value_type await_resume() {
        if (making_.result.has_error()) making_.result.take();
        return running_.result.take();
    }

private:
    // Used by the parts below, so it stands before them.
    std::coroutine_handle<> made() noexcept {
        if (!making_.result.has_value()) return this->complete();
        if constexpr (given_itself<Given>) {
            return std::noop_coroutine();
        } else {
            return use(making_.result.value());
        }
    }
    std::coroutine_handle<> returned() noexcept {
        if (COIL_PLANTED(error_skips_drop) && running_.result.has_error())
            return dropped();
        return drop(running_.result.has_error() ? exit_reason::error
                                                : exit_reason::returned);
    }
    std::coroutine_handle<> stopped() noexcept { return drop(exit_reason::stopped); }

    std::coroutine_handle<> use(resource& held) noexcept {
        resource_ = &held;
#if COIL_EXCEPTIONS
        try {
            drop_.prepare();
        } catch (...) {
            running_.result.set_error(std::current_exception());
            return drop(exit_reason::error);
        }
#else
        drop_.prepare();
#endif
        return running_.call(this->parent().scope(), body_, held);
    }
    std::coroutine_handle<> drop(exit_reason why) noexcept {
        dropped_.scope = &this->parent().scope();
        return drop_.begin(*resource_, why, continuation(dropped_));
    }
    std::coroutine_handle<> dropped() noexcept {
        if constexpr (!given_itself<Given>) making_.result.clear();
        return running_.result.is_stopped() ? this->unwind() : this->complete();
    }

    using making_call = settled_call<
        typename std::conditional_t<given_itself<Given>, std::type_identity<unit>,
                                    std::type_identity<made_t<Given>>>::type>;
    Given given_;
    Body body_;
    resource* resource_ = nullptr;
    part<making_call, with_operation, &with_operation::made, &with_operation::unwind>
        making_{*this};
    part<settled_call<body_call>, with_operation, &with_operation::returned,
         &with_operation::stopped>
        running_{*this};
    drop_call<resource> drop_;
    part<listening_branch, with_operation, &with_operation::dropped,
         &with_operation::dropped>
        dropped_{*this};
};

/// A `with` that still has to be awaited, as its body may return one.
template <class Given, class Body>
class [[nodiscard(
    "a with does nothing until it is awaited: write co_await")]] with_one {
public:
    static constexpr bool is_local = with_operation<Given, Body>::is_local;
    with_one(Given&& given, Body&& body)
        : given_(std::forward<Given>(given)),
          body_(std::forward<Body>(body)) {}
    with_operation<Given, Body> operator co_await() && {
        return {std::forward<Given>(given_), std::forward<Body>(body_)};
    }

private:
    Given given_;
    Body body_;
};

template <class Given, class Body>
auto one_with(Given&& given, Body body) {
    return with_one<Given, Body>(std::forward<Given>(given), std::move(body));
}

/// What is wrong with the arguments of a `with`.
enum class with_fault : unsigned char { none, resource, used, shape, drop, body };

template <class Part, class... Made>
struct with_part {
    using resource = void;  // it is neither that nor makes one
};
template <class Part, class... Made>
    requires(!given_itself<Part> && !awaitable<std::remove_reference_t<Part>> &&
             !looks_callable<std::remove_cvref_t<Part>> &&
             !std::is_invocable_v<Part&, Made&...> && !std::is_invocable_v<Part&>)
struct with_part<Part, Made...> {
    using resource = std::remove_cvref_t<Part>;  // is meant to be one
};
template <class Part, class... Made>
    requires given_itself<Part> || given_by_awaitable<Part>
struct with_part<Part, Made...> {
    using resource = resource_t<Part>;
};
template <class Part, class... Made>
    requires(!given_itself<Part> && !given_by_awaitable<Part> &&
             std::is_invocable_v<Part&, Made&...>)
struct with_part<Part, Made...> {
    using resource =
        std::remove_cvref_t<settled_t<std::invoke_result_t<Part&, Made&...>>>;
};
template <class Part, class First, class... Made>
    requires(!given_itself<Part> && !given_by_awaitable<Part> &&
             !std::is_invocable_v<Part&, First&, Made&...> &&
             std::is_invocable_v<Part&>)
struct with_part<Part, First, Made...> : with_part<Part> {};

/// Where the look at the parts ends, as the compiler names it.
template <with_fault Fault, class Resource>
struct with_end {
    static constexpr bool has_resource = Fault != with_fault::resource;
    static constexpr bool has_future = Fault != with_fault::used;
    static constexpr bool has_right_drop = Fault != with_fault::shape;
    static constexpr bool has_drop = Fault != with_fault::drop;
    static constexpr bool has_body = Fault != with_fault::body;
    static constexpr bool fits = Fault == with_fault::none;
};

template <class Part, class Resource>
constexpr with_fault fault_of() {
    if constexpr (std::is_void_v<Resource>) {
        return awaitable<std::remove_reference_t<Part>> ? with_fault::used
                                                        : with_fault::resource;
    } else if constexpr (async_droppable<Resource>) {
        return with_fault::none;
    } else {
        return names_async_drop<Resource> ? with_fault::shape : with_fault::drop;
    }
}

template <class Parts, class... Made>
struct with_parts;
template <with_fault Fault, class Rest, class Resource, class... Made>
struct with_rest {
    using end = with_end<Fault, Resource>;
};
template <class Rest, class Resource, class... Made>
struct with_rest<with_fault::none, Rest, Resource, Made...>
    : with_parts<Rest, Made..., Resource> {};
template <class Body, class... Made>
struct with_parts<std::tuple<Body>, Made...> {
    using end = with_end<std::is_invocable_v<Body&, Made&...> ? with_fault::none
                                                              : with_fault::body,
                         Body>;
};
template <class Part, class Next, class... Rest, class... Made>
struct with_parts<std::tuple<Part, Next, Rest...>, Made...>
    : with_rest<fault_of<Part, typename with_part<Part, Made...>::resource>(),
                std::tuple<Next, Rest...>, typename with_part<Part, Made...>::resource,
                Made...> {};

/// The rest of a `with` from its I-th part on, given the resources made so far.
template <std::size_t I, class Parts, class... Made>
decltype(auto) with_from(Parts& parts, Made&... made) {
    using part = std::remove_reference_t<std::tuple_element_t<I, Parts>>;
    part& current = std::get<I>(parts);
    if constexpr (I + 1 == std::tuple_size_v<Parts>) {
        return current(made...);
    } else {
        auto rest = [&parts, &made...](auto& resource) -> decltype(auto) {
            return with_from<I + 1>(parts, made..., resource);
        };
        if constexpr (given_itself<part>) {
            return one_with<part&>(current, std::move(rest));
        } else if constexpr (given_by_awaitable<part>) {
            return one_with<part>(std::move(current), std::move(rest));
        } else if constexpr (requires { current(made...); }) {
            return one_with(
                [&current, &made...]() -> decltype(auto) { return current(made...); },
                std::move(rest));
        } else {
            return one_with([&current]() -> decltype(auto) { return current(); },
                            std::move(rest));
        }
    }
}

template <class... Parts>
class [[nodiscard(
    "a with does nothing until it is awaited: write co_await")]] with_recipe {
    using first = decltype(with_from<0>(std::declval<std::tuple<Parts...>&>()));

public:
    static constexpr bool is_local = is_local_v<first>;

    explicit with_recipe(Parts&&... parts) : parts_(std::forward<Parts>(parts)...) {}
    decltype(auto) operator co_await() && {
        awaited_.is_awaited();
        return get_awaiter(with_from<0>(parts_));
    }

private:
    std::tuple<Parts...> parts_;
    [[no_unique_address]] must_await<(needs_async_drop_v<Parts> || ...)> awaited_;
};

}  // namespace detail

/// Runs a body with resources whose async destructors run whatever happens in it.
///
/// `with(resource..., body)`: the body gets a reference to each resource. When it has
/// ended (by value, error or stop) each resource's `async_drop` is awaited, the last
/// made first, then the await goes on as the body ended.
///
/// A resource is given by itself, as an awaitable that yields it (`pool.acquire()`), or
/// by a maker: a callable, sync or async, that may take the resources before it. With
/// a maker nothing exists before the `with` runs.
///
/// \snippet coil/core/with_test.cpp  a transaction on a connection
///
/// Errors: those of the body, unchanged. If a maker fails, what was made is dropped.
/// Stop: reaches makers and the body; drops are shielded.
/// Allocates: nothing of its own. The frame of a drop is taken before the body starts.
template <class... Parts>
    requires(sizeof...(Parts) >= 2)
auto with(Parts&&... parts) {
    using end = typename detail::with_parts<std::tuple<Parts...>>::end;
    static_assert(
        end::has_resource,
        "before its body coil::with takes resources, awaitables that give one, "
        "and makers: callables that may take the resources before them");
    static_assert(end::has_future,
                  "a task is awaited once and is used up by it: write std::move(it)");
    static_assert(
        end::has_right_drop,
        "an async_drop() in this type is no async destructor: it must be public, "
        "take nothing or a coil::exit_reason, and give an awaitable of void, "
        "such as coil::task<>");
    static_assert(
        end::has_drop,
        "coil::with needs a resource that has a member async_drop(), and this type has "
        "none; a resource that a std::unique_ptr or the like holds is given as *it");
    static_assert(
        end::has_body,
        "the last argument of coil::with is the body: a callable that takes a "
        "reference to each resource, [](connection& c) {...}");
    if constexpr (end::fits) {
        return detail::with_recipe<Parts...>(std::forward<Parts>(parts)...);
    } else {
        return detail::no_awaitable();
    }
}

}  // namespace coil
