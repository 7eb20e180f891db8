// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/stream/detail/consume.hpp>

#include <cstddef>

namespace coil {

namespace detail {

struct count_items {
    template <class T>
    void operator()(T&&) noexcept {
        ++count;
    }
    std::size_t result(void*) const noexcept { return count; }
    std::size_t count = 0;
};
struct count_adaptor : adaptor {
    template <class S>
    auto apply(S&& from) const {
        return consumer_recipe<S, count_items>(std::forward<S>(from), {});
    }
};

template <class Item>
struct keep_last {
    template <class T>
    void operator()(T&& item) {
        if constexpr (std::is_pointer_v<Item>) {
            last = std::addressof(item);
        } else {
            last.emplace(std::forward<T>(item));
        }
    }
    Item result(void*) { return std::move(last); }
    Item last{};
};
struct last_adaptor : adaptor {
    template <class S>
    auto apply(S&& from) const {
        return consumer_recipe<S, keep_last<stream_item_t<S>>>(std::forward<S>(from),
                                                               {});
    }
};

template <class T, class F>
struct fold_items {
    template <class Item>
        requires std::invocable<F&, T, Item>
    decltype(auto) operator()(Item&& item) {
        return detail::invoke(f, std::move(state), std::forward<Item>(item));
    }
    /// Throws nothing: fold_left asks for that.
    template <class Result>
    loop take_answer(Result& result) noexcept {
        state = result.take_value();
        return loop::go_on;
    }
    T result(void*) { return std::move(state); }
    T state;
    F f;
};
template <class Fold>
struct fold_rule;
template <class T, class F>
struct fold_rule<fold_items<T, F>> : function_rule {
    template <class S, class Fold>
    using made = consumer_recipe<S, Fold>;
    template <class Fold, class S>
    static constexpr bool fits() {
        using answer = settled_t<call_with_t<Fold, S>>;
        static_assert(std::is_assignable_v<T&, answer>,
                      "coil::fold_left needs a function that gives what it is to "
                      "be called with for the next item");
        return std::is_assignable_v<T&, answer>;
    }
};

/// Shows items to a function until one gets the answer that is looked for.
template <class F, bool Wanted>
struct search_items {
    template <class T>
        requires std::invocable<F&, const T&>
    decltype(auto) operator()(const T& item) {
        return detail::invoke(test, item);
    }
    template <class T>
        requires(std::invocable<F&, T&> && !std::invocable<F&, const T&>)
    decltype(auto) operator()(T& item) {
        return detail::invoke(test, item);
    }
    template <class Result>
    loop take_answer(Result& result) noexcept {
        has_found = static_cast<bool>(result.value()) == Wanted;
        return has_found ? loop::leave : loop::go_on;
    }
    F test;
    bool has_found = false;
};
template <class F>
struct test_any : search_items<F, true> {
    bool result(void*) const noexcept { return this->has_found; }
};
template <class F>
struct test_all : search_items<F, false> {
    bool result(void*) const noexcept { return !this->has_found; }
};
template <class F>
struct find_item : search_items<F, true> {
    template <class Item>
    Item result(Item* found) {
        return move_or_end(found);
    }
};
template <class Search>
struct search_rule : function_rule {
    template <class S, class>
    using made = consumer_recipe<S, Search>;
    template <class, class S>
    static constexpr bool fits() {
        using answer = settled_t<call_with_t<Search, S>>;
        static_assert(is_a_bool<answer>,
                      "a search needs a function that gives a bool, or an "
                      "awaitable of one");
        return is_a_bool<answer>;
    }
};
template <class Search>
using search_adaptor = function_adaptor<Search, search_rule<Search>>;

}  // namespace detail

/// `co_await (source | fold_left(initial, f))`: `f(state, item)`, sync or async, makes
/// the next state of the last one, which is its own, and of each item; gives the last.
///
/// \snippet coil/stream/consume_test.cpp  what an order costs
///
/// Errors: the first one of the source or of `f`; the state is gone.
/// Stop: reaches both; the state is gone. To keep it, use `for_each`.
/// Allocates: never.
template <class T, class F>
COIL_LOSES_WHEN_STOPPED auto fold_left(T initial, F f) {
    static_assert(std::is_nothrow_move_assignable_v<T>,
                  "a state is moved where no error could be told: its move assignment "
                  "must be noexcept");
    using fold = detail::fold_items<T, F>;
    return detail::function_adaptor<fold, detail::fold_rule<fold>>(
        fold{std::move(initial), std::move(f)});
}

/// `co_await (source | count())`: how many items there are.
///
/// \snippet coil/stream/consume_test.cpp  how many are late
///
/// Errors, Stop: as for `fold_left`. Allocates: never.
COIL_LOSES_WHEN_STOPPED inline auto count() noexcept {
    return detail::count_adaptor();
}

/// `co_await (source | last())`: the last item, as the source's `next()` gives it:
/// empty if there is none.
///
/// \snippet coil/stream/consume_test.cpp  the newest reading
///
/// Errors, Stop: as for `fold_left`. Allocates: never.
COIL_LOSES_WHEN_STOPPED inline auto last() noexcept {
    return detail::last_adaptor();
}

/// `co_await (source | any_of(test))`: whether `test`, sync or async, gives true for an
/// item; the first such is the last that is read.
///
/// \snippet coil/stream/consume_test.cpp  is a mirror up to date
///
/// Errors: the first one of the source or of `test`.
/// Stop: reaches both; with a sync `test` the same question may be asked of the rest.
/// Allocates: never.
template <class F>
auto any_of(F test) {
    using search = detail::test_any<F>;
    return detail::search_adaptor<search>(search{{std::move(test)}});
}

/// `co_await (source | all_of(test))`: whether `test`, sync or async, gives true for
/// each item; the first for which it does not is the last that is read.
///
/// \snippet coil/stream/consume_test.cpp  are all parts there
///
/// Errors, Stop, Allocates: as for `any_of`.
template <class F>
auto all_of(F test) {
    using search = detail::test_all<F>;
    return detail::search_adaptor<search>(search{{std::move(test)}});
}

/// `co_await (source | find_if(test))`: the first item for which `test`, sync or async,
/// gives true, as the source's `next()` gives it: empty if there is none.
///
/// \snippet coil/stream/consume_test.cpp  the first free table
///
/// Errors, Stop, Allocates: as for `any_of`.
template <class F>
auto find_if(F test) {
    using search = detail::find_item<F>;
    return detail::search_adaptor<search>(search{{std::move(test)}});
}

}  // namespace coil
