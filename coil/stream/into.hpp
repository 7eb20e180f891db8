// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/stream/detail/consume.hpp>
#include <coil/stream/sink.hpp>

namespace coil {

namespace detail {

/// The function that is called with each item. `K` is a reference, or owned.
template <class K>
struct send_to {
    using sink_type = K;
    template <class T>
        requires sink<K, T>
    decltype(auto) operator()(T&& item) {
        return to.send(std::forward<T>(item));
    }
    K to;
};

template <class S, class F>
class into_operation : public consume_operation<S, F&> {
    static constexpr bool may_close = !std::is_void_v<settled_t<call_with_t<F, S>>>;

public:
    using consume_operation<S, F&>::consume_operation;

    [[nodiscard]] bool await_resume()
        requires(may_close)
    {
        (void)this->take_errors();
        const auto& answer = this->result();  // to the last item, if it was the last
        return !answer.has_value() || answer.value();
    }
    void await_resume()
        requires(!may_close)
    {
        (void)this->take_errors();
    }
};

template <class S, class F>
class [[nodiscard(
    "into does nothing until it is awaited: write co_await")]] into_recipe {
public:
    static constexpr bool is_local = source<S>::is_local ||
                                     is_local_v<typename F::sink_type> ||
                                     is_local_v<call_with_t<F, S>>;

    into_recipe(S&& from, F f) : from_(std::forward<S>(from)), f_(std::move(f)) {}
    into_operation<S, F> operator co_await() && noexcept { return {from_, f_}; }

private:
    source<S> from_;
    F f_;
};

struct into_rule : function_rule {
    template <class S, class F>
    using made = into_recipe<S, F>;
    template <class, class>
    static constexpr bool takes = true;  // said in words of its own
    template <class F, class S>
    static constexpr bool fits() {
        static_assert(takes_items<F, S>,
                      "coil::into needs a sink that takes the items of this stream: "
                      "its send(item) gives a bool or nothing, by an awaitable or not");
        return takes_items<F, S>;
    }
};
template <class K>
using into_adaptor = function_adaptor<send_to<K>, into_rule>;

}  // namespace detail

/// `co_await (source | into(queue))`: sends each item to a sink, such as a `channel`,
/// one after the other; the next item is asked for when the sink has taken the last.
/// The sink stays open: who knows that nobody else sends closes it.
///
/// \snippet coil/stream/into_test.cpp  from a stream into a queue
///
/// Returns: whether all items were sent; false if the sink was closed before. That is
/// noticed with the next item, which is gone. Nothing for a sink that never closes.
/// Errors: the first one of the source or of the sink ends it; an item that the sink
/// did not take is gone.
/// Stop: reaches both. An item that the source gave and the sink has not taken is gone,
/// at most one: while it waits for an item nothing is lost, and the rest of a resumable
/// source may be sent later. Where none may be lost, and somebody goes on receiving,
/// give it a sink whose `send` is a `shield`:
///
/// \snippet coil/stream/into_test.cpp  a sink that no stop interrupts
///
/// Lifetime: a sink given as an lvalue is borrowed, another moves in.
/// Allocates: never.
template <class K>
COIL_LOSES_WHEN_STOPPED auto into(K&& to) {
    return detail::into_adaptor<K>(detail::send_to<K>{std::forward<K>(to)});
}

}  // namespace coil
