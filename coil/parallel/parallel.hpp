// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/join.hpp>
#include <coil/parallel/detail/forked.hpp>

#include <optional>
#include <tuple>
#include <utility>

namespace coil {

namespace detail {

template <class T>
forked::ending ending_of(const outcome<T>& result) noexcept {
    if (result.has_value()) return forked::ending::value;
    return result.has_error() ? forked::ending::error : forked::ending::stopped;
}

/// The part `Index`, in a strand of its own.
template <std::size_t Index, class A>
class forked_strand final
    : public strand_of<A&&, forked_strand<Index, A>, forked::member> {
public:
    forked_strand(forked& of, A&& work)
        : strand_of<A&&, forked_strand, forked::member>(of, std::forward<A>(work)) {}
    void ended() noexcept { this->has_ended(Index, ending_of(this->result())); }
};

template <class First, class... More>
class parallel_operation final
    : public frame_operation<parallel_operation<First, More...>>,
      public forked {
    static constexpr std::size_t count = 1 + sizeof...(More);
    template <class A>
    using result_of = await_result_t<A>;

public:
    static constexpr const char* what = "parallel";
    static constexpr bool is_local =
        !((is_sendable_v<First> && ... && is_sendable_v<More>) &&
          is_sendable_v<std::tuple<value_or_unit<result_of<First>>,
                                   value_or_unit<result_of<More>>...>>);

    explicit parallel_operation(std::tuple<First, More...>& parts) noexcept
        : forked(count),
          parts_(parts) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        open(parent);
        if constexpr (is_local) expect_one_thread();
        make_strands(std::index_sequence_for<More...>());
        start_strands();
        return first_.begin(std::forward<First>(std::get<0>(parts_)), scope());
    }
    auto await_resume() { return take(std::make_index_sequence<count>()); }

    /// All have ended, and what is thrown away is dropped.
    std::coroutine_handle<> finish() noexcept {
        return failure() == ending::stopped ? this->unwind() : this->complete();
    }

private:
    struct last_strand_ended : piece {
        explicit last_strand_ended(parallel_operation& o) noexcept
            : piece(table),
              owner(o) {}
        parallel_operation& owner;
        static std::coroutine_handle<> run(piece& p) noexcept {
            return static_cast<last_strand_ended&>(p).owner.end();
        }
        static constexpr piece_ops table = {&run, nullptr, "parallel"};
    };

    template <std::size_t... I>
    void make_strands(std::index_sequence<I...>) noexcept {
        (make_strand<sizeof...(I) - 1 - I>(), ...);
    }
    template <std::size_t I>
    void make_strand() noexcept {
        using part_type = std::tuple_element_t<I + 1, std::tuple<First, More...>>;
        add(std::get<I>(strands_).emplace(
            *this, std::forward<part_type>(std::get<I + 1>(parts_))));
    }

    std::coroutine_handle<> first_ended() noexcept {
        return inline_part_ended(ending_of(first_.result)) ? end()
                                                           : std::noop_coroutine();
    }
    void all_ended() noexcept override { this->parent().scope().home().wake(resume_); }
    std::coroutine_handle<> end() noexcept {
        close();
        if constexpr (dropping::is_needed) {
            if (failure() != ending::value)
                return dropping_.begin(*this, this->parent(),
                                       results(std::make_index_sequence<count>()));
        }
        return finish();
    }

    template <std::size_t I>
    [[nodiscard]] auto& result() noexcept {
        if constexpr (I == 0) {
            return first_.result;
        } else {
            return std::get<I - 1>(strands_)->result();
        }
    }
    template <std::size_t... I>
    auto results(std::index_sequence<I...>) noexcept {
        return std::tuple(std::addressof(result<I>())...);
    }
    template <std::size_t... I>
    auto take(std::index_sequence<I...>) {
        if (failure() == ending::error)
            ((I == failed() ? (void)result<I>().take() : void()), ...);
        if constexpr (std::is_void_v<result_of<First>> &&
                      (std::is_void_v<result_of<More>> && ...)) {
            return;
        } else {
            return std::tuple<value_or_unit<result_of<First>>,
                              value_or_unit<result_of<More>>...>{take_one<I>()...};
        }
    }
    template <std::size_t I>
    decltype(auto) take_one() {
        auto& from = result<I>();
        if constexpr (std::is_void_v<decltype(from.take())>) {
            return unit{};
        } else {
            return from.take();
        }
    }
    template <std::size_t... I>
    static auto strands_for(std::index_sequence<I...>)
        -> std::tuple<std::optional<forked_strand<I + 1, More>>...>;
    using dropping =
        drops_before_end<parallel_operation, result_of<First>, result_of<More>...>;

    std::tuple<First, More...>& parts_;
    decltype(strands_for(std::index_sequence_for<More...>())) strands_;
    part<child<First>, parallel_operation, &parallel_operation::first_ended,
         &parallel_operation::first_ended>
        first_{*this};
    last_strand_ended resume_{*this};
    [[no_unique_address]] dropping dropping_;
};

template <class... A>
class [[nodiscard(
    "parallel does nothing until it is awaited: write co_await")]] parallel_recipe {
public:
    static constexpr bool is_local = parallel_operation<A...>::is_local ||
                                     (drops_locally_v<await_result_t<A>> || ...);

    explicit parallel_recipe(A&&... parts) : parts_(std::forward<A>(parts)...) {}
    parallel_operation<A...> operator co_await() && noexcept {
        return parallel_operation<A...>(parts_);
    }

private:
    std::tuple<A...> parts_;
};

}  // namespace detail

/// Runs several awaitables beside each other, until all have ended: the first in this
/// strand, each other one in a strand of its own, on all threads that the runtime has.
/// They may borrow from the parent, and share what is made for that.
///
/// For work that computes. What only waits is cheaper in `join`, which needs nothing
/// `sendable`; for many parts see `parallel_for_each` and `parallel_reduce`.
///
/// \snippet coil/parallel/parallel_test.cpp  the two halves of a sum
///
/// Requires: no part and no result is local on a parallel runtime; a `coil::task`
/// cannot await one that is, and elsewhere the program ends with a text. Returns: a
/// tuple of the results (`unit` for `void`); nothing if all are `void`. Errors: the
/// first error stops the others, which are awaited; then it is rethrown. Values that
/// others gave meanwhile are dropped. Stop: reaches all of them. If one stops by
/// itself, the others are stopped, too. Allocates: never; the strands lie in the
/// awaiting frame.
template <awaitable... A>
    requires(sizeof...(A) > 0)
auto parallel(A&&... parts) {
    return detail::parallel_recipe<A...>(std::forward<A>(parts)...);
}

template <class... A>
    requires(sizeof...(A) > 0 && !(awaitable<A> && ...))
auto parallel(A&&...) {
    return detail::refuse_parts<A...>();
}

}  // namespace coil
