// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/join.hpp>
#include <coil/parallel/detail/forked.hpp>

#include <new>
#include <tuple>
#include <utility>

namespace coil {

namespace detail {

template <class T>
forked::ending ending_of(const outcome<T>& result) noexcept {
    if (result.has_value()) return forked::ending::value;
    return result.has_error() ? forked::ending::error : forked::ending::stopped;
}

/// The part `Index` of a whole, in its strand or in one of its own.
template <class Whole, std::size_t Index, class A>
class forked_part {
    struct here : child<A>, piece {  // a piece: it waits in the batch for its start
        explicit here(Whole& of) noexcept
            : child<A>(in_strand),
              piece(in_batch),
              whole(of) {}
        Whole& whole;

        std::coroutine_handle<> start() noexcept {
            return this->begin(whole.template work<Index>(), whole.scope());
        }
        static std::coroutine_handle<> run(piece& queued) noexcept {
            return static_cast<here&>(queued).start();
        }
        static std::coroutine_handle<> completed(branch& b) noexcept {
            auto& self = static_cast<here&>(b);
            self.collect();
            return self.whole.ended_here(Index, ending_of(self.result));
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            auto& self = static_cast<here&>(b);
            self.collect_stopped();
            return self.whole.ended_here(Index, forked::ending::stopped);
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const here&>(b).whole.parent();
        }
        static constexpr branch_ops in_strand = {&completed, &stopped, &parent_of,
                                                 "parallel"};
        static constexpr piece_ops in_batch = {&run, nullptr, "parallel"};
    };
    class apart : public strand_of<A&&, apart, forked::member> {
    public:
        apart(forked& of, A&& work)
            : strand_of<A&&, apart, forked::member>(of, std::forward<A>(work)) {}
        void ended() noexcept { this->has_ended(Index, ending_of(this->result())); }
    };

public:
    forked_part() noexcept {}
    forked_part(const forked_part&) = delete;
    forked_part& operator=(const forked_part&) = delete;
    ~forked_part() {
        if (place_ == place::here) here_.~here();
        if (place_ == place::apart) apart_.~apart();
    }

    here& make_here(Whole& of) noexcept {
        place_ = place::here;
        return *::new (static_cast<void*>(std::addressof(here_))) here(of);
    }
    apart& make_apart(Whole& of) noexcept {
        place_ = place::apart;
        return *::new (static_cast<void*>(std::addressof(apart_)))
            apart(of, of.template work<Index>());
    }
    [[nodiscard]] outcome<await_result_t<A>>& result() noexcept {
        return place_ == place::here ? here_.result : apart_.result();
    }

private:
    enum class place : unsigned char { none, here, apart };

    union {
        here here_;
        apart apart_;
    };
    place place_ = place::none;
};

template <class... A>
class parallel_operation final : public frame_operation<parallel_operation<A...>>,
                                 public forked {
    static constexpr std::size_t count = sizeof...(A);

public:
    static constexpr const char* what = "parallel";
    static constexpr bool is_local =
        !((is_sendable_v<A> && is_sendable_v<value_or_unit<await_result_t<A>>>) && ...);

    explicit parallel_operation(std::tuple<A...>& works) noexcept
        : forked(count),
          works_(works) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        open(parent);
        if constexpr (is_local) expect_one_thread();
        return begin_all(std::make_index_sequence<count - 1>());
    }
    auto await_resume() { return take(std::index_sequence_for<A...>()); }

    /// All have ended, and what is thrown away is dropped.
    std::coroutine_handle<> finish() noexcept {
        return failure() == ending::stopped ? this->unwind() : this->complete();
    }

private:
    template <class Whole, std::size_t Index, class Part>
    friend class forked_part;

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

    // Each part goes in front of the one added before, so the last is added first.
    template <std::size_t... I>
    std::coroutine_handle<> begin_all(std::index_sequence<I...>) noexcept {
        if (count > 1 && wants_strands()) {
            (add(part<count - 1 - I>().make_apart(*this)), ...);
            start_strands();
        } else {
            strand& home = scope().home();
            (home.start_soon(part<count - 1 - I>().make_here(*this)), ...);
        }
        return part<0>().make_here(*this).start();
    }
    template <std::size_t I>
    auto&& work() noexcept {
        return static_cast<std::tuple_element_t<I, std::tuple<A...>>&&>(
            std::get<I>(works_));
    }
    template <std::size_t I>
    auto& part() noexcept {
        return std::get<I>(parts_);
    }

    std::coroutine_handle<> ended_here(std::size_t index, ending how) noexcept {
        return part_ended_here(index, how) ? end() : std::noop_coroutine();
    }
    void all_ended() noexcept override { this->parent().scope().home().wake(resume_); }
    std::coroutine_handle<> end() noexcept {
        close();
        if constexpr (dropping::is_needed) {
            if (failure() != ending::value)
                return dropping_.begin(*this, this->parent(),
                                       results(std::index_sequence_for<A...>()));
        }
        return finish();
    }

    template <std::size_t... I>
    auto results(std::index_sequence<I...>) noexcept {
        return std::tuple(std::addressof(part<I>().result())...);
    }
    template <std::size_t... I>
    auto take(std::index_sequence<I...>) {
        if (failure() == ending::error)
            ((I == failed() ? (void)part<I>().result().take() : void()), ...);
        if constexpr ((std::is_void_v<await_result_t<A>> && ...)) {
            return;
        } else {
            return std::tuple<value_or_unit<await_result_t<A>>...>{take_one<I>()...};
        }
    }
    template <std::size_t I>
    decltype(auto) take_one() {
        auto& from = part<I>().result();
        if constexpr (std::is_void_v<decltype(from.take())>) {
            return unit{};
        } else {
            return from.take();
        }
    }
    template <std::size_t... I>
    static auto parts_for(std::index_sequence<I...>)
        -> std::tuple<forked_part<parallel_operation, I, A>...>;
    using dropping = drops_before_end<parallel_operation, await_result_t<A>...>;

    std::tuple<A...>& works_;
    decltype(parts_for(std::index_sequence_for<A...>())) parts_;
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

/// Runs several awaitables beside each other, on all threads that the runtime has,
/// until all have ended: the first in this strand, each other one in a strand of its
/// own. They may borrow from the parent, and share what is made for that.
///
/// On one thread, and while the threads have enough to do, no strand is worth its cost:
/// then all parts run in this one, as those of `join` do.
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
