// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>
#include <coil/core/join.hpp>  // what it extends

#include <cstddef>
#include <iterator>
#include <memory>
#include <vector>

namespace coil {

namespace detail {

template <class R>
using range_iterator_t = decltype(std::begin(std::declval<R&>()));
template <class R>
using part_of_range_t = std::iter_value_t<range_iterator_t<R>>;

/// A range of awaitables.
template <class R>
concept range_of_parts = !awaitable<R> && requires(R& r) {
    { std::begin(r) } -> std::input_iterator;
    std::end(r);
    requires awaitable<part_of_range_t<R>>;
};

/// Drops what parts gave that is thrown away, the last first.
template <class Part, class T>
class discard_parts : drop_sequence<discard_parts<Part, T>> {
public:
    std::coroutine_handle<> begin(Part* parts, std::size_t count,
                                  continuation parent) noexcept {
        parts_ = parts;
        left_ = count;
        return this->start(parent);
    }

private:
    friend drop_sequence<discard_parts<Part, T>>;
    struct slot {  // drops one value; made anew for each
        value_drop<T> drop;
    };
    [[nodiscard]] bool has_next() const noexcept { return left_ > 0; }
    std::coroutine_handle<> begin_next(continuation parent) noexcept {
        auto& ended = parts_[--left_].result;
        if (!ended.has_value()) return parent.complete();
        current_.~slot();
        ::new (static_cast<void*>(&current_)) slot();
        return current_.drop.begin(ended.value(), exit_reason::stopped, parent);
    }

    Part* parts_ = nullptr;
    std::size_t left_ = 0;
    slot current_;
};

/// Runs all parts together; `GivesOutcomes` as `join_outcomes` does, else as `join`.
template <class A, bool GivesOutcomes>
class join_range_operation
    : public frame_operation<join_range_operation<A, GivesOutcomes>> {
    using given = await_result_t<A>;
    static constexpr bool drops_values =
        !GivesOutcomes && needs_async_drop<value_or_unit<given>>;

public:
    static constexpr const char* what = GivesOutcomes ? "join_outcomes" : "join";
    using element =
        std::conditional_t<GivesOutcomes, outcome<given>, value_or_unit<given>>;

    explicit join_range_operation(std::vector<A>& parts)
        : kids_(std::make_unique<kid[]>(parts.size())),
          count_(parts.size()),
          left_(parts.size()) {
        for (std::size_t i = 0; i < count_; ++i) {
            kids_[i].owner = this;
            kids_[i].from = &parts[i];
        }
        results_.reserve(count_);
    }
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        if (count_ == 0) return this->complete();
        scope_.open(parent.scope());
        // Each goes in front of the one pushed before, so the last is pushed first.
        for (std::size_t i = count_ - 1; i > 0; --i)
            parent.scope().home().start_soon(kids_[i]);
        return kids_[0].start();
    }
    auto await_resume() {
        if constexpr (GivesOutcomes) {
            for (std::size_t i = 0; i < count_; ++i)
                results_.push_back(std::move(kids_[i].result));
            return std::move(results_);
        } else {
            if (failure_ == failure::error) (void)failed_->result.take();
            if constexpr (!std::is_void_v<given>) {
                for (std::size_t i = 0; i < count_; ++i)
                    results_.push_back(kids_[i].result.take_value());
                return std::move(results_);
            }
        }
    }

private:
    enum class failure : unsigned char { none, error, stopped };

    struct kid : child<A>, piece {  // a piece: it waits in the batch for its start
        kid() noexcept : child<A>(in_strand), piece(in_batch) {}
        join_range_operation* owner = nullptr;
        A* from = nullptr;

        std::coroutine_handle<> start() noexcept {
            return this->begin(std::move(*from), owner->scope_);
        }
        static std::coroutine_handle<> run(piece& queued) noexcept {
            return static_cast<kid&>(queued).start();
        }
        static std::coroutine_handle<> completed(branch& b) noexcept {
            auto& self = static_cast<kid&>(b);
            self.collect();
            if (self.result.has_error()) self.owner->fail(failure::error, self);
            return self.owner->one_less();
        }
        static std::coroutine_handle<> stopped(branch& b) noexcept {
            auto& self = static_cast<kid&>(b);
            self.collect_stopped();
            self.owner->fail(failure::stopped, self);
            return self.owner->one_less();
        }
        static continuation parent_of(const branch& b) noexcept {
            return static_cast<const kid&>(b).owner->parent();
        }
        static constexpr branch_ops in_strand = {&completed, &stopped, &parent_of,
                                                 what};
        static constexpr piece_ops in_batch = {&run, nullptr, what};
    };

