// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/discard.hpp>
#include <coil/core/own.hpp>
#include <coil/stream/detail/source.hpp>

/// A loop over a stream, in the coroutine itself, with `break` and `continue`.
///
///     COIL_FOR(auto item, stream) { ... }
///
/// A stream given by value that has an async destructor is dropped where the loop ends,
/// by `break` too. Where `co_return`, an exception or a stop leaves the loop there is
/// no place to await that: the stream is dropped at the end of the coroutine, as `own`
/// does, so it may not refer to locals or parameters then. To find something and return
/// it, set it, `break`, and return behind the loop.
///
/// \snippet coil/stream/for_test.cpp  the first long row
///
/// A comma in the declaration would end it there, so bindings come in a line of their
/// own: `COIL_FOR(auto& entry, map) { auto& [key, value] = entry; ... }`.
///
/// Allocates: with such a stream, one block, which is freed at the coroutine's end: in
/// a loop around it `for_each` is better.
// tidy: a loop form can only be a macro
#define COIL_FOR(declaration, ...)                                   \
    COIL_FOR_AS(COIL_FOR_NAME(coil_stream_, COIL_UNIQUE),            \
                COIL_FOR_NAME(coil_item_, COIL_UNIQUE), declaration, \
                ::coil::detail::begin_loop(__VA_ARGS__))
// tidy: part of COIL_FOR
#define COIL_FOR_AS(items, item, declaration, begun)                    \
    for (auto&& items = co_await begun; co_await items.has_more();)     \
        while (auto item = co_await items.next())                       \
            if (declaration = ::coil::detail::give_item(item); false) { \
            } else
// tidy: part of COIL_FOR
#define COIL_FOR_NAME(prefix, line) COIL_FOR_JOIN(prefix, line)
// tidy: part of COIL_FOR
#define COIL_FOR_JOIN(prefix, line) prefix##line

namespace coil::detail {

template <class S>
class loop_drop;
template <class S>
class loop_turn;

/// What a loop reads. It stays where it is until the coroutine ends, but its stream is
/// dropped when the loop does.
template <class S>
class loop_stream {
    static_assert(!drop_runs_children_v<S>,
                  "the sources of this stream may refer to locals, which are gone when "
                  "the coroutine drops it: use for_each, or with");

public:
    explicit loop_stream(S&& from) : from_(std::forward<S>(from)) {}

    [[nodiscard]] auto next() { return from_.get().next(); }
    /// True once; then drops the stream, and is false. (In a template GCC 14 takes no
    /// `co_await` where a `for` counts up.)
    [[nodiscard]] auto has_more() noexcept {
        return loop_turn<S>(*this, std::exchange(is_fresh_, false));
    }
    [[nodiscard]] auto async_drop(exit_reason why) noexcept
        requires owned_with_drop<S>
    {
        return loop_drop<S>(*this, why);
    }

private:
    friend loop_drop<S>;
    friend loop_turn<S>;
    /// What is still to be dropped, from now on by the caller.
    [[nodiscard]] auto claim() noexcept {
        return std::exchange(is_dropped_, true) ? nullptr : &from_.get();
    }
    source<S> from_;
    bool is_fresh_ = true;
    bool is_dropped_ = false;
};

/// The drop of the stream, once, and nothing if it has none.
template <class S>
class loop_drop_operation : public frame_operation<loop_drop_operation<S>> {
public:
    loop_drop_operation(std::remove_reference_t<S>* of, exit_reason why) noexcept
        : of_(of),
          why_(why) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        if constexpr (owned_with_drop<S>) {
            if (of_ != nullptr) return drop_.begin(*of_, why_, parent);
        }
        return parent.complete();
    }
    void await_resume() const noexcept {}

private:
    std::remove_reference_t<S>* of_;
    exit_reason why_;
    value_drop<std::conditional_t<owned_with_drop<S>, std::remove_cvref_t<S>, unit>>
        drop_;
};

template <class S>
class [[nodiscard(
    "a drop does nothing until it is awaited: write co_await")]] loop_drop {
public:
    loop_drop(loop_stream<S>& of, exit_reason why) noexcept : of_(of), why_(why) {}
    loop_drop_operation<S> operator co_await() && noexcept {
        return {of_.claim(), why_};
    }

private:
    loop_stream<S>& of_;
    exit_reason why_;
};

/// Asked before the first item and after the last: whether there are any, of which the
/// second answer is no and comes when the stream has been dropped.
template <class S>
class loop_turn_operation : public loop_drop_operation<S> {
public:
    loop_turn_operation(std::remove_reference_t<S>* of, bool is_first) noexcept
        : loop_drop_operation<S>(of, exit_reason::returned),
          is_first_(is_first) {}
    bool await_resume() const noexcept { return is_first_; }

private:
    bool is_first_;
};

template <class S>
class [[nodiscard]] loop_turn {
public:
    loop_turn(loop_stream<S>& of, bool is_first) noexcept
        : of_(of),
          is_first_(is_first) {}
    loop_turn_operation<S> operator co_await() && noexcept {
        return {is_first_ ? nullptr : of_.claim(), is_first_};
    }

private:
    loop_stream<S>& of_;
    bool is_first_;
};

/// Gives the loop its stream at once, where there is nothing to drop.
template <class S>
class plain_loop : public frame_operation<plain_loop<S>> {
public:
    explicit plain_loop(S&& from) noexcept : from_(std::forward<S>(from)) {}
    std::coroutine_handle<> begin(continuation parent) noexcept {
        return parent.complete();
    }
    loop_stream<S> await_resume() { return loop_stream<S>(std::forward<S>(from_)); }

private:
    S&& from_;
};
template <class S>
class plain_loop_recipe {
public:
    explicit plain_loop_recipe(S&& from) : from_(std::forward<S>(from)) {}
    plain_loop<S> operator co_await() && noexcept {
        return plain_loop<S>(std::forward<S>(from_));
    }

private:
    S from_;
};

template <class S>
auto begin_loop(S&& from) {
    using given = std::remove_cvref_t<S>;
    static_assert(adaptable<S> || !awaitable<given>,
                  "COIL_FOR reads a stream or a range, not the task that gives one: "
                  "write COIL_FOR(item, co_await it)");
    static_assert(adaptable<S> || awaitable<given>,
                  "COIL_FOR reads a stream or a range, and this is neither");
    if constexpr (!adaptable<S>) {
        return plain_loop_recipe<no_stream>(no_stream());
    } else if constexpr (!stream<S>) {
        return begin_loop(range_stream<S>(std::forward<S>(from)));
    } else if constexpr (owned_with_drop<S>) {
        return own(loop_stream<S>(std::forward<S>(from)));
    } else {
        return plain_loop_recipe<S>(std::forward<S>(from));
    }
}

}  // namespace coil::detail
