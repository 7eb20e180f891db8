// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/stream/detail/consume.hpp>

namespace coil {

namespace detail {

template <class Container>
struct append_to {
    template <class T>
    void operator()(T&& item) {
        if constexpr (requires { all.push_back(std::forward<T>(item)); }) {
            all.push_back(std::forward<T>(item));
        } else {
            all.insert(std::forward<T>(item));
        }
    }
    void expect(std::size_t count)
        requires requires(Container& c) { c.reserve(count); }
    {
        all.reserve(count);
    }
    Container result(void*) { return std::move(all); }
    Container all{};
};

template <class Container>
struct collect_adaptor : adaptor {
    template <class S>
    auto apply(S&& from) const {
        return consumer_recipe<S, append_to<Container>>(std::forward<S>(from), {});
    }
};
template <template <class...> class Container>
struct collect_values_adaptor : adaptor {
    template <class S>
    auto apply(S&& from) const {
        using all = append_to<Container<stream_value_t<S>>>;
        return consumer_recipe<S, all>(std::forward<S>(from), {});
    }
};

}  // namespace detail

/// `co_await (source | collect<std::vector>())`: a container with all items; also
/// `collect<std::map<K, V>>()`.
///
/// \snippet coil/stream/collect_test.cpp  all names, sorted
///
/// Errors: the first one of the source; what was collected is gone.
/// Stop: reaches the source; what was collected is gone. To keep it, use `for_each`.
/// Allocates: what the container does, which reserves room first if the stream knows
/// how many items it has left.
template <template <class...> class Container>
COIL_LOSES_WHEN_STOPPED auto collect() noexcept {
    return detail::collect_values_adaptor<Container>();
}
template <class Container>
COIL_LOSES_WHEN_STOPPED auto collect() noexcept {
    return detail::collect_adaptor<Container>();
}

}  // namespace coil