    void fail(failure by, kid& first) noexcept {
        if (GivesOutcomes || failure_ != failure::none) return;
        failure_ = by;
        failed_ = &first;
        scope_.request_stop(stop_reason::sibling_ended);
    }
    std::coroutine_handle<> one_less() noexcept {
        if (--left_ > 0) return std::noop_coroutine();
        scope_.close();
        if constexpr (drops_values) {
            if (failure_ != failure::none) {
                dropped_.scope = &this->parent().scope();
                return drops_.begin(kids_.get(), count_,
                                    continuation(static_cast<branch&>(dropped_)));
            }
        }
        return finish();
    }
    std::coroutine_handle<> finish() noexcept {
        return failure_ == failure::stopped ? this->unwind() : this->complete();
    }
    using dropping =
        discard_parts<kid,
                      std::conditional_t<drops_values, value_or_unit<given>, unit>>;

    std::unique_ptr<kid[]> kids_;
    std::size_t count_;
    std::size_t left_;
    std::vector<element> results_;
    nested_scope scope_;
    kid* failed_ = nullptr;
    failure failure_ = failure::none;
    part<listening_branch, join_range_operation, &join_range_operation::finish,
         &join_range_operation::finish>
        dropped_{*this};
    [[no_unique_address]] std::conditional_t<drops_values, dropping, unit> drops_;
};

template <class A, bool GivesOutcomes>
class [[nodiscard("a recipe does nothing until it is awaited: write co_await")]]
join_range_recipe {
public:
    static constexpr bool is_local =
        is_local_v<A> || drops_locally_v<await_result_t<A>>;

    explicit join_range_recipe(std::vector<A>&& parts) noexcept
        : parts_(std::move(parts)) {}
    join_range_operation<A, GivesOutcomes> operator co_await() && {
        return join_range_operation<A, GivesOutcomes>(parts_);
    }

private:
    std::vector<A> parts_;
};

template <bool GivesOutcomes, class R>
auto join_range(R&& parts) {
    using A = part_of_range_t<R>;
    using reference = std::iter_reference_t<range_iterator_t<R>>;
    constexpr bool is_given = !std::is_lvalue_reference_v<R>;
    static_assert(is_given || !std::is_lvalue_reference_v<reference>,
                  "tasks are awaited once and are used up by it: write std::move(it)");
    constexpr bool gives_values = !std::is_reference_v<await_result_t<A>>;
    static_assert(gives_values,
                  "what a range of parts gives comes in a vector, so it cannot be "
                  "references: let the parts give pointers");
    if constexpr (!gives_values) {
        return no_awaitable();
    } else if constexpr (std::is_same_v<R, std::vector<A>>) {
        return join_range_recipe<A, GivesOutcomes>(std::move(parts));
    } else {
        std::vector<A> all;
        for (auto&& each : parts) all.push_back(std::move(each));
        return join_range_recipe<A, GivesOutcomes>(std::move(all));
    }
}

}  // namespace detail

/// `co_await join(parts)` of a range of awaitables, which it takes over: runs them
/// together inside this strand, until all have ended. For a number of parts that the
/// program text knows there is `join(a, b)`; for many at a time, and no more, of a
/// stream, `buffered`; for all threads, children of a group.
///
/// \snippet coil/parallel/join_range_test.cpp  the sizes of all pages
///
/// Returns: a vector of the results, in the order of the range; nothing if they are
/// `void`.
/// Errors: the first error stops the others, which are awaited; then it is rethrown.
/// Values that others gave meanwhile are dropped.
/// Stop: reaches all of them. If one stops by itself, the others are stopped, too.
/// Allocates: a block for the branches, and a vector of the results; one of the parts,
/// too, unless it is given that.
template <detail::range_of_parts R>
auto join(R&& parts) {
    return detail::join_range<false>(std::forward<R>(parts));
}

/// As `join`, but an error or a stop of one leaves the others alone: gives a vector of
/// their outcomes.
///
/// \snippet coil/parallel/join_range_test.cpp  those that failed
template <detail::range_of_parts R>
auto join_outcomes(R&& parts) {
    return detail::join_range<true>(std::forward<R>(parts));
}

}  // namespace coil
